"""A slot for the low-code platform: its applications' work comes by a queue; each is registered here."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from workload.consumer import Consumer
from workload.exceptions import Refused, SettingsWrong, TryLater
from workload.frame import Frame
from workload.patience import Patient
from workload.queue import Message
from workload.service import Service
from workload.service_probe import service_probe
from workload.upstream import Upstream

__all__ = ["APPLICATIONS", "Application", "Slot", "make"]

QUEUE = "low-code-tasks"
CASE = "case"
UNKNOWN_CASE_SECONDS = 60.0

Application = Callable[[Upstream, Mapping[str, Any]], Awaitable[None]]
"""Does one task, given the way to case. It may be done again: tasks have ids."""


async def _note(case: Upstream, task: Mapping[str, Any]) -> None:
    """Puts a note on a case: the application that is always there, and the pattern for others."""
    got = await case.call(
        "POST",
        f"/cases/{task['application_id']}/notes",
        document={"kind": "low-code", "content": task.get("content", {})},
        key=task["task_id"],
    )
    if got.status == 404:
        raise TryLater(UNKNOWN_CASE_SECONDS, "its case is not known yet")
    if got.status >= 300:
        raise Refused(got.status, "task-refused", f"Case refused task {task['task_id']}.")


APPLICATIONS: Mapping[str, Application] = {"case-note": _note}
"""By the task's member `application`."""


def make(frame: Frame) -> Service:
    """Tasks are taken from the queue, each for the application that it names."""
    queue = frame.queue(QUEUE)
    if queue is None:
        raise SettingsWrong("The low-code slot needs its queue. Look at ESTATE_STORES.")
    slot = Slot(frame.service(CASE), APPLICATIONS)
    consumer = Consumer(QUEUE, queue, Patient(queue, slot.take), slots=frame.slots, log=frame.log)
    probes = {CASE: service_probe(frame.service(CASE))}
    return Service(operations=[], workers=[consumer], probes=probes)


class Slot:
    def __init__(self, case: Upstream, applications: Mapping[str, Application]) -> None:
        self._case = case
        self._applications = applications

    async def take(self, message: Message) -> None:
        """The task was done. One that names no application ends with the dead letters."""
        name = message.document.get("application")
        if name not in self._applications:
            known = ", ".join(sorted(self._applications))
            raise Refused(
                422, "no-such-application", f"A task names an application of {known}, got {name!r}."
            )
        await self._applications[name](self._case, message.document)
