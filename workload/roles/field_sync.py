"""What field devices recorded while they were offline, brought to cases, each change once."""

import base64
from collections.abc import Mapping
from typing import Any

from workload.consumer import Consumer
from workload.exceptions import DependencyAway, Refused, SettingsWrong, TryLater
from workload.frame import Frame
from workload.logs import Log
from workload.patience import Patient
from workload.queue import Message
from workload.service import Service
from workload.service_probe import service_probe
from workload.upstream import Upstream

__all__ = ["Changes", "make"]

QUEUE = "field-changes"
CASE = "case"
DOCUMENTS = "documents"
UNKNOWN_CASE_SECONDS = 60.0
"""A case may be made after a visit was recorded: an application may still wait in its benefit's queue."""


def make(frame: Frame) -> Service:
    """Changes are taken from their queue at the pace that cases take them."""
    queue = frame.queue(QUEUE)
    if queue is None:
        raise SettingsWrong("Field sync needs its queue. Look at ESTATE_STORES.")
    case = frame.service(CASE)
    changes = Changes(case, frame.service(DOCUMENTS), frame.log)
    consumer = Consumer(QUEUE, queue, Patient(queue, changes.take), slots=frame.slots, log=frame.log)
    probes = {name: service_probe(frame.service(name)) for name in (CASE, DOCUMENTS)}
    return Service(operations=[], workers=[consumer], probes=probes)


class Changes:
    """Messages hold one change or a batch of them (`changes`)."""

    def __init__(self, case: Upstream, documents: Upstream, log: Log) -> None:
        self._case = case
        self._documents = documents
        self._log = log

    async def take(self, message: Message) -> None:
        """Each change is with its case once: case knows it by its id, so a batch may be repeated.

        Raises: TryLater, DependencyAway: cases do not take it now.
        """
        for change in message.document.get("changes") or [message.document]:
            await self._apply(change)

    async def _apply(self, change: Mapping[str, Any]) -> None:
        left = await self._attach(change)
        document = {
            "kind": change.get("kind", "field-change"),
            "recorded_at": change.get("recorded_at"),
            "content": change.get("content", {}),
        }
        if left:
            document["attachments_on_device"] = left
        path = f"/cases/{change['application_id']}/notes"
        got = await self._case.call("POST", path, document=document, key=change["change_id"])
        if got.status == 404:
            raise TryLater(UNKNOWN_CASE_SECONDS, "its case is not known yet")
        if got.status >= 300:
            raise Refused(got.status, "change-refused", f"Case refused change {change['change_id']}.")

    async def _attach(self, change: Mapping[str, Any]) -> list[str]:
        """Attachments are with the application's documents. Returns: names of those that stay on the device."""
        left: list[str] = []
        for attachment in change.get("attachments", ()):
            name = str(attachment["name"])
            try:
                await self._send(change, name, base64.b64decode(attachment["content_base64"]))
            except DependencyAway as away:
                self._log.warn("attachment-stays", change=change["change_id"], why=away.why)
                left.append(name)
        return left

    async def _send(self, change: Mapping[str, Any], name: str, content: bytes) -> None:
        got = await self._documents.call(
            "POST",
            f"/evidence/{change['application_id']}",
            content=content,
            key=f"{change['change_id']}/{name}",
        )
        if got.status >= 300:
            raise DependencyAway(DOCUMENTS, f"it answered {got.status}")
