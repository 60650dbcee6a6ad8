"""Openings: when more people are known to come, and whose minimum is raised for them."""

import pytest

from catalogue import Catalogue, raised
from tests.catalogue.conftest import CatalogueCopy

FILE = "launches.yaml"
OPENING = "launches.yaml: openings.school-age-payment-opens."
CRON = "raise_at: cron(0 22 31 5 ? *)"


def _with_more_tasks(catalogue: Catalogue, environment: str) -> set[str]:
    estate = catalogue.estate(environment)
    return {name for name in (*estate.cells, *estate.services) if estate.openings(name)}


def test_an_opening_is_for_its_benefits_cells_and_what_everybody_goes_through(real: Catalogue) -> None:
    everybodys = {"portal", "case", "decision", "documents", "interaction"}
    assert _with_more_tasks(real, "local") == {"families", *everybodys}


def test_an_opening_of_a_benefit_that_does_not_stand_here_is_for_nobody(copy: CatalogueCopy) -> None:
    copy.change("environments.yaml", "benefits: all", "benefits: [scottish-child-payment]")

    assert _with_more_tasks(copy.load(), "slice") == set()


@pytest.mark.parametrize(
    ("minimum", "maximum", "percent", "found"),
    [(3, 9, 200, 6), (3, 9, 110, 4), (3, 5, 200, 5), (0, 4, 200, 0)],
)
def test_a_minimum_is_raised_by_percent_to_the_maximum_at_most(
    minimum: int, maximum: int, percent: int, found: int
) -> None:
    assert raised(minimum, maximum, percent) == found


SCHEDULE = (
    "The text must be a schedule of Application Auto Scaling, got {given!r}. Write at(yyyy-mm-ddThh:mm:ss) or "
    "cron(minutes hours day month weekday year), in London's time."
)
MISTAKES = [
    pytest.param(
        (CRON, "raise_at: 31 May"),
        [f"{OPENING}raise_at: {SCHEDULE.format(given='31 May')}"],
        id="words",
    ),
    pytest.param(
        (CRON, "raise_at: cron(0 22 31 5 *)"),
        [f"{OPENING}raise_at: {SCHEDULE.format(given='cron(0 22 31 5 *)')}"],
        id="five-fields",
    ),
    pytest.param(
        (CRON, "raise_at: at(2027-05-31T22:00:00)"),
        [
            f"{OPENING}lower_at: What is raised once must be lowered once, and what is raised again and again must be "
            "lowered so, got 'cron(0 22 7 6 ? *)'. Write both as at(...), or both as cron(...)."
        ],
        id="once-and-again",
    ),
    pytest.param(
        (
            f"{CRON}\n    lower_at: cron(0 22 7 6 ? *)",
            "raise_at: at(2027-06-07T22:00:00)\n    lower_at: at(2027-05-31T22:00:00)",
        ),
        [
            f"{OPENING}lower_at: The minimum must be lowered after it was raised, got 'at(2027-05-31T22:00:00)'. "
            "Choose a later time."
        ],
        id="before",
    ),
    pytest.param(
        ("benefits: [best-start-grant-school-age]\n    raise_at", "benefits: [school-age]\n    raise_at"),
        [f"{OPENING}benefits.0: The name must be one of the benefits, got 'school-age'."],
        id="unknown-benefit",
    ),
]


@pytest.mark.parametrize(("mistake", "problems"), MISTAKES)
def test_a_mistake_is_named_by_file_entry_and_field(
    mistake: tuple[str, str], problems: list[str], copy: CatalogueCopy
) -> None:
    copy.change(FILE, *mistake).assert_problems_begin(problems)
