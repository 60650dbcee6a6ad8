"""A tool's answer is taken only when the tool has done its work, and nothing of it is left behind."""

import os
import stat
import time
from pathlib import Path

import pytest

from compliance.analyses.exceptions import ToolFailed, ToolsMissing
from compliance.analyses.tools import Toolbox


@pytest.fixture
def tools(tmp_path: Path) -> Toolbox:
    (tmp_path / "bin").mkdir()
    return Toolbox(tmp_path)


def _program(tools: Toolbox, script: str) -> None:
    path = tools.folder / "bin" / "tool"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_an_environment_that_is_not_there_says_how_it_is_made(tmp_path: Path) -> None:
    with pytest.raises(ToolsMissing, match="make setup"):
        Toolbox.of(tmp_path).run(["tool"], timeout_seconds=5)

    with pytest.raises(ToolsMissing, match="make setup"):
        Toolbox.of(tmp_path).version("tool")


def test_an_exit_code_that_was_not_agreed_is_no_answer(tools: Toolbox) -> None:
    _program(tools, "echo half an answer; echo why >&2; exit 3")

    with pytest.raises(ToolFailed, match="ended with 3.*why"):
        tools.run(["tool"], timeout_seconds=30, holds_with=(0, 1))


def test_found_something_without_a_word_of_what_is_no_answer(tools: Toolbox) -> None:
    """Tools use the same code for having found something and for having broken down."""
    _program(tools, "echo broken >&2; exit 1")

    with pytest.raises(ToolFailed, match="broken"):
        tools.run(["tool"], timeout_seconds=30, holds_with=(0, 1))


def test_a_tool_that_does_not_end_is_ended_with_all_that_it_started(tools: Toolbox) -> None:
    _program(tools, "sleep 600 & echo $! > child; wait")

    with pytest.raises(ToolFailed, match="did not end"):
        tools.run(["tool"], timeout_seconds=1, folder=tools.folder)

    child = int((tools.folder / "child").read_text())
    deadline = time.monotonic() + 60
    while _runs(child):
        assert time.monotonic() < deadline, f"{child} was not ended"
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_credentials_are_kept_from_the_tools(tools: Toolbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    monkeypatch.setenv("PYTHONPATH", os.sep)
    _program(tools, 'echo "$AWS_SECRET_ACCESS_KEY|$PYTHONPATH|"')

    assert tools.run(["tool"], timeout_seconds=30) == "||\n"
