"""What the client was promised, kept in a file and compared with what the estate has."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.exceptions import EvidenceError, RecordUnreadable
from evidence.ledger import (
    Account,
    Acknowledgement,
    Attempt,
    Effect,
    Ledger,
    Operation,
    Outcome,
    acknowledged,
    compare,
    read_operations,
    unpromised,
)
from tests.evidence.runs import Estate


def promise(key: str, id_: str = "") -> Acknowledgement:
    return Acknowledgement(key, id_ or f"application-{key}", "submit", "best-start-foods", 1.0, 1.2, 201)


def written(file: Path) -> Path:
    with Ledger(file) as ledger:
        ledger.scheduled("k-1", "submit", "best-start-foods", 10.0)
        ledger.scheduled("k-2", "save", "best-start-foods", 9.0)
        ledger.scheduled("k-3", "status", "best-start-foods", 11.0)
        ledger.sent("k-1", 10.5)
        ledger.attempt("k-1", 10.5, 0.25, error="refused")
        ledger.attempt("k-1", 12.0, 0.125, 201)
        ledger.acknowledged("k-1", "application-1", 12.125, 201)
        ledger.ended("k-2", Outcome.SHED, 9.5, 503)
    return file


def test_an_operation_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_operations([written(tmp_path / "ledger.jsonl")]) == [
        Operation("k-2", "save", "best-start-foods", 9.0, outcome=Outcome.SHED, ended_at=9.5, status=503),
        Operation(
            key="k-1",
            kind="submit",
            benefit="best-start-foods",
            scheduled_at=10.0,
            sent_at=10.5,
            attempts=(Attempt(10.5, 0.25, None, "refused"), Attempt(12.0, 0.125, 201)),
            outcome=Outcome.ACKNOWLEDGED,
            ended_at=12.125,
            status=201,
            id="application-1",
        ),
        Operation("k-3", "status", "best-start-foods", 11.0),
    ]


def test_an_operation_takes_from_its_schedule_not_from_when_it_was_sent(tmp_path: Path) -> None:
    by_key = {it.key: it.seconds for it in read_operations([written(tmp_path / "ledger.jsonl")])}

    assert by_key == {"k-1": 2.125, "k-2": 0.5, "k-3": None}


def test_only_what_was_promised_is_held_against_the_estate(tmp_path: Path) -> None:
    assert acknowledged([written(tmp_path / "ledger.jsonl")]) == [
        Acknowledgement("k-1", "application-1", "submit", "best-start-foods", 10.0, 12.125, 201)
    ]


def test_ledgers_of_several_workers_are_read_as_one(tmp_path: Path) -> None:
    files = [written(tmp_path / "ledger-1.jsonl"), tmp_path / "ledger-2.jsonl"]
    with Ledger(files[1]) as ledger:
        ledger.scheduled("k-9", "submit", "job-start-payment", 1.0)

    assert [it.key for it in read_operations(files)] == ["k-9", "k-2", "k-1", "k-3"]


def test_a_line_that_was_cut_short_is_not_read_and_not_in_the_way(tmp_path: Path) -> None:
    file = written(tmp_path / "ledger.jsonl")
    with file.open("a") as out:
        out.write('{"what":"acknowledged","key":"k-3","id":"appl')

    assert len(acknowledged([file])) == 1
    with Ledger(file) as ledger:
        ledger.acknowledged("k-3", "application-3", 13.0, 201)
    assert [it.id for it in acknowledged([file])] == ["application-1", "application-3"]


@pytest.mark.parametrize(
    "line",
    [
        "[1]",
        "nonsense",
        '{"what":"sent","key":"never-scheduled","at":1}',
        '{"what":"dreamt","key":"k-1","at":1}',
    ],
)
def test_a_line_that_no_ledger_writes_is_an_error(tmp_path: Path, line: str) -> None:
    file = written(tmp_path / "ledger.jsonl")
    with file.open("a") as out:
        out.write(line + "\n")

    with pytest.raises(RecordUnreadable):
        read_operations([file])


def test_a_closed_ledger_says_so(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.close()
    ledger.close()

    with pytest.raises(EvidenceError, match="is closed"):
        ledger.sent("k-1", 1.0)


def test_each_promise_has_one_fate() -> None:
    told = {
        "lost": Effect(0),
        "doubled": Effect(2),
        "unfinished": Effect(1, finished=False),
        "unknown": None,
        "kept": Effect(1),
    }

    assert compare([promise(it) for it in told], Estate(told)) == Account(
        5, lost=("lost",), doubled=("doubled",), unfinished=("unfinished",), unknown=("unknown",)
    )


def test_one_key_with_two_ids_is_doubled_whatever_the_estate_says() -> None:
    account = compare([promise("k", "application-1"), promise("k", "application-2")], Estate())

    assert (account.acknowledged, account.doubled) == (1, ("k",))


def test_an_estate_without_promises_is_not_asked() -> None:
    class Down:
        def effects(self, promises: object) -> dict[str, Effect]:
            raise AssertionError

    assert compare([], Down()) == Account(0)


def test_what_was_sent_and_not_acknowledged_is_unpromised(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    with Ledger(file) as ledger:
        for number, key in enumerate(("kept", "unanswered", "not-ended", "not-sent")):
            ledger.scheduled(key, "submit", "best-start-foods", float(number))
        for key in ("kept", "unanswered", "not-ended"):
            ledger.sent(key, 5.0)
        ledger.acknowledged("kept", "application-1", 6.0, 201)
        ledger.ended("unanswered", Outcome.TIMED_OUT, 65.0)

    assert [it.key for it in unpromised([file])] == ["unanswered", "not-ended"]


def test_what_was_not_promised_is_doubled_where_it_was_and_never_lost() -> None:
    others = [
        Operation(it, "submit", "best-start-foods", 1.0) for it in ("twice", "never", "once", "nobody-knows")
    ]
    told = {"twice": Effect(2), "never": Effect(0), "once": Effect(1, finished=False), "nobody-knows": None}
    account = compare([promise("k")], Estate(told), others)

    assert account == Account(1, doubled=("twice",))
    assert (account.holds, account.kinds, account.unpromised) == (False, ("submit",), 4)
    assert account.in_words == (
        "1 acknowledged (submit): 0 lost, 1 doubled, 0 unfinished, 0 unknown; 4 not acknowledged, looked at for "
        "doubling only"
    )


def test_what_another_ledger_has_a_promise_for_is_held_to_its_promise() -> None:
    account = compare([promise("k")], Estate({"k": Effect(0)}), [Operation("k", "submit", "any", 1.0)])

    assert (account.lost, account.unpromised) == (("k",), 0)


@pytest.mark.parametrize(
    ("account", "holds"),
    [
        (Account(3), True),
        (Account(3, lost=("k",)), False),
        (Account(3, doubled=("k",)), False),
        (Account(0), None),
        (Account(3, unfinished=("k",)), None),
        (Account(3, unknown=("k",)), None),
        (Account(3, lost=("k",), unknown=("l",)), False),
    ],
)
def test_nothing_holds_of_which_the_end_was_not_seen(account: Account, holds: bool | None) -> None:
    assert account.holds is holds


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text("abc", min_size=1, max_size=3),
        st.none() | st.builds(Effect, st.integers(0, 3), st.booleans()),
    )
)
def test_no_promise_falls_between_the_sides(told: dict[str, Effect | None]) -> None:
    account = compare([promise(it) for it in told], Estate(told))
    sorts = (account.lost, account.doubled, account.unfinished, account.unknown)
    kept = {key for key, it in told.items() if it == Effect(1)}

    assert account.acknowledged == len(told)
    assert kept | {key for sort in sorts for key in sort} == set(told)
    assert not kept & {key for sort in sorts for key in sort}
