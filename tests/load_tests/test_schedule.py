"""A schedule is a launch's, its seed's and its run's, and nothing else's."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from load_tests.exceptions import LoadError, ScaleInvalid
from tests.load_tests.plans import CATALOGUE, launch_of, schedule_of

STEP = CATALOGUE.launches["ten-fold-step"]


def test_the_same_seed_draws_the_same_operations_and_another_one_others() -> None:
    def drawn(seed: int) -> list[tuple[float, str, str]]:
        operations = schedule_of(STEP, seed, duration_scale=0.05).operations()
        return [(it.at, str(it.kind), it.benefit) for it in operations]

    assert drawn(3) == drawn(3)
    assert drawn(3) != drawn(4)


def test_another_run_of_the_same_seed_has_keys_of_its_own() -> None:
    launch = launch_of(("calm", 5, 10, 10))
    keys = {run: [it.key for it in schedule_of(launch, run=run).operations()] for run in ("one", "two")}

    assert not set(keys["one"]) & set(keys["two"])
    assert len(set(keys["one"])) == 50


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 5), st.integers(0, 1000))
def test_processes_share_a_schedule_so_that_each_operation_is_sent_once(processes: int, seed: int) -> None:
    schedule = schedule_of(launch_of(("calm", 3, 20, 20)), seed)
    shares = [list(schedule.operations(index, processes)) for index in range(processes)]

    assert sorted((it for share in shares for it in share), key=lambda it: it.number) == list(
        schedule.operations()
    )


def test_the_mix_is_what_the_launch_says() -> None:
    drawn = Counter(str(it.kind) for it in schedule_of(launch_of(("busy", 100, 200, 200))).operations())
    shares = {kind: round(100 * count / drawn.total()) for kind, count in drawn.items()}

    assert drawn.total() == 20_000
    for kind, percent in CATALOGUE.mixes["launch-day"].percent.items():
        assert shares[str(kind)] == pytest.approx(percent, abs=1)


def test_only_what_staff_do_for_a_person_is_done_by_agents() -> None:
    by_agents = Counter(
        str(it.kind) for it in schedule_of(launch_of(("busy", 50, 100, 100))).operations() if it.by_agent
    )

    assert set(by_agents) == {"submit", "save", "status"}


def test_applications_are_counted_in_operations_by_the_share_of_submissions() -> None:
    applications = CATALOGUE.launches["emergency-benefit-day"]

    assert schedule_of(applications).peak_per_second == pytest.approx(5.9 * 25)


def test_the_steepest_rise_is_the_step() -> None:
    assert schedule_of(STEP).step_at == 60
    assert schedule_of(STEP, duration_scale=0.5).step_at == 30


def test_before_a_launch_people_have_applied_and_saved_in_every_process() -> None:
    for processes in (1, 2, 3):
        schedule = schedule_of(launch_of(("calm", 5, 10, 10)))
        shares = [list(schedule.preparation(index, processes)) for index in range(processes)]
        keys = {it.key for share in shares for it in share}
        assert len(keys) == 40
        assert all({str(it.kind) for it in share} == {"submit", "save"} for share in shares)
        assert all(-6 <= it.at < -2 for share in shares for it in share)


@pytest.mark.parametrize(
    ("scales", "sentence"),
    [
        ({"rate_scale": 0}, "The rate scale is above 0 and at most 100, got 0. Choose another one."),
        (
            {"duration_scale": -1},
            "The duration scale is above 0 and at most 100, got -1. Choose another one.",
        ),
        (
            {"rate_scale": float("nan")},
            "The rate scale is above 0 and at most 100, got nan. Choose another one.",
        ),
        (
            {"rate_scale": 0.0001, "duration_scale": 0.01},
            "With these scales 0.095 operations of 'ten-fold-step' are expected, and nothing would be shown. Choose "
            "larger ones.",
        ),
    ],
    ids=["zero", "negative", "no-number", "nobody-comes"],
)
def test_a_scale_that_leaves_nothing_is_refused(scales: dict[str, float], sentence: str) -> None:
    with pytest.raises(ScaleInvalid) as caught:
        schedule_of(
            STEP, rate_scale=scales.get("rate_scale", 1), duration_scale=scales.get("duration_scale", 1)
        )

    assert str(caught.value) == sentence
    assert isinstance(caught.value, LoadError)
