"""Launches say how many come, when, and how that is known; a mistake is named by file, entry and field."""

import pytest

from catalogue import Basis, Catalogue, OperationKind, Unit
from tests.catalogue.conftest import CatalogueCopy

FILE = "launches.yaml"


def test_the_phases_of_a_launch_add_up_to_what_was_published(real: Catalogue) -> None:
    totals = {
        name: round(sum(phase.arrivals * phase.time_compression for phase in launch.phases), -3)
        for name, launch in real.launches.items()
        if launch.published
    }

    assert totals == {"scottish-child-payment-2022": 89_000, "emergency-benefit-day": 143_000}


def test_what_lasts_for_days_says_by_how_much_it_is_shrunk(real: Catalogue) -> None:
    def hours(name: str) -> float:
        return sum(phase.seconds * phase.time_compression for phase in real.launches[name].phases) / 3600

    assert hours("scottish-child-payment-2022") == pytest.approx(48, rel=0.01)
    assert hours("emergency-benefit-day") == pytest.approx(24, rel=0.02)
    assert {phase.time_compression for phase in real.launches["ten-fold-step"].phases} == {1}


def test_nobody_was_told_of_the_step_and_it_is_tenfold_within_a_second(real: Catalogue) -> None:
    step = real.launches["ten-fold-step"]

    assert step.notice is None
    assert [(it.seconds, it.per_second) for it in step.phases if it.name == "step"] == [(1, (50, 500))]


def test_the_announced_launches_have_a_scheduled_minimum(real: Catalogue) -> None:
    assert sorted(name for name, it in real.launches.items() if it.is_announced) == [
        "emergency-benefit-day",
        "scottish-child-payment-2022",
    ]


def test_no_phase_of_a_launch_is_said_to_have_been_seen(real: Catalogue) -> None:
    bases = {phase.basis for launch in real.launches.values() for phase in launch.phases}

    assert bases == {Basis.DERIVED, Basis.ASSUMPTION}


def test_one_operation_in_twenty_five_is_a_submission(real: Catalogue) -> None:
    mix = real.mixes["launch-day"]

    assert mix.operations_per_application == 25
    assert sum(mix.percent.values()) == 100
    assert mix.percent[OperationKind.SUBMIT] + mix.percent[OperationKind.SAVE] == 35


def test_rates_of_published_launches_count_applications(real: Catalogue) -> None:
    assert {it.unit for it in real.launches.values() if it.published} == {Unit.APPLICATIONS}


MISTAKES = [
    pytest.param(
        ("mix: launch-day", "mix: lunch-day"),
        [
            "launches.yaml: launches.scottish-child-payment-2022.mix: The name must be one of the mixes, got "
            "'lunch-day'. Did you mean 'launch-day'? Choose one of either-region, launch-day."
        ],
        id="unknown-mix",
    ),
    pytest.param(
        ("save: 31", "save: 30"),
        [
            "launches.yaml: mixes.launch-day.percent: The shares must add up to 100 percent, got 99.0. Change one of "
            "them."
        ],
        id="shares",
    ),
    pytest.param(
        ("save: 31", "safe: 31"),
        [
            "launches.yaml: mixes.launch-day.percent.safe: The value must be one that is known, got 'safe'. Did you "
            "mean 'save'? Choose one of evidence, information, return, save, status, submit."
        ],
        id="unknown-kind",
    ),
    pytest.param(
        ("applications: 89000", "applications: 98000"),
        [
            "launches.yaml: launches.scottish-child-payment-2022.phases: The phases must add up to the 98000 "
            "applications that were published, got 88828. Change rates, seconds or time_compression."
        ],
        id="total",
    ),
    pytest.param(
        ("per_second: [0.002, 2.4]", "per_second: [0.002, -2.4]"),
        [
            "launches.yaml: launches.scottish-child-payment-2022.phases.1.per_second.1: The number must be at least 0, "
            "got -2.4. Choose a larger number."
        ],
        id="negative-rate",
    ),
    pytest.param(
        ("name: second-day", "name: first-day"),
        [
            "launches.yaml: launches.scottish-child-payment-2022.phases.5.name: A phase must have a name of its own, "
            "got 'first-day'. Choose another."
        ],
        id="name-twice",
    ),
    pytest.param(
        ("seconds: 300\n        per_second: [150, 150]", "seconds: 300\n        per_second: [0, 0]"),
        [
            "launches.yaml: launches.steady.phases: Somebody must come in at least one phase, got 0. Give a phase a "
            "rate above 0."
        ],
        id="nobody",
    ),
    pytest.param(
        ("notice: {minimum_percent: 200,", "notice: {minimum_percent: 100,"),
        [
            "launches.yaml: launches.scottish-child-payment-2022.notice.minimum_percent: The number must be at least "
            "101, got 100. Choose a larger number."
        ],
        id="minimum",
    ),
    pytest.param(
        ("benefits: [scottish-child-payment]", "benefits: [scottish-child-paymnt]"),
        [
            "launches.yaml: launches.scottish-child-payment-2022.benefits.0: The name must be one of the benefits, got "
            "'scottish-child-paymnt'. Did you mean 'scottish-child-payment'?"
        ],
        id="unknown-benefit",
    ),
]


@pytest.mark.parametrize(("mistake", "problems"), MISTAKES)
def test_a_mistake_is_named_by_file_entry_and_field(
    mistake: tuple[str, str], problems: list[str], copy: CatalogueCopy
) -> None:
    copy.change(FILE, *mistake).assert_problems_begin(problems)
