"""What was changed, removed or added after the fact shows."""

import fcntl
import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence import Archive, Run
from evidence.chain import CHAIN, RECORD, Break, Chain, Step
from evidence.journal import Journal
from evidence.record import digest
from tests.evidence.runs import BEGAN_AT, Clock, begin, holding


@pytest.fixture
def runs(tmp_path: Path) -> list[Run]:
    """Three that finished, the second with a ledger."""
    made = []
    for second in range(3):
        run = holding(tmp_path, clock=Clock(BEGAN_AT + second))
        if second == 1:
            run.ledger().scheduled("k", "submit", "best-start-foods", BEGAN_AT)
        run.finish()
        made.append(run)
    return made


def breaks(root: Path) -> list[Break]:
    return Archive(root).breaks()


def edit(file: Path, change: Callable[[str], str]) -> None:
    before = file.read_text()
    file.write_text(change(before))
    assert file.read_text() != before


def test_nothing_is_broken_where_nothing_was_touched(tmp_path: Path, runs: list[Run]) -> None:
    assert breaks(tmp_path) == []


def test_an_empty_folder_is_whole(tmp_path: Path) -> None:
    assert breaks(tmp_path) == breaks(tmp_path / "nowhere") == []


def test_each_record_names_the_one_before_it(runs: list[Run]) -> None:
    first, second, third = (it.record for it in runs)

    assert first.previous is None
    assert second.previous is not None
    assert (second.previous.run, second.previous.sha256) == (first.id, first.sha256)
    assert third.previous is not None
    assert third.previous.sha256 == second.sha256


@pytest.mark.parametrize(
    "name", ["report.html", "change.md", "change.json", "journal.jsonl", "ledger-people.jsonl"]
)
def test_one_changed_character_of_any_file_shows(tmp_path: Path, runs: list[Run], name: str) -> None:
    edit(runs[1].folder / name, lambda text: text.replace("e", "3", 1))

    assert breaks(tmp_path) == [Break(runs[1].id, f"{name} was changed.")]


def test_a_verdict_that_was_made_better_shows(tmp_path: Path, runs: list[Run]) -> None:
    edit(runs[0].folder / RECORD, lambda text: text.replace("HOLDS", "VOID"))

    assert breaks(tmp_path) == [Break(runs[0].id, "record.json was changed.")]


def test_a_record_with_a_hash_that_was_worked_out_again_shows(tmp_path: Path, runs: list[Run]) -> None:
    file = runs[0].folder / RECORD
    document = json.loads(file.read_text()) | {"seed": 8}
    file.write_text(json.dumps(document | {"sha256": digest(document)}))

    assert {it.run for it in breaks(tmp_path)} == {runs[0].id}


def test_a_run_that_was_removed_shows(tmp_path: Path, runs: list[Run]) -> None:
    shutil.rmtree(runs[1].folder)

    assert breaks(tmp_path) == [Break(runs[1].id, "The run began and its folder is gone.")]


def test_a_run_that_was_killed_and_then_removed_shows(tmp_path: Path) -> None:
    """So that nobody keeps only the runs that went well."""
    removed, emptied = begin(tmp_path), begin(tmp_path)
    shutil.rmtree(removed.folder)
    for file in emptied.folder.iterdir():
        file.unlink()

    assert breaks(tmp_path) == [
        Break(removed.id, "The run began and its folder is gone."),
        Break(emptied.id, "The run began and its journal is gone."),
    ]


def test_a_finished_run_whose_files_are_gone_is_told_file_by_file(tmp_path: Path, runs: list[Run]) -> None:
    for file in runs[0].folder.iterdir():
        file.unlink()

    told = [it.what for it in breaks(tmp_path) if it.run == runs[0].id]
    assert told[:2] == ["record.json is gone.", "change.json is gone."]
    assert told.count("journal.jsonl is gone.") == 1


def test_a_run_that_is_beginning_is_no_break(tmp_path: Path, runs: list[Run]) -> None:
    """Whoever writes the chain is waited for, and whoever reads it is: nobody sees a journal that no line names."""
    found, entered = list[list[Break]](), threading.Event()

    def look() -> None:
        entered.set()
        found.append(breaks(tmp_path))

    reader = threading.Thread(target=look)
    with Chain(tmp_path).writing() as chain:
        folder = tmp_path / "20261101T080000Z-load-next-abcdef"
        folder.mkdir()
        (folder / "journal.jsonl").touch()
        reader.start()
        assert entered.wait(10)
        reader.join(0.2)
        chain.append(Step.BEGUN, folder.name, BEGAN_AT)
    reader.join(10)

    assert found == [[]]


