"""What experiment files call: one round is people_come, break_it, watch, end_round."""

from typing import Any

from chaos.session import current

__all__ = ["break_it", "end_round", "people_come", "undo_everything", "watch"]


def people_come() -> dict[str, Any]:
    """Load has begun, and the time of the fault has come. Of a run that was aborted nothing more begins."""
    session = current()
    if session.is_over:
        return {"skipped": "the experiment was aborted"}
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
    """Nothing of this run is left. Returns: what could not be undone."""
    session = current()
    session.hands.undo_everything("the rollback")
    return session.hands.left_over
