"""A launch holds, does not hold, or shows nothing."""

import pytest

from load_tests.objectives import Conduct, objectives, voids
from load_tests.tally import KindTally, Tally
from tests.load_tests.plans import CATALOGUE

STEP, ANNOUNCED = CATALOGUE.launches["ten-fold-step"], CATALOGUE.launches["scottish-child-payment-2022"]
WELL = Conduct(exit_code=0, busiest_percent=40, prepared=40, minimum_raised=True, minimum_lowered=True)


def seen(
    scheduled: int = 100_000, sent: int | None = None, failed: int = 0, p99_ms: float | None = 100
) -> Tally:
    """Args: failed: of submissions and saves, which here are all."""
    return Tally(
        scheduled=scheduled,
        sent=scheduled if sent is None else sent,
        latest_ms=10,
        attempts=scheduled,
        attempts_failed=failed,
        operations_failed=failed,
        unserved={"failed": failed},
        shed=0,
        shed_p50_ms=None,
        shed_p99_ms=None,
        p50_ms=p99_ms,
        p99_ms=p99_ms,
        kinds={
            "submit": KindTally(scheduled // 2, scheduled // 2, p99_ms),
            "save": KindTally(scheduled // 2, scheduled // 2 - failed, p99_ms),
        },
    )


@pytest.mark.parametrize(("failed", "holds"), [(0, True), (10, True), (11, False)])
def test_of_a_step_one_in_ten_thousand_who_submit_or_save_may_fail(failed: int, holds: bool) -> None:
    (objective,) = objectives(STEP, seen(failed=failed), WELL)

    assert objective.holds is holds
    assert objective.assumption


def test_of_a_step_others_than_who_submits_or_saves_may_be_turned_away() -> None:
    tally = seen()
    turned_away = Tally(**{**vars(tally), "operations_failed": 500, "unserved": {"shed": 500}})

    assert [it.holds for it in objectives(STEP, turned_away, WELL)] == [True]


def test_a_step_to_which_nobody_came_who_must_be_served_is_not_judged() -> None:
    nobody = Tally(**{**vars(seen()), "kinds": {"information": KindTally(10, 10, 1.0)}})

    assert [it.holds for it in objectives(STEP, nobody, WELL)] == [None]


@pytest.mark.parametrize(
    ("tally", "conduct", "broken"),
    [
        (seen(), WELL, []),
        (seen(failed=1), WELL, ["Everybody is served"]),
        (seen(p99_ms=500), WELL, ["Answers come soon, from the scheduled time"]),
        (
            seen(),
            Conduct(0, 40, 40, minimum_raised=False, minimum_lowered=True),
            ["The minimum is raised before people come"],
        ),
        (
            seen(),
            Conduct(0, 40, 40, minimum_raised=True, minimum_lowered=False),
            ["The minimum is lowered afterwards"],
        ),
    ],
    ids=["well", "one-failed", "slow", "not-raised", "not-lowered"],
)
def test_an_announced_launch_serves_everybody_soon(tally: Tally, conduct: Conduct, broken: list[str]) -> None:
    found = list(objectives(ANNOUNCED, tally, conduct))

    assert len(found) == 4
    assert [it.name for it in found if not it.holds] == broken


def test_a_minimum_that_nobody_looked_at_is_not_judged() -> None:
    found = list(objectives(ANNOUNCED, seen(), Conduct(0, 40, 40)))

    assert [it.holds for it in found] == [True, True, None, None]


@pytest.mark.parametrize(
    ("tally", "conduct", "begin"),
    [
        (seen(sent=99_899), WELL, "The schedule was not kept: 99899 of 100000 operations (99.90%)"),
        (seen(), Conduct(0, 80.1, 40), "The generator used 80% of a core"),
        (seen(), Conduct(0, None, 40), "The generator wrote nothing"),
        (seen(), Conduct(0, 40, 40, {"the emulator": 81.0}), "Of a core, the emulator used 81%"),
        (seen(), Conduct(None, 40, 40), "The generator had to be stopped"),
        (seen(), Conduct(-9, 40, 40), "The generator ended with -9"),
        (seen(), Conduct(0, 40, 0), "The estate took nothing of what was sent before the launch"),
    ],
    ids=["schedule", "busy", "silent", "busy-emulator", "stopped", "killed", "nothing-prepared"],
)
def test_a_fault_of_the_harness_makes_a_run_void(tally: Tally, conduct: Conduct, begin: str) -> None:
    (reason,) = voids(tally, conduct)

    assert reason.startswith(begin)


def test_a_harness_that_did_well_voids_nothing() -> None:
    assert list(voids(seen(sent=99_900), WELL)) == []