def test_a_journal_is_there_only_while_its_writer_holds_the_chain(
    tmp_path: Path, runs: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []

    class Watched(Journal):
        def __init__(self, folder: Path) -> None:
            held.append(_is_locked(tmp_path / CHAIN))
            super().__init__(folder)

    monkeypatch.setattr("evidence.run.Journal", Watched)
    begin(tmp_path)

    assert held == [True]


def _is_locked(file: Path) -> bool:
    with file.open() as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_file_that_was_removed_shows(tmp_path: Path, runs: list[Run]) -> None:
    (runs[2].folder / "report.html").unlink()
    (runs[0].folder / RECORD).unlink()

    assert breaks(tmp_path) == [
        Break(runs[0].id, "record.json is gone."),
        Break(runs[2].id, "report.html is gone."),
    ]


def test_a_run_that_was_put_there_shows(tmp_path: Path, runs: list[Run]) -> None:
    shutil.copytree(runs[0].folder, tmp_path / "20261101T080000Z-load-better-abcdef")

    (found,) = breaks(tmp_path)
    assert found.run == "20261101T080000Z-load-better-abcdef"
    assert "does not know this run" in found.what


@pytest.mark.parametrize("line", [0, 2, 4])
def test_a_line_of_the_chain_that_was_removed_shows(tmp_path: Path, runs: list[Run], line: int) -> None:
    lines = (tmp_path / CHAIN).read_text().splitlines(keepends=True)
    (tmp_path / CHAIN).write_text("".join(lines[:line] + lines[line + 1 :]))

    assert any(it.run is None and "does not follow" in it.what for it in breaks(tmp_path))


def test_a_line_of_the_chain_that_was_changed_shows(tmp_path: Path, runs: list[Run]) -> None:
    edit(tmp_path / CHAIN, lambda text: text.replace(runs[0].record.sha256, "0" * 64))

    assert any("was changed" in it.what and it.run is None for it in breaks(tmp_path))


def test_a_line_that_was_removed_shows_though_the_others_were_numbered_anew(
    tmp_path: Path, runs: list[Run]
) -> None:
    lines = [json.loads(it) for it in (tmp_path / CHAIN).read_text().splitlines()]
    kept = [it | {"number": number} for number, it in enumerate(lines[:2] + lines[4:], start=1)]
    kept = [it | {"sha256": digest(it)} for it in kept]
    (tmp_path / CHAIN).write_text("".join(f"{json.dumps(it)}\n" for it in kept))
    shutil.rmtree(runs[1].folder)

    told = [it.what for it in breaks(tmp_path) if it.run is None]
    assert told[0].startswith("Line 3 of chain.jsonl does not follow from the one before")


def test_a_chain_that_is_no_chain_is_said_to_be_none(tmp_path: Path, runs: list[Run]) -> None:
    edit(tmp_path / CHAIN, lambda text: '{"step":"forged"}\n' + text)

    (found,) = breaks(tmp_path)
    assert "has a line that no chain has" in found.what


def test_a_chain_that_is_gone_leaves_runs_that_it_does_not_know(tmp_path: Path, runs: list[Run]) -> None:
    (tmp_path / CHAIN).unlink()

    assert [it.run for it in breaks(tmp_path)] == [it.id for it in runs]


def test_a_last_line_that_was_cut_short_is_no_line(tmp_path: Path, runs: list[Run]) -> None:
    with (tmp_path / CHAIN).open("a") as out:
        out.write('{"number":7,"step":"beg')

    assert breaks(tmp_path) == []
    holding(tmp_path, clock=Clock(BEGAN_AT + 9)).finish()
    assert breaks(tmp_path) == []
    assert [it.number for it in Chain(tmp_path).links()] == list(range(1, 9))


def test_runs_that_overlap_are_chained_in_the_order_in_which_they_finish(tmp_path: Path) -> None:
    first, second = holding(tmp_path), holding(tmp_path)
    second.finish()
    first.finish()

    assert first.record.previous is not None
    assert first.record.previous.run == second.id
    assert breaks(tmp_path) == []
