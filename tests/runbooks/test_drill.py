"""A drill leaves evidence whose verdict follows from ledgers and from what AWS tells."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from evidence import EnvironmentLabel, EventKind, Verdict
from evidence.pairing import faults as fault_spans
from runbooks import NAMES, Drill, Drilled, Verification, playbook
from runbooks.exceptions import DrillUnknown, NotPossibleHere, NotReady
from runbooks.library import check_possible
from tests.runbooks.fake_estate import ZONES, Books, FakeEstate, _Rds
from tests.runbooks.people import Crowd


@pytest.fixture
def estate(tmp_path: Path) -> FakeEstate:
    return FakeEstate(tmp_path / "estate.json")


def drill(
    estate: FakeEstate,
    name: str,
    crowd: Crowd | None = None,
    books: Books | None = None,
    changes: Sequence[str] = (),
    **around: Any,
) -> Drill:
    folder = estate.file.parent
    return Drill(
        playbook(name),
        estate.surroundings(**around),
        crowd or Crowd(estate),
        Verification(books or Books(), lambda: changes),
        folder / "drills",
        folder / "evidence",
        seed=1,
        clock=estate.clock(),
    )


def objectives(drilled: Drilled) -> dict[str, bool | None]:
    return {it.name: it.holds for it in drilled.record.objectives}


def test_the_writer_moves_to_another_zone_and_all_that_is_judged_holds(estate: FakeEstate) -> None:
    people = Crowd(estate)
    done = drill(estate, "database-writer-failover", people).run()

    assert people.shown_in == done.folder
    assert estate.state["clusters"]["core"]["writer"] == "core-2"
    assert done.record.verdict is Verdict.HOLDS, done.record.reasons
    assert [(it.id, it.state) for it in done.steps] == [
        (it.id, "done") for it in playbook("database-writer-failover").steps
    ]
    assert done.findings.rto_seconds == 2.0
    assert done.findings.recovered_source == "RDS event 'Completed failover'"
    assert done.findings.rpo_seconds == 0.0


def test_a_zone_is_emptied_and_everything_is_as_it_was_afterwards(estate: FakeEstate) -> None:
    before = estate.state
    done = drill(estate, "az-evacuation").run()
    after = estate.state

    assert done.record.verdict is Verdict.HOLDS, done.record.reasons
    assert after["services"] == before["services"]
    assert [it["status"] for it in after["shifts"]] == ["CANCELED"]
    assert after["faults"] == []
    assert after["clusters"]["sensitive"]["writer"] != "sensitive-2"
    assert after["clusters"]["core"]["writer"] == "core-1"
    assert [it.kind for it in done.record.events if it.kind in (EventKind.FAULT, EventKind.UNDO)] == [
        "fault",
        "undo",
    ]


@pytest.mark.parametrize("name", [it for it in NAMES if it != "database-writer-failover"])
def test_the_record_says_when_what_was_made_up_was_taken_back(name: str, estate: FakeEstate) -> None:
    (fault,) = fault_spans(drill(estate, name).run().record.events)
    assert fault.ended_at is not None
    assert fault.ended_at > fault.began_at


def test_what_was_spoiled_is_good_again_but_for_what_no_copy_has(estate: FakeEstate) -> None:
    before = estate.state["records"]
    seen: list[Any] = []
    wanted = drill(estate, "point-in-time-restore")
    wanted.tell = lambda _: seen.append(estate.state["records"]["core"])
    done = wanted.run()

    assert {"a": "spoiled", "b": "spoiled", "late": "spoiled"} in seen
    assert {"a": "good", "b": "good", "late": "spoiled"} in seen
    assert done.record.verdict is Verdict.HOLDS, done.record.reasons
    assert done.findings.rpo_seconds == pytest.approx(0.15)
    assert done.findings.rto_seconds
    assert done.findings.rto_seconds > 2
    assert estate.state["records"] == before
    assert set(estate.state["clusters"]) == {"core", "sensitive"}


def test_the_recovery_point_of_a_restore_is_as_old_as_the_oldest_record_that_stays_spoiled(
    estate: FakeEstate,
) -> None:
    estate.change(lambda state: state.update(uncopied=["b", "late"]))
    done = drill(estate, "point-in-time-restore").run()

    assert done.findings.rpo_seconds == pytest.approx(600.25)
    assert done.record.verdict is Verdict.DOES_NOT_HOLD
    assert objectives(done)["Recovery point (RPO)"] is False


def test_where_aws_tells_of_no_recovery_a_drill_is_void(
    estate: FakeEstate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Rds, "describe_events", lambda *_, **__: {"Events": []})
    done = drill(estate, "database-writer-failover").run()

    assert done.record.verdict is Verdict.VOID
    assert done.record.reasons == (
        "There is no RDS event 'Completed failover', so it is not known when the resource was back.",
    )


def test_what_a_step_learns_is_asked_for_again_while_nobody_answers(
    estate: FakeEstate, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    describe_events = _Rds.describe_events

    def silent_at_first(rds: Any, **given: Any) -> Any:
        asked.append(estate.state["now"])
        if len(asked) == 1:
            raise EndpointConnectionError(endpoint_url="rds")
        return describe_events(rds, **given)

    monkeypatch.setattr(_Rds, "describe_events", silent_at_first)
    done = drill(estate, "database-writer-failover").run()

    assert done.record.verdict is Verdict.HOLDS, done.record.reasons
    assert len(asked) == 2


def test_the_longer_of_people_and_resource_is_the_recovery_time(estate: FakeEstate) -> None:
    done = drill(estate, "database-writer-failover", Crowd(estate, outage=(0.0, 9.0))).run()

    assert done.findings.rto_seconds == pytest.approx(8.6)
    assert done.record.verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    ("given", "verdict", "broken"),
    [
        ({"crowd": (0.0, 70.0)}, Verdict.DOES_NOT_HOLD, "Recovery time (RTO)"),
        (
            {"books": Books(lost=("key-0.0",))},
            Verdict.DOES_NOT_HOLD,
            "Nothing that was acknowledged is lost or doubled",
        ),
        ({"changes": ["update: urn"]}, Verdict.DOES_NOT_HOLD, "The estate is as declared afterwards"),
        ({"complaints": ["The generator was busy."]}, Verdict.VOID, ""),
        ({"crowd": (0.0, 1e6)}, Verdict.VOID, ""),
    ],
    ids=["too-long", "lost", "not-as-declared", "generator", "never-served"],
)
def test_what_breaks_a_promise_does_not_hold_and_what_proves_nothing_is_void(
    given: dict[str, Any], verdict: Verdict, broken: str, estate: FakeEstate
) -> None:
    crowd = Crowd(estate, given.pop("crowd", (0.0, 0.0)), given.pop("complaints", ()))
    if crowd.outage[1] == 70.0:
        crowd = _longer(crowd)
    done = drill(estate, "database-writer-failover", crowd, **given).run()

    assert done.record.verdict is verdict
    if broken:
        assert objectives(done)[broken] is False


def _longer(crowd: Crowd) -> Crowd:
    """People go on coming until the outage is over."""
    come = crowd.end

    def end() -> Sequence[str]:
        crowd.estate.change(lambda state: state.update(now=state["now"] + 80))
        return come()

    crowd.end = end  # type: ignore[method-assign]
    return crowd


def test_a_drill_without_trouble_or_without_people_is_void(estate: FakeEstate) -> None:
    class Nobody(Crowd):
        def end(self) -> Sequence[str]:
            return ["Nobody came."]

    done = drill(estate, "az-evacuation", Nobody(estate)).run()
    assert done.record.verdict is Verdict.VOID
    assert "The ledger is empty" in " ".join(done.record.reasons)


def test_a_precheck_that_does_not_hold_changes_nothing_and_leaves_nothing(estate: FakeEstate) -> None:
    estate.change(lambda state: state["services"]["portal"].update(waits=10_000))
    with pytest.raises(
        NotReady, match="Nothing was changed, because 'all-is-well' does not hold: Not settled: portal"
    ):
        drill(estate, "az-evacuation").run()

    assert estate.state["calls"] == 0
    assert sorted(it.name for it in estate.file.parent.rglob("*") if it.is_file()) == ["estate.json"]


def test_a_step_that_does_not_come_about_is_told_undone_and_can_be_resumed(estate: FakeEstate) -> None:
    sleep = estate._sleep

    def stuck(seconds: float) -> None:
        sleep(seconds)
        estate.change(lambda state: state["services"]["case"].update(waits=2))

    wanted = drill(estate, "az-evacuation")
    wanted.clock = replace(wanted.clock, sleep=lambda it: stuck(it) if estate.state["faults"] else sleep(it))
    failed = wanted.run()

    assert failed.record.verdict is Verdict.DOES_NOT_HOLD
    assert failed.failure
    assert "Step 'move-tasks' did not come about within 1500 s: Not all tasks of case" in failed.failure
    assert estate.state["faults"] == []
    assert [it.ended_at is not None for it in fault_spans(failed.record.events)] == [True]

    done = drill(estate, "az-evacuation", Crowd(estate, name="later")).run(failed.id)
    assert {it.state for it in done.steps} == {"done"}
    assert estate.state["services"]["case"]["subnets"] == ["subnet-a", "subnet-b", "subnet-c"]
    with pytest.raises(DrillUnknown, match="has come to its end"):
        drill(estate, "az-evacuation").run(failed.id)


def test_a_drill_is_resumed_under_its_own_name_only(estate: FakeEstate) -> None:
    with pytest.raises(DrillUnknown, match="There is no drill '../../etc' to resume. The latest are: none"):
        drill(estate, "az-evacuation").run("../../etc")


def test_a_dry_run_says_what_it_would_do_and_changes_nothing(estate: FakeEstate) -> None:
    before = estate.state
    told = {step.id: text for step, text in drill(estate, "az-evacuation").would()}

    assert told["all-is-well"] == "holds"
    assert told["zone-is-lost"] == "would take the power of eu-west-2b, for half an hour at most"
    assert told["move-writers"] == "The writer of sensitive is in eu-west-2b, or nobody writes."
    assert told["move-primaries"] == "nothing to move: no primary is in eu-west-2b"
    assert "portal" in told["move-tasks"]
    assert estate.state == before
    assert not list((estate.file.parent / "drills").iterdir())


def test_on_aws_nothing_makes_up_trouble(estate: FakeEstate) -> None:
    done = drill(estate, "az-evacuation", label=EnvironmentLabel("staging", "aws"), faults=None).run()

    assert done.record.verdict is Verdict.HOLDS, done.record.reasons
    assert "zone-is-lost" not in {it.id for it in done.steps}
    assert not any(it.kind is EventKind.FAULT for it in done.record.events)


def test_a_playbook_that_needs_a_standby_region_is_refused_without_one(estate: FakeEstate) -> None:
    with pytest.raises(NotPossibleHere, match="'slice' has none"):
        check_possible(playbook("region-failover"), estate.surroundings(standby=None))


def test_a_region_is_not_given_up_on_aws_for_practice(estate: FakeEstate) -> None:
    on_aws = estate.surroundings(label=EnvironmentLabel("staging", "aws"), faults=None)
    with pytest.raises(NotPossibleHere, match="drilled on twins only"):
        check_possible(playbook("region-failover"), on_aws)


def test_the_seed_chooses_the_zone(estate: FakeEstate) -> None:
    choose = playbook("az-evacuation").choose
    assert [choose(estate.surroundings(), seed)["zone"] for seed in range(3)] == list(ZONES)
