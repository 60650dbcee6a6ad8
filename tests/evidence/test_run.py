"""A run says everything to the disk at once, and its record says what the journal says."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from evidence import Archive, EnvironmentLabel, EvidenceError, Verdict
from evidence.exceptions import FactInvalid, RunOver
from evidence.facts import Assumption, Event, EventKind, Figure, Objective, Series
from evidence.ledger import Account, acknowledged, compare
from evidence.record import from_document
from tests.evidence.runs import BEGAN_AT, Clock, Estate, begin, holding


def files(folder: Path) -> list[str]:
    return sorted(it.name for it in folder.iterdir())


def test_the_folder_is_named_after_time_kind_and_name(tmp_path: Path) -> None:
    run = begin(tmp_path)

    assert run.folder.parent == tmp_path
    assert run.folder.name == run.id
    assert run.id.startswith("20261101T080000Z-load-ten-fold-step-")
    assert files(run.folder) == ["journal.jsonl"]


def test_two_runs_of_the_same_second_have_folders_of_their_own(tmp_path: Path) -> None:
    assert begin(tmp_path).id != begin(tmp_path).id


def test_the_record_has_what_was_said(tmp_path: Path) -> None:
    clock = Clock()
    run = begin(tmp_path, kind="experiment", declares=["faults"], clock=clock)
    run.event("fault", "zone a loses power", id="f-1")
    run.event(EventKind.UNDO, "power is back", at=BEGAN_AT + 60, fault="f-1")
    run.event("note", "written last, happened first", at=BEGAN_AT - 1)
    run.series("latency/p99", "ms", [(BEGAN_AT + 1, 40), (BEGAN_AT + 2, None)])
    run.point("latency/p99", "ms", BEGAN_AT, 39)
    run.figure("recovery", 17.5, "s", source="ledger")
    run.assumption("30 requests an application", "project")
    run.objective("recovery", "at most 60 s", "17.5 s", True, assumption=True)
    clock.now += 90
    record = run.finish()

    assert record.events == (
        Event(BEGAN_AT - 1, EventKind.NOTE, "written last, happened first", {}),
        Event(BEGAN_AT, EventKind.FAULT, "zone a loses power", {"id": "f-1"}),
        Event(BEGAN_AT + 60, EventKind.UNDO, "power is back", {"fault": "f-1"}),
    )
    assert record.series == (
        Series("latency/p99", "ms", ((BEGAN_AT, 39), (BEGAN_AT + 1, 40), (BEGAN_AT + 2, None))),
    )
    assert record.figures == (Figure("recovery", 17.5, "s", source="ledger"),)
    assert record.assumptions == (Assumption("30 requests an application", "project"),)
    assert record.objectives == (Objective("recovery", "at most 60 s", "17.5 s", True, assumption=True),)
    assert (record.began_at, record.ended_at, record.seconds) == (BEGAN_AT, BEGAN_AT + 90, 90)
    assert record.verdict is Verdict.HOLDS


def test_a_finished_run_leaves_its_record_its_page_and_a_change_record(tmp_path: Path) -> None:
    run = holding(tmp_path)
    record = run.finish()

    assert files(run.folder) == ["change.json", "change.md", "journal.jsonl", "record.json", "report.html"]
    assert from_document(json.loads((run.folder / "record.json").read_text()), "it") == record
    assert run.finish() is record


def test_one_that_does_not_hold_leaves_an_incident_record_too(tmp_path: Path) -> None:
    run = holding(tmp_path)
    run.objective("p99", "under 500 ms", "712 ms", False)

    assert run.finish().verdict is Verdict.DOES_NOT_HOLD
    assert {"incident.json", "incident.md"} <= set(files(run.folder))


def test_the_record_is_what_the_journal_amounts_to(tmp_path: Path) -> None:
    """Until it is finished both are void, and after it the page of a reader is the page of the writer."""
    run = holding(tmp_path)
    seen = Archive(tmp_path).record("last")

    assert seen == run.record
    assert seen.verdict is Verdict.VOID
    assert run.finish() == Archive(tmp_path).record("last")


def test_a_later_figure_of_the_same_name_replaces_the_first(tmp_path: Path) -> None:
    run = begin(tmp_path)
    run.figure("lost", 1, "applications")
    run.figure("lost", 0, "applications")

    assert run.record.figures == (Figure("lost", 0, "applications"),)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (float("nan"), None),
        (float("inf"), None),
        (3, 3),
        (2.5, 2.5),
        ("eu-west-2a", "eu-west-2a"),
        (True, True),
    ],
)
def test_a_figure_that_is_no_number_was_not_measured(tmp_path: Path, given: Any, kept: Any) -> None:
    run = begin(tmp_path)
    run.figure("it", given, "")

    assert run.record.figures == (Figure("it", kept, ""),)


def test_a_point_that_is_no_number_is_a_gap(tmp_path: Path) -> None:
    run = begin(tmp_path)
    run.series("arrivals", "requests/s", [(1.0, float("nan")), (2.0, 5.0)])
    run.series("arrivals", "requests/s", [])

    assert run.record.series == (Series("arrivals", "requests/s", ((1.0, None), (2.0, 5.0))),)


def test_details_that_json_has_no_word_for_become_text(tmp_path: Path) -> None:
    run = begin(tmp_path)
    run.event(
        "note", "odd \udcff", where=Path("/x"), ratio=float("nan"), names={"a"}, raw=b"y", nested={1: (2,)}
    )

    (event,) = run.record.events
    assert event.title == "odd ?"
    assert event.details == {
        "where": "/x",
        "ratio": None,
        "names": ["a"],
        "raw": "b'y'",
        "nested": {"1": [2]},
    }


def test_the_ledgers_are_compared_and_what_was_lost_is_an_objective(tmp_path: Path) -> None:
    run = holding(tmp_path, declares=["ledger"])
    ledger = run.ledger()
    ledger.scheduled("k", "submit", "best-start-foods", BEGAN_AT)
    ledger.acknowledged("k", "application-1", BEGAN_AT + 1, 201)
    run.account(compare(acknowledged(run.ledger_files), Estate()))
    record = run.finish()

    assert record.account == Account(1)
    assert record.verdict is Verdict.HOLDS
    assert [it.holds for it in record.objectives] == [True, True]
    assert sorted(record.files) == ["journal.jsonl", "ledger-people.jsonl"]


def test_a_declared_ledger_that_stayed_empty_is_void(tmp_path: Path) -> None:
    run = holding(tmp_path, declares=["ledger"])
    run.ledger()
    run.account(compare(acknowledged(run.ledger_files), Estate()))

    assert run.finish().verdict is Verdict.VOID


def test_a_block_that_breaks_off_is_void_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), holding(tmp_path) as run:
        raise RuntimeError("the edge is gone")

    assert run.record.verdict is Verdict.VOID
    assert run.record.reasons == ("The run broke off: RuntimeError: the edge is gone.",)
    assert Archive(tmp_path).find("last").state == "finished"


def test_a_finished_run_takes_nothing_more(tmp_path: Path) -> None:
    run = holding(tmp_path)
    run.finish()

    with pytest.raises(RunOver, match=r"has ended and takes nothing more\. Begin another one\."):
        run.event("note", "too late")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"kind": "party"}, "The kind of a run is one of load, experiment, drill; got 'party'."),
        ({"name": "Ten fold"}, "small letters, digits and hyphens, at most 80 of them; got 'Ten fold'"),
        ({"name": "../up"}, "at most 80 of them; got '../up'"),
        ({"name": "n" * 81}, "at most 80 of them; got 'nnn"),
        ({"declares": ["luck"]}, "What a run declares is one of ledger, faults; got 'luck'."),
    ],
)
def test_what_no_record_can_hold_is_refused_before_anything_is_written(
    tmp_path: Path, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(FactInvalid) as caught:
        begin(tmp_path, **changes)

    assert told in str(caught.value)
    assert files(tmp_path) == []


def test_an_event_or_a_basis_that_there_is_not_is_refused(tmp_path: Path) -> None:
    run = begin(tmp_path)

    with pytest.raises(FactInvalid, match="The kind of an event is one of phase, load, fault"):
        run.event("surprise", "it")
    with pytest.raises(FactInvalid, match="one of measured, assumed, derived; got 'guessed'"):
        run.figure("it", 1, "s", "guessed")
    with pytest.raises(FactInvalid, match="The kind of an environment is one of twin, aws"):
        EnvironmentLabel("x", "moon")  # pyright: ignore[reportArgumentType]


def test_a_twin_names_its_scale() -> None:
    with pytest.raises(FactInvalid, match="every result names its scale"):
        EnvironmentLabel("slice", "twin")


def test_what_threads_write_at_the_same_time_is_all_there(tmp_path: Path) -> None:
    run = begin(tmp_path)
    writers = [
        threading.Thread(target=lambda name=name: [run.event("note", name) for _ in range(20)])
        for name in "abcd"
    ]
    for it in writers:
        it.start()
    for it in writers:
        it.join()

    assert len(Archive(tmp_path).record("last").events) == 80


def test_every_error_is_one_that_the_command_line_knows() -> None:
    from evidence import exceptions

    errors = [getattr(exceptions, name) for name in exceptions.__all__]
    assert all(issubclass(it, EvidenceError) for it in errors)
