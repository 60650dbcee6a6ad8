"""The standby region takes over and gives back, in an order in which nothing is lost that need not be.

The fake asserts that order: people go where a database is written, only a lost region is given up, the standby's queues
are empty and nobody is led there before its databases go.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evidence import Verdict
from runbooks import Drilled, playbook
from runbooks.exceptions import NotReady
from runbooks.names import LED_SECONDS
from tests.runbooks.fake_estate import Books, FakeEstate
from tests.runbooks.fake_standby import BY_QUEUE, INITIAL, STANDBY, LoadBalancing
from tests.runbooks.people import Crowd
from tests.runbooks.test_drill import drill

NAME = "region-failover"


@pytest.fixture
def estate(tmp_path: Path) -> FakeEstate:
    return FakeEstate(tmp_path / "estate.json")


def states(done: Drilled) -> dict[str, str]:
    return {it.id: it.state for it in done.steps}


def test_a_region_is_left_and_come_back_to(estate: FakeEstate) -> None:
    names = ("minimums", "desired", "tasks", "check", "faults")
    before = {name: estate.state[name] for name in names}
    done = drill(estate, NAME).run()

    assert done.failure is None
    assert done.record.verdict is Verdict.HOLDS, done.record.reasons
    assert done.findings.recovered_source == "RDS event of the global failover"
    assert estate.state["globals"]["writer"] == "eu-west-2"
    assert {name: estate.state[name] for name in names} == before
    steps = {it.id: it.seconds for it in done.steps}
    assert (steps["nobody-is-left"] or 0) >= LED_SECONDS


def test_the_page_waits_as_long_as_the_steps_do() -> None:
    text = playbook(NAME).page.text
    assert f"sleep {LED_SECONDS:g}" in text


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [
        pytest.param(-3.0, Verdict.HOLDS, id="within the target before"),
        pytest.param(-9.0, Verdict.DOES_NOT_HOLD, id="longer before"),
        pytest.param(4.0, Verdict.DOES_NOT_HOLD, id="once the region was lost"),
    ],
)
def test_a_promise_may_be_lost_that_was_given_within_the_target_before_the_trouble(
    seconds: float, verdict: Verdict, estate: FakeEstate
) -> None:
    """People have come for ten seconds when the region is lost."""

    class Early(Crowd):
        def begin(self, folder: Path) -> None:
            super().begin(folder)
            estate.change(lambda state: state.update(now=state["now"] + 10))

    lost = f"key-{10 + seconds:.1f}"
    done = drill(estate, NAME, Early(estate), Books(lost=(lost,))).run()

    account = next(it for it in done.record.objectives if it.name.startswith("Nothing that was acknowledged"))
    assert done.record.verdict is verdict
    assert account.holds is (verdict is Verdict.HOLDS)
    assert account.wanted.startswith("0 lost but for what was promised within 5 s before the trouble")
    assert done.findings.account.lost == (lost,)
    assert account.seen.endswith("1 of the lost had been given up") is (verdict is Verdict.HOLDS)


def test_a_cluster_that_does_not_follow_is_no_standby(estate: FakeEstate) -> None:
    estate.change(lambda state: state["globals"].update(resync=10_000))
    with pytest.raises(NotReady, match="A cluster of global database global-core does not follow"):
        drill(estate, NAME).run()


def test_a_dry_run_of_what_is_not_ready_says_so(estate: FakeEstate) -> None:
    estate.change(lambda state: state["globals"].update(resync=10_000))
    told = {step.id: text for step, text in drill(estate, NAME).would()}
    assert told["standby-is-ready"].startswith("does not hold: ")
    assert told["ask-for-tasks"] == "would keep at least 0 tasks in eu-west-1"


def test_a_dry_run_says_how_many_tasks_there_would_be(estate: FakeEstate) -> None:
    told = {step.id: text for step, text in drill(estate, NAME).would()}
    assert told["ask-for-tasks"] == "would keep at least 13 tasks in eu-west-1"
    assert told["fewer-tasks"] == "would keep at least 3 tasks in eu-west-1"
    assert told["region-is-lost"].endswith("for an hour at most")


def test_a_region_that_works_again_when_it_is_resumed_hands_everything_over(estate: FakeEstate) -> None:
    estate.change(lambda state: state["globals"].update(refuses=True))
    failed = drill(estate, NAME).run()

    assert failed.failure
    assert "'databases-move' did not come about within 900 s: no answer that helps" in failed.failure
    assert estate.state["faults"] == []
    done = drill(estate, NAME, Crowd(estate, name="later")).run(failed.id)
    assert set(states(done).values()) == {"done"}, done.failure
    assert estate.state["globals"]["writer"] == "eu-west-2"


def test_nobody_is_taken_to_be_back_while_route_53_answers_with_the_standby(estate: FakeEstate) -> None:
    estate.change(lambda state: state.update(answer="Failure: HTTP Status Code 503, Service Unavailable"))
    done = drill(estate, NAME).run()

    assert done.failure == (
        "Step 'primary-is-chosen' did not come about within 300 s: Route 53's checkers see: Failure: HTTP Status Code "
        "503, Service Unavailable"
    )
    assert estate.state["globals"]["writer"] == STANDBY

    estate.change(lambda state: state.update(answer=INITIAL["answer"]))
    later = drill(estate, NAME, Crowd(estate, name="later")).run(done.id)
    seconds = {it.id: it.seconds or 0 for it in later.steps}
    assert set(states(later).values()) == {"done"}, later.failure
    assert seconds["nobody-is-left"] >= LED_SECONDS, (
        "from when Route 53 answered, not from when it was asked to"
    )


def test_a_group_without_healthy_target_keeps_people_in_the_standby(
    estate: FakeEstate, monkeypatch: pytest.MonkeyPatch
) -> None:
    ill: dict[str, Any] = {"TargetHealthDescriptions": []}
    monkeypatch.setattr(LoadBalancing, "describe_target_health", lambda *_, **__: ill)
    done = drill(estate, NAME).run()

    assert done.failure
    assert done.failure.endswith("No target is healthy in portal-8080.")


def test_a_service_that_works_a_queue_off_is_left_to_its_scaling(estate: FakeEstate) -> None:
    """It has a task while something waits; that is no reason to wait for it at the end."""
    seen: set[int] = set()
    wanted, clock = drill(estate, NAME), estate.clock()

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        seen.add(estate.state["desired"][BY_QUEUE])

    wanted.clock = replace(clock, sleep=sleep)
    done = wanted.run()

    assert seen == {0, 1}
    assert done.record.verdict is Verdict.HOLDS, done.record.reasons
