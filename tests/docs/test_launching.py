"""docs/launching.md shows what is true."""

import re

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from catalogue import Catalogue, load_catalogue
from estate.main import app
from tests.docs.shown import shown

SHOWN = shown("launching.md")
DOCUMENT = SHOWN.text
LOADS = SHOWN.arguments("estate load")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def test_every_block_of_commands_says_who_runs_it() -> None:
    assert SHOWN.tags == {"console quick", "console prove"}


def test_every_launch_of_the_catalogue_is_in_the_table(catalogue: Catalogue) -> None:
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| .* \| (yes|no) \|", DOCUMENT, re.MULTILINE)

    assert dict(rows) == {
        name: "yes" if launch.is_announced else "no" for name, launch in catalogue.launches.items()
    }


@pytest.mark.parametrize("arguments", LOADS, ids=" ".join)
def test_every_load_that_is_shown_can_be_asked_for(arguments: list[str], catalogue: Catalogue) -> None:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    context = group.commands["load"].make_context("load", list(arguments))

    assert context.params["launch"] in catalogue.launches
    assert context.params["environment"] in catalogue.environments


def test_what_is_promised_of_void_runs_is_what_is_checked() -> None:
    from load_tests.generator_process import CPU_LINES, CPU_PERCENT
    from load_tests.objectives import P99_MS, SCHEDULE_PERCENT, SERVED_PERCENT
    from load_tests.tally import LATE_SECONDS

    assert f"under {SCHEDULE_PERCENT:g}% of the schedule began within a quarter of a second" in DOCUMENT
    assert f"more than {CPU_PERCENT:g}% of a core for five seconds" in DOCUMENT
    assert (LATE_SECONDS, CPU_LINES) == (0.25, 5)
    assert f"99 in 100 within {P99_MS:g} ms" in DOCUMENT
    assert f"{SERVED_PERCENT:g}% of those who" in DOCUMENT
