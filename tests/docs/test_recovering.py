"""docs/recovering.md shows what is true."""

import re
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from catalogue import load_catalogue
from estate.main import app
from runbooks import NAMES, playbook
from runbooks.outage import CALM_SECONDS
from tests.docs.shown import shown

ROOT = Path(__file__).parents[2]
SHOWN = shown("recovering.md")
DOCUMENT = SHOWN.text
DRILLS = SHOWN.arguments("estate drill")


def test_every_block_of_commands_says_who_runs_it() -> None:
    assert SHOWN.tags == {"console quick", "console prove"}


def test_every_playbook_is_in_the_table_with_its_targets_and_its_page() -> None:
    rows = re.findall(
        r"^\| `([a-z-]+)` \| .* \| \[page\]\(\.\./(.+)\) \| (\d+) s / (\d+) s \|", DOCUMENT, re.MULTILINE
    )
    assert [it[0] for it in rows] == list(NAMES)
    for name, page, rto, rpo in rows:
        targets = playbook(name).front.targets
        assert (float(rto), float(rpo)) == (targets.rto_seconds, targets.rpo_seconds)
        assert (ROOT / page).read_text() == playbook(name).page.text


@pytest.mark.parametrize("arguments", DRILLS, ids=" ".join)
def test_every_drill_that_is_shown_can_be_asked_for(arguments: list[str]) -> None:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    context = group.commands["drill"].make_context("drill", list(arguments))

    assert context.params["playbook"] in NAMES
    assert context.params["environment"] in load_catalogue().environments


def test_how_long_calm_must_last_is_as_said() -> None:
    assert f"before {CALM_SECONDS} calm seconds" in DOCUMENT
