"""Logs are found by service or server, by the last lines, and as they are written."""

import os
from pathlib import Path

import pytest

from estate.commands import logs
from estate.exceptions import NothingLogged
from estate.places import Places


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two tasks of a service, and a server."""
    monkeypatch.setenv("ESTATE_HOME", str(tmp_path))
    made = Places.of("slice").runtime / "logs"
    for age, (name, text) in enumerate(
        {
            "tasks/case/old.log": "1\n2\n3\n",
            "tasks/case/new.log": "4\n",
            "egress-eu-west-2a.log": "5\n",
        }.items()
    ):
        file = made / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        os.utime(file, (age, age))
    return made


def test_without_a_name_the_names_are_listed(folder: Path) -> None:
    assert logs.run("slice", None, 10).to_json() == {
        "environment": "slice",
        "name": None,
        "names": ["case", "egress-eu-west-2a"],
        "lines": [],
    }


def test_a_service_has_the_last_lines_of_each_of_its_tasks_the_oldest_task_first(folder: Path) -> None:
    found = logs.run("slice", "case", 2).lines
    assert found == [("case/old", "2"), ("case/old", "3"), ("case/new", "4")]


def test_one_task_is_named_by_the_beginning_of_its_log(folder: Path) -> None:
    assert logs.run("slice", "case/new", 10).lines == [("case/new", "4")]


def test_an_unknown_name_is_answered_with_those_that_there_are(folder: Path) -> None:
    with pytest.raises(NothingLogged, match="There is: case, egress-eu-west-2a"):
        logs.run("slice", "caze", 10)


def test_where_nothing_ran_it_says_what_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESTATE_HOME", str(tmp_path))
    with pytest.raises(NothingLogged, match="up slice' starts something that writes"):
        logs.run("slice", "case", 10)
