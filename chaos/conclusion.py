"""The end of an experiment: everything is undone, the ledgers are compared, and the record says what it showed."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from chaos import round_record
from chaos.experiment import FailsBy
from chaos.judgement import Course, is_interrupted, objectives, voids
from chaos.rounds import bound_on_share
from chaos.session import Session
from evidence import Account, EventKind, Record, compare
from load_tests.estate_ledger import HttpEstateLedger

__all__ = ["conclude"]

JOURNAL = "chaostoolkit.json"


def conclude(session: Session, journal: dict[str, Any]) -> dict[str, Any]:
    """The record is written. Returns: the document of `estate chaos run`. The journal learns of an abort.

    The ledgers are compared while what a control case took away is away still: put back, it would finish what had to
    wait for it, and nobody would have seen that it was missing.
    """
    session.stop_load()
    session.hands.undo_faults("the runner")
    try:
        account = _compare(session)
    finally:
        session.put_back()
    _tell_promises(session, account)
    if any(it.aborted for it in session.rounds):
        journal["deviated"] = True
    course = Course(session.settings.faults, session.rounds, session.hands.left_over, journal)
    _write(session, course, account)
    text = json.dumps(journal, default=str, indent=1)
    (session.run.folder / JOURNAL).write_text(text, encoding="utf-8")
    return _document(session, course, account, session.run.finish())


def _compare(session: Session) -> Account:
    books = session.place.books
    if missing := books.missing():
        session.run.assumption(missing, "load_tests/estate_ledger.py")
    files = session.run.ledger_files
    others = round_record.not_acknowledged(files)
    return compare(round_record.applications(files), HttpEstateLedger(books), others)


def _tell_promises(session: Session, account: Account) -> None:
    """Each round knows what became of its own applications, and whether it fails by those that wait."""
    protection = session.experiment.about.protection
    for it in session.rounds:
        it.promises = round_record.promises(session.run.folder, it.number, account)
        it.fails_by_waiting = session.settings.is_control_case and protection.fails_by is FailsBy.WAITING


def _write(session: Session, course: Course, account: Account) -> None:
    run = session.run
    run.account(account)
    for it in objectives(course, session.objectives):
        run.objective(it.name, it.wanted, it.seen, it.holds, assumption=it.assumption)
    for reason in voids(course):
        run.void(reason)
    for name, value in _figures(course).items():
        run.figure(name, value, _unit(name), source="ledgers and AWS's API")
    for row in course.rounds:
        run.event(EventKind.NOTE, f"round {row.number}: {row.title}", row.undone_at, round=row.to_json())


def _figures(course: Course) -> Mapping[str, float | None]:
    rounds = course.rounds
    noticed = sum(it.is_noticed for it in rounds)
    return {
        "faults": sum(it.fault_at is not None for it in rounds),
        "faults_with_a_failed_operation": noticed,
        "bound_on_share_of_faults": bound_on_share(len(rounds), noticed),
        "operations": sum(it.operations for it in rounds),
        "operations_failed": sum(it.operations_failed for it in rounds),
        "attempts": sum(it.attempts for it in rounds),
        "attempts_failed": sum(it.attempts_failed for it in rounds),
        "p99_ms": _longest([it.p99_ms for it in rounds]),
        "recovery_seconds": _longest([it.recovery_seconds for it in rounds]),
        "capacity_seconds": _longest([it.capacity_seconds for it in rounds]),
    }


def _unit(name: str) -> str:
    return next((unit for unit, end in (("s", "_seconds"), ("ms", "_ms")) if name.endswith(end)), "")


def _longest(times: Sequence[float | None]) -> float | None:
    """None where of one of them it is not known, or there is none."""
    known = [it for it in times if it is not None]
    return max(known) if known and len(known) == len(times) else None


def _document(session: Session, course: Course, account: Account, record: Record) -> dict[str, Any]:
    journal, about = course.journal, session.experiment.about
    return {
        "experiment": session.experiment.name,
        "environment": session.place.estate.environment.name,
        "seed": session.settings.seed,
        "is_control_case": session.settings.is_control_case,
        "aws": {"fidelity": str(about.aws), "how": about.how},
        "status": "deviated" if journal.get("deviated") else str(journal.get("status")),
        "deviated": bool(journal.get("deviated")),
        "interrupted": is_interrupted(course),
        **_figures(course),
        "lost": len(account.lost),
        "doubled": len(account.doubled),
        "unfinished": len(account.unfinished),
        "acknowledged": account.acknowledged,
        "rolled_back": not session.hands.left_over,
        "left_over": session.hands.left_over,
        "rounds": [it.to_json() for it in course.rounds],
        "objectives": [
            {"name": it.name, "wanted": it.wanted, "seen": it.seen, "holds": it.holds}
            for it in record.objectives
        ],
        "verdict": str(record.verdict),
        "reasons": list(record.reasons),
        "evidence": str(session.run.folder),
    }
