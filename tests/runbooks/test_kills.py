"""A runner that is killed at any moment, and gone on with, leaves what one leaves that was not."""

import multiprocessing
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from runbooks import NAMES
from runbooks.journal import FILE
from tests.runbooks import killed
from tests.runbooks.fake_estate import FakeEstate

PROCESSES = multiprocessing.get_context("fork")
EVERY = pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.full)])
"""Each moment takes two processes, and there are hundreds: one in five, and all of them at full size."""


def carried_out(folder: Path, name: str, line: int = 0, call: int = 0) -> int | None:
    """Exit code of a process that carries it out, or goes on with it."""
    process = PROCESSES.Process(target=killed.main, args=(folder, name, line, call))
    process.start()
    process.join(60)
    if process.is_alive():
        process.kill()
        process.join()
    return process.exitcode


def journal(folder: Path) -> Path:
    return next((folder / "drills").glob(f"*/{FILE}"))


@pytest.fixture(scope="module", params=NAMES)
def whole(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """A recovery that nobody killed."""
    folder = tmp_path_factory.mktemp("whole")
    assert carried_out(folder, request.param) == 0
    yield request.param, folder
    shutil.rmtree(folder)


@EVERY
def test_killed_after_any_line_of_its_journal_it_is_resumed_to_the_same_state(
    whole: tuple[str, Path], tmp_path: Path, every: int
) -> None:
    name, folder = whole
    wanted = FakeEstate(folder / "estate.json")
    lines = len(journal(folder).read_text().splitlines())
    for line in range(1, lines + 1, every):
        _check(tmp_path / str(line), name, wanted, line=line)


@EVERY
def test_killed_before_any_answer_of_aws_came_it_asks_for_nothing_twice(
    whole: tuple[str, Path], tmp_path: Path, every: int
) -> None:
    name, folder = whole
    wanted = FakeEstate(folder / "estate.json")
    for call in range(1, wanted.state["calls"] + 1, every):
        _check(tmp_path / str(call), name, wanted, call=call)


def _check(folder: Path, name: str, wanted: FakeEstate, line: int = 0, call: int = 0) -> None:
    folder.mkdir()
    assert carried_out(folder, name, line, call) == -9
    assert carried_out(folder, name) == 0
    found = FakeEstate(folder / "estate.json")
    assert found.digest() == wanted.digest(), f"line {line}, call {call}"
    assert found.state["calls"] == wanted.state["calls"], f"line {line}, call {call}"
