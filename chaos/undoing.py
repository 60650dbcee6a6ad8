"""Puts back what deeds have changed: by the runner itself, and by the watchdog when the runner is gone."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chaos.exceptions import ChaosError
from chaos.fault_endpoint import FaultEndpoint
from chaos.fis import remove
from chaos.undo import Deed, UndoJournal

__all__ = ["GONE", "undo", "undo_all"]

Aws = Callable[[str], Any]
Endpoint = Callable[[str], FaultEndpoint]

GONE = frozenset({"NoSuchEntity"})
"""Answers that say that there is nothing to undo: a policy that was never put cannot be deleted. Source: IAM API
reference, DeleteRolePolicy."""


def undo(deed: Deed, aws: Aws, endpoint: Endpoint = FaultEndpoint) -> None:
    """It is as it was before the deed; doing it again changes nothing.

    Raises: ChaosError, botocore's errors: it may not be.
    """
    if deed.fault_id:
        endpoint(deed.endpoint).end(deed.fault_id)
    elif deed.fault:
        endpoint(deed.endpoint).end_like(deed.fault, deed.at)
    if deed.template:
        remove(aws("fis"), deed.template)
    for call in deed.calls:
        _call(aws, call)


def undo_all(
    journal: UndoJournal,
    aws: Aws,
    by: str,
    endpoint: Endpoint = FaultEndpoint,
    only: Collection[str] | None = None,
) -> Sequence[str]:
    """Every deed that could be was undone, the latest first. Returns: what is said of those that could not.

    Args: only: ids of the deeds that are meant; None: all.
    """
    said: list[str] = []
    for deed in journal.pending():
        if only is not None and deed.id not in only:
            continue
        try:
            undo(deed, aws, endpoint)
        except (ChaosError, ClientError, BotoCoreError, OSError) as error:
            said.append(f"{deed.title}: {error}")
        else:
            journal.undone(deed.id, by)
    return said


def _call(aws: Aws, call: Any) -> None:
    try:
        getattr(aws(call["service"]), call["operation"])(**call["parameters"])
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in GONE:
            raise
