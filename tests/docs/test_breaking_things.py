"""docs/breaking-things.md shows what is true."""

import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from catalogue import load_catalogue
from chaos.blast_radius import FULL_PERCENT
from chaos.experiment import experiments
from chaos.watchdog import LONGEST_SECONDS
from estate.main import app
from tests.docs.shown import shown

ROOT = Path(__file__).parents[2]
SHOWN = shown("breaking-things.md")
DOCUMENT = SHOWN.text
CHAOS = SHOWN.arguments("estate chaos")


def test_every_block_of_commands_says_who_runs_it() -> None:
    assert SHOWN.tags == {"console quick", "console prove"}


def test_every_experiment_is_in_the_table_with_how_near_it_is_to_aws() -> None:
    rows = re.findall(
        r"^\| `([a-z-]+)` \| .*? \| (same|approximated|twin-only)\b.* \| .* \|$", DOCUMENT, re.MULTILINE
    )
    assert sorted(rows) == [(it.name, str(it.about.aws)) for it in experiments()]


@pytest.mark.parametrize("arguments", CHAOS, ids=" ".join)
def test_every_command_that_is_shown_can_be_asked_for(arguments: list[str]) -> None:
    group: Any = get_command(app)
    command = group.commands["chaos"].commands[arguments[0]]
    context = command.make_context(arguments[0], arguments[1:])
    if "name" in context.params:
        assert context.params["name"] in {it.name for it in experiments()}
        assert context.params["environment"] in load_catalogue().environments


def test_figures_are_those_of_the_code() -> None:
    assert f"more than {FULL_PERCENT:g}%" in DOCUMENT
    assert f"it ends within {LONGEST_SECONDS:g} s" in DOCUMENT
