"""Puts back what deeds have changed: by the runner itself, and by the watchdog when the runner is gone."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chaos.fault_endpoint import FaultEndpoint
from chaos.fis import remove
from chaos.undo import Deed, UndoJournal
from evidence import EvidenceError

__all__ = ["GONE", "Undone", "undo", "undo_all"]

Aws = Callable[[str], Any]
Endpoint = Callable[[str], FaultEndpoint]

GONE = frozenset({"NoSuchEntity"})
"""Answers that say that there is nothing to undo: a policy that was never put cannot be deleted. Source: IAM API
reference, DeleteRolePolicy."""


@dataclass(frozen=True)
class Undone:
    """Attributes: left: what is said of deeds that could not be undone. ended_before: titles of faults that were not at
    work any more when they were to be ended."""

    left: tuple[str, ...] = ()
    ended_before: tuple[str, ...] = ()


def undo(deed: Deed, aws: Aws, endpoint: Endpoint = FaultEndpoint) -> bool:
    """It is as it was before the deed; doing it again changes nothing. Returns: whether its fault was still at work.

    Raises: ChaosError, botocore's errors: it may not be.
    """
    was_at_work = True
    if deed.fault_id:
        was_at_work = endpoint(deed.endpoint).end(deed.fault_id)
    elif deed.fault:
        was_at_work = endpoint(deed.endpoint).end_like(deed.fault, deed.at)
    if deed.template:
        remove(aws("fis"), deed.template)
    for call in deed.calls:
        _call(aws, call)
    return was_at_work


def undo_all(
    journal: UndoJournal,
    aws: Aws,
    by: str,
    endpoint: Endpoint = FaultEndpoint,
    only: Collection[str] | None = None,
    is_late: Callable[[], bool] = lambda: False,
) -> Undone:
    """Every deed that could be was undone, the latest first.

    Args: only: ids of the deeds that are meant; None: all. is_late: no further deed is begun.
    """
    left: list[str] = []
    ended_before: list[str] = []
    for deed in journal.pending():
        if only is not None and deed.id not in only:
            continue
        if is_late():
            left.append(f"{deed.title}: no time was left for it")
            continue
        try:
            was_at_work = undo(deed, aws, endpoint)
        except Exception as error:  # One deed that cannot be read is no reason to leave the others.
            left.append(f"{deed.title}: {_words(error)}")
            continue
        journal.undone(deed.id, by)
        if not was_at_work:
            ended_before.append(deed.title)
    return Undone(tuple(left), tuple(ended_before))


def _words(error: Exception) -> str:
    """What was not written for a person needs the name of its sort."""
    is_said = isinstance(error, EvidenceError | ClientError | BotoCoreError)
    return str(error) if is_said else f"{type(error).__name__}: {error}"


def _call(aws: Aws, call: Any) -> None:
    try:
        getattr(aws(call["service"]), call["operation"])(**call["parameters"])
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in GONE:
            raise
