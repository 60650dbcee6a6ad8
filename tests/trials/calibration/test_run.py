"""The verdict of a run, without a twin."""

import argparse
import asyncio
from dataclasses import replace

import pytest

from tests.trials.calibration.groups import Outcome, comparison, ramps, scale_ins, steps
from tests.trials.calibration.judgement import Told
from tests.trials.calibration.kinds import FAST, MINUTE
from tests.trials.calibration.run import GROUPS, VOID, document, run
from tests.trials.surroundings import Surroundings

AT = 1_790_000_040.0
IDLE = {"generator": 0.1, "emulator": 0.1, "supervisor": 0.1}


def outcome(seconds: float = 360) -> Outcome:
    told = Told("one", AT, AT + seconds, AT + seconds, AT + seconds + 23)
    return Outcome(steps(MINUTE, 1), [told], {"one": 1.0}, sent=1000)


def verdict(found: Outcome, shares: dict[str, float] | None = None) -> tuple[str, list[str]]:
    made = document("slice", {found.group.name: found}, shares or IDLE)
    (group,) = made["groups"].values()
    assert made["verdict"] == group["verdict"]
    return group["verdict"], group["void_because"]


def test_times_as_published_hold() -> None:
    assert verdict(outcome()) == ("holds", [])


def test_times_that_are_others_do_not_hold() -> None:
    assert verdict(outcome(600)) == ("does not hold", [])


def test_a_generator_that_was_late_proves_nothing() -> None:
    found = replace(outcome(), sent_late=11)
    assert verdict(found) == ("void", ["11 of 1000 requests were sent late"])


def test_requests_that_failed_where_none_should_prove_nothing() -> None:
    assert verdict(replace(outcome(), failed=21)) == ("void", ["21 of 1000 requests failed"])


def test_a_part_that_was_too_busy_proves_nothing() -> None:
    assert verdict(outcome(), IDLE | {"emulator": 0.81}) == ("void", ["emulator used 0.81 of a core"])


def compared() -> Outcome:
    shares: dict[str, float | None] = {"calibration-tracking": 0.6, "calibration-stepping": 0.7}
    return Outcome(comparison(), [], shares, sent=1000, failed=400)


def test_of_a_comparison_requests_may_fail() -> None:
    assert verdict(compared()) == ("holds", [])


def test_a_group_that_is_void_leaves_the_others_as_they_are() -> None:
    late = replace(outcome(), sent_late=1000)
    made = document("slice", {"steps of a minute": late, "comparison": compared()}, IDLE)
    assert {name: it["verdict"] for name, it in made["groups"].items()} == {
        "steps of a minute": "void",
        "comparison": "holds",
    }
    assert made["verdict"] == "void"


def test_without_any_group_nothing_is_proved() -> None:
    assert document("slice", {}, IDLE)["verdict"] == "void"


def test_what_was_fitted_is_told_apart_from_what_was_not() -> None:
    made = document("slice", {"steps of a minute": outcome()}, IDLE)
    assert set(made["groups"]["steps of a minute"]["found"]) == {"fitted", "not fitted"}
    assert made["shown_on_aws"] is False


def test_every_group_can_be_asked_for_by_its_name() -> None:
    made = (steps(MINUTE, 1), steps(FAST, 1), scale_ins(1), ramps(1), comparison())
    assert tuple(it.name for it in made) == GROUPS


@pytest.mark.parametrize(
    "exports",
    [
        {},
        {"ESTATE_PROFILE": "quick", "ESTATE_CLOCK_FACTOR": "1"},
        {"ESTATE_PROFILE": "aws", "ESTATE_CLOCK_FACTOR": "0.1"},
    ],
    ids=["nothing runs", "quick", "shortened"],
)
def test_a_twin_that_is_not_in_real_time_is_not_tried(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], exports: dict[str, str]
) -> None:
    monkeypatch.setattr(Surroundings, "of", lambda environment: Surroundings(environment, exports))
    assert asyncio.run(run(argparse.Namespace(environment="slice"))) == VOID
    assert "Start it anew with '--profile aws' and no clock factor." in capsys.readouterr().err
