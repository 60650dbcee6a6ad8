"""What experiment files call: one round is people_come, break_it, watch, end_round."""

from typing import Any

from chaos.session import current

__all__ = ["break_it", "end_round", "people_come", "undo_everything", "watch"]


def people_come() -> dict[str, Any]:
    """Load has begun, and the time of the fault has come. Of a run that is over nothing more begins."""
    session = current()
    if session.is_over:
        return {"skipped": "a round before was aborted, or left the estate unwell"}
    session.begin_round()
    return {"round": session.round.number, "seed": session.round.seed}


def break_it(**_what: Any) -> str:
    """What the file says is broken; its arguments were read when the experiment began."""
    session = current()
    return "skipped" if session.is_over else session.break_it()


def watch() -> dict[str, Any]:
    """Everybody's operation has ended, or a guard has aborted."""
    session = current()
    if not session.is_over:
        session.watch()
    return {"aborted": session.is_aborted}


def end_round() -> dict[str, Any]:
    """The fault is undone, and what people met is known."""
    session = current()
    return session.end_round().to_json() if session.load else {"skipped": "no round is under way"}


def undo_everything() -> list[str]:
    """Nothing of this run is left, but what a control case took away: the ledgers are compared before that is put back.

    Returns: what could not be undone.
    """
    session = current()
    if session.settings.is_control_case:
        session.hands.undo_faults("the rollback")
    else:
        session.hands.undo_everything("the rollback")
    return session.hands.left_over
