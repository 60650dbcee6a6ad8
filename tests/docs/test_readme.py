"""The README tells the truth: what it names is there."""

import re

import pytest

from estate.main import app
from tests.twin.estate.command import ROOT

README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()


def test_every_make_target_is_one_that_there_is() -> None:
    targets = set(re.findall(r"`make ([a-z]+)`|^\$ make ([a-z]+)", README, flags=re.MULTILINE))
    named = {target for pair in targets for target in pair if target}
    assert {"up", "test", "down", "bench", "full"} <= named
    assert named <= set(re.findall(r"^([a-z]+):", MAKEFILE, flags=re.MULTILINE))


def test_every_command_is_listed_and_every_listed_command_is_there() -> None:
    listed = re.findall(r"^\| `estate ([a-z]+)", README, flags=re.MULTILINE)
    there = [command.callback.__name__ for command in app.registered_commands if command.callback]
    there += [group.name for group in app.registered_groups if group.name]
    assert sorted(listed) == sorted(there)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(([^)h][^)]*)\)", README))))
def test_every_link_leads_somewhere(path: str) -> None:
    assert (ROOT / path).exists()


def test_every_folder_of_the_map_is_there() -> None:
    folders = re.findall(r"^([a-z/]+/) {2,}", README, flags=re.MULTILINE)
    assert len(folders) >= 8
    assert all((ROOT / folder).is_dir() for folder in folders)


def test_the_output_of_the_readme_is_filled_in() -> None:
    assert "UP_OUTPUT" not in README
