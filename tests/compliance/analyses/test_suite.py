"""Every analysis gives a result, also the one that could not be run."""

from datetime import UTC, datetime
from pathlib import Path

from compliance.analyses import transport_security
from compliance.analyses.suite import NAMES, Subject, every
from tests.compliance.analyses.graph import TOOLS

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def test_without_tools_nothing_holds_that_needs_them_and_each_says_why(tmp_path: Path) -> None:
    started: list[str] = []
    subject = Subject([], root=tmp_path, now=NOW, folder=tmp_path / "out", version="abc")

    results = list(every(subject, started.append))

    assert tuple(it.name for it in results) == tuple(started) == NAMES
    without = [it for it in results if it.name != transport_security.NAME]
    assert [(it.name, it.ran, it.holds) for it in without] == [(it.name, False, False) for it in without]
    assert all(it.could_not for it in without)


def test_tools_may_stand_elsewhere_than_in_the_folder_that_is_looked_at(tmp_path: Path) -> None:
    subject = Subject([], root=tmp_path, now=NOW, folder=tmp_path / "out", version="abc", toolbox=TOOLS)

    assert next(every(subject)).ran
