"""Runs on disk: found by name, and never taken for finished when they are not."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from estate.places import project_root
from evidence import Archive, State, Verdict
from evidence.chain import RECORD, Chain, ChainWriter
from evidence.exceptions import RunUnknown
from evidence.ledger import acknowledged
from evidence.report.page import render
from tests.evidence.runs import BEGAN_AT, Clock, begin, holding

EVENTS = 40
WRITER = f"""
import sys, time
from pathlib import Path
from tests.evidence.runs import holding
run = holding(Path(sys.argv[1]), declares=["ledger"])
ledger = run.ledger()
for number in range({EVENTS}):
    run.event("step", f"step {{number}}")
    run.point("arrivals", "requests/s", time.time(), number)
    ledger.scheduled(f"k-{{number}}", "submit", "best-start-foods", time.time())
    ledger.acknowledged(f"k-{{number}}", f"application-{{number}}", time.time(), 201)
    print(number, flush=True)
time.sleep(600)
"""


def test_a_run_is_running_while_its_process_lives_and_finished_after_it_said_so(tmp_path: Path) -> None:
    run = holding(tmp_path)
    assert Archive(tmp_path).find("last").state is State.RUNNING

    run.finish()
    assert Archive(tmp_path).find("last").state is State.FINISHED


@pytest.mark.twin
def test_a_run_that_is_killed_leaves_everything_it_said_and_is_void(tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=project_root()
    )
    try:
        assert writer.stdout is not None
        told = [int(writer.stdout.readline()) for _ in range(EVENTS // 2)]
        assert Archive(tmp_path).find("last").state is State.RUNNING
    finally:
        os.kill(writer.pid, signal.SIGKILL)
        writer.communicate()

    filed = Archive(tmp_path).find("last")
    assert filed.state is State.UNFINISHED
    assert filed.record is not None
    assert filed.record.verdict is Verdict.VOID
    assert "did not come to its end" in filed.record.reasons[0]
    assert {f"step {it}" for it in told} <= {it.title for it in filed.record.events}
    assert {float(it) for it in told} <= {value for _, value in filed.record.series[0].points}
    promised = {it.id for it in acknowledged([filed.folder / "ledger-people.jsonl"])}
    assert {f"application-{it}" for it in told} <= promised
    assert Archive(tmp_path).breaks() == []
    assert "Void: it proves nothing." in render(filed.record)


@pytest.mark.parametrize("keep", range(0, 400, 37))
def test_a_journal_that_was_cut_anywhere_is_read_up_to_there(tmp_path: Path, keep: int) -> None:
    run = begin(tmp_path)
    before = (run.folder / "journal.jsonl").stat().st_size
    for number in range(5):
        run.event("step", f"step {number}")
    os.truncate(run.folder / "journal.jsonl", before + keep)

    titles = [it.title for it in Archive(tmp_path).record("last").events]
    assert titles == [f"step {number}" for number in range(len(titles))]


def test_one_that_was_killed_as_it_wrote_its_record_is_not_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = holding(tmp_path)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ChainWriter, "append", killed)
    with pytest.raises(KeyboardInterrupt):
        run.finish()
    run._journal.close()

    filed = Archive(tmp_path).find("last")
    assert (filed.folder / RECORD).exists()
    assert filed.state is State.UNFINISHED
    assert filed.record is not None
    assert filed.record.verdict is Verdict.VOID
    assert Archive(tmp_path).breaks() == []


def test_runs_are_listed_in_the_order_in_which_they_began(tmp_path: Path) -> None:
    names = ["zebra", "ant", "bee", "wasp", "fly"]
    for name in names:
        holding(tmp_path, name=name)
    (tmp_path / "somebody's notes").mkdir()

    assert [it.record.name for it in Archive(tmp_path).runs() if it.record] == names
    assert Archive(tmp_path).record("last").name == "fly"


def test_a_run_is_found_by_its_id_and_by_a_part_that_no_other_has(tmp_path: Path) -> None:
    one = holding(tmp_path, name="one-of-two")
    holding(tmp_path, name="two")
    archive = Archive(tmp_path)

    assert archive.find(one.id).id == archive.find("one-of").id == one.id


def test_a_name_of_several_or_of_none_is_an_error_that_says_which_there_are(tmp_path: Path) -> None:
    runs = [holding(tmp_path).id for _ in range(2)]
    archive = Archive(tmp_path)

    with pytest.raises(
        RunUnknown, match=re.escape(f"'ten-fold' is in the names of 2 runs: {', '.join(runs)}.")
    ):
        archive.find("ten-fold")
    with pytest.raises(
        RunUnknown, match=f"No run has 'ten-flod' in its name. The last are {', '.join(runs)}"
    ):
        archive.find("ten-flod")
    with pytest.raises(RunUnknown, match="There is no evidence in"):
        Archive(tmp_path / "nowhere").find("last")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema":"estate-evidence/9"}', "\ufffd{"])
def test_a_record_that_cannot_be_read_is_listed_as_such_beside_the_others(tmp_path: Path, text: str) -> None:
    spoilt, whole = holding(tmp_path), holding(tmp_path, clock=Clock(BEGAN_AT + 1))
    for it in (spoilt, whole):
        it.finish()
    (spoilt.folder / RECORD).write_text(text)
    found = Archive(tmp_path).runs()

    assert [it.state for it in found] == [State.UNREADABLE, State.FINISHED]
    assert found[0].problem
    assert {it.run for it in Archive(tmp_path).breaks()} == {spoilt.id}


@pytest.mark.parametrize("line", ["{}", "7", '{"entry":"event","kind":"note"}', '{"entry":"event","at":"x"}'])
def test_a_journal_with_a_line_that_no_run_writes_is_unreadable(tmp_path: Path, line: str) -> None:
    run = begin(tmp_path)
    with (run.folder / "journal.jsonl").open("a") as out:
        out.write(line + "\n")
    (found,) = Archive(tmp_path).runs()

    assert found.state is State.UNREADABLE
    assert "journal.jsonl" in found.problem


def test_the_head_of_the_chain_stands_for_all_that_went_before(tmp_path: Path) -> None:
    assert Archive(tmp_path).head() is None
    holding(tmp_path).finish()
    head = Archive(tmp_path).head()

    assert head is not None
    assert head == Chain(tmp_path).links()[-1]
