"""What was done is on disk before it is done, and is undone once, the latest first."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chaos.exceptions import EstateAway
from chaos.undo import FILE, Deed, UndoJournal, left_behind, pending
from chaos.undoing import Undone, undo_all
from chaos.watchdog import LONGEST_SECONDS, Watchdog

CALL = {"service": "ecs", "operation": "update_service", "parameters": {"desiredCount": 3}}


class Aws:
    """Remembers what it is asked, and refuses as often as it is told."""

    def __init__(self, refusals: int = 0, code: str = "ServerException") -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._refusals, self._code = refusals, code

    def __call__(self, service: str) -> "Aws":
        return self

    def update_service(self, **parameters: Any) -> None:
        if self._refusals:
            self._refusals -= 1
            raise ClientError({"Error": {"Code": self._code}}, "UpdateService")
        self.calls.append(("update_service", parameters))


def test_the_latest_deed_is_undone_first_and_only_once(tmp_path: Path) -> None:
    journal = UndoJournal(tmp_path / "undo.jsonl")
    for name, count in (("first", 1), ("second", 2)):
        journal.write(Deed(name, name, 0, calls=({**CALL, "parameters": {"desiredCount": count}},)))
    aws = Aws()
    assert undo_all(journal, aws, "a test") == Undone()
    assert [it["desiredCount"] for _, it in aws.calls] == [2, 1]
    assert undo_all(journal, aws, "a test") == Undone()
    assert len(aws.calls) == 2


def test_what_could_not_be_undone_is_said_and_stays_pending(tmp_path: Path) -> None:
    journal = UndoJournal(tmp_path / "undo.jsonl")
    journal.write(Deed("one", "portal has 1 task", 0, calls=(CALL,)))
    assert undo_all(journal, Aws(refusals=1), "a test").left[0].startswith("portal has 1 task: ")
    assert [it.id for it in journal.pending()] == ["one"]


def test_a_policy_that_was_never_put_is_nothing_to_undo(tmp_path: Path) -> None:
    journal = UndoJournal(tmp_path / "undo.jsonl")
    journal.write(Deed("one", "denied", 0, calls=(CALL,)))
    assert undo_all(journal, Aws(refusals=1, code="NoSuchEntity"), "a test") == Undone()


def test_a_line_that_a_kill_has_cut_short_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "undo.jsonl"
    UndoJournal(file).write(Deed("one", "x", 0))
    with file.open("a") as out:
        out.write('{"what": "undone", "id": "on')
    assert [it.id for it in pending(file)[0]] == ["one"]


def test_a_journal_says_when_its_run_is_over(tmp_path: Path) -> None:
    journal = UndoJournal(tmp_path / "undo.jsonl")
    assert pending(journal.file) == ([], False)
    journal.close()
    assert pending(journal.file) == ([], True)


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize(
    ("refusals", "left"), [(0, 0), (5, 0), (10_000, 1)], ids=["at once", "again", "never"]
)
def test_a_watchdog_tries_until_all_is_undone_and_never_beyond_its_time(refusals: int, left: int) -> None:
    time, asked = Time(), 0

    def undo(is_late: Callable[[], bool]) -> list[str]:
        nonlocal asked
        asked += 1
        return ["a zone"] if asked <= refusals else []

    said = Watchdog(undo, lambda: time.now, time.sleep).clear()
    assert len(said) == left
    assert time.now <= LONGEST_SECONDS


def test_an_endpoint_that_is_away_is_no_reason_to_stop_undoing_the_rest(tmp_path: Path) -> None:
    class Away:
        def __init__(self, url: str) -> None:
            pass

        def end(self, fault_id: str) -> None:
            raise EstateAway("nobody")

    journal = UndoJournal(tmp_path / "undo.jsonl")
    journal.write(Deed("one", "portal", 0, calls=(CALL,)))
    journal.write(Deed("two", "a zone", 0, endpoint="http://127.0.0.1:1", fault_id="f"))
    aws = Aws()
    assert undo_all(journal, aws, "a test", endpoint=Away).left == ("a zone: nobody",)  # type: ignore[arg-type]
    assert len(aws.calls) == 1


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        (Deed("bad", "no such call", 0, calls=({**CALL, "operation": "forget"},)), "AttributeError"),
        (Deed("bad", "half a call", 0, calls=({"service": "ecs"},)), "KeyError"),
    ],
    ids=lambda it: it.title if isinstance(it, Deed) else "",
)
def test_a_deed_that_cannot_be_read_is_no_reason_to_stop_undoing_the_rest(
    tmp_path: Path, deed: Deed, said: str
) -> None:
    journal, aws = UndoJournal(tmp_path / FILE), Aws()
    journal.write(Deed("one", "portal", 0, calls=(CALL,)))
    journal.write(deed)
    (left,) = undo_all(journal, aws, "a test").left
    assert left.startswith(f"{deed.title}: {said}")
    assert len(aws.calls) == 1


def test_when_it_is_late_no_further_deed_is_begun(tmp_path: Path) -> None:
    journal, aws = UndoJournal(tmp_path / FILE), Aws()
    for name in ("one", "two", "three"):
        journal.write(Deed(name, name, 0, calls=(CALL,)))
    said = undo_all(journal, aws, "a test", is_late=lambda: bool(aws.calls)).left
    assert said == ("two: no time was left for it", "one: no time was left for it")
    assert len(aws.calls) == 1


def test_what_a_run_has_left_behind_is_found_for_its_own_environment(tmp_path: Path) -> None:
    for name, environment, is_done in (
        ("killed", "local", False),
        ("well", "local", True),
        ("other", "slice", False),
    ):
        journal = UndoJournal(tmp_path / name / FILE)
        journal.place(environment)
        journal.write(Deed("one", "portal has 1 task", 0, calls=(CALL,)))
        if is_done:
            journal.undone("one", "the runner")
    assert left_behind(tmp_path, "local") == [tmp_path / "killed" / FILE]
    assert left_behind(tmp_path / "nowhere", "local") == []


def test_a_watchdog_begins_nothing_once_its_time_is_over() -> None:
    """Of many deeds that each take long, also in the middle of a pass."""
    time, begun = Time(), list[float]()

    def undo(is_late: Callable[[], bool]) -> list[str]:
        for _ in range(10):
            if is_late():
                return ["a zone"]
            begun.append(time.now)
            time.sleep(4)
        return []

    assert Watchdog(undo, lambda: time.now, time.sleep).clear() == ["a zone"]
    assert max(begun) < LONGEST_SECONDS
