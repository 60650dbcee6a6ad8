"""Errors of the workload.

WorkloadError
├── SettingsWrong       the environment of the task does not say what it must
├── Refused             the request cannot be served as it is; carries the answer's status and code
│   ├── Shed            there is no room now for work of this priority
│   └── DeadlinePassed  nobody waits for the answer any more
├── DependencyAway      something that the service calls does not answer; trying again later may help
└── TryLater            a message is put back, to be taken again after some seconds
"""

from collections.abc import Mapping
from typing import Any

__all__ = [
    "DeadlinePassed",
    "DependencyAway",
    "Refused",
    "SettingsWrong",
    "Shed",
    "TryLater",
    "WorkloadError",
]


class WorkloadError(Exception):
    """Something that the workload expects to happen, and answers."""


class SettingsWrong(WorkloadError):
    """A variable is missing or cannot be read."""


class Refused(WorkloadError):
    """Answered with the status and ``{"error": code, "message": …}``.

    Attributes:
        retry_after_seconds: of the header Retry-After, where trying again helps.
        details: further members of the body.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        retry_after_seconds: float | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.message = message
        self.retry_after_seconds = retry_after_seconds
        self.details = dict(details or {})
        super().__init__(message)


class Shed(Refused):
    """Attributes: priority: of the work that found no room."""

    def __init__(self, priority: str, retry_after_seconds: float) -> None:
        self.priority = priority
        super().__init__(
            503,
            "shed",
            f"There is no room for {priority} work at the moment. Try again after the seconds in Retry-After.",
            retry_after_seconds=retry_after_seconds,
            details={"priority": priority},
        )


class DeadlinePassed(Refused):
    """The caller's time was used up."""

    def __init__(self, what_was_done: str = "Nothing was begun.") -> None:
        super().__init__(
            504, "deadline-passed", f"The time that the caller allows is used up. {what_was_done}"
        )


class DependencyAway(WorkloadError):
    """Attributes: dependency: its name in the degradation contract."""

    def __init__(self, dependency: str, why: str, retry_after_seconds: float | None = None) -> None:
        self.dependency = dependency
        self.why = why
        self.retry_after_seconds = retry_after_seconds
        super().__init__(f"{dependency} does not answer: {why}. It is tried again later.")


class TryLater(WorkloadError):
    """Attributes: after_seconds: until the message may be seen again."""

    def __init__(self, after_seconds: float, why: str) -> None:
        self.after_seconds = after_seconds
        super().__init__(f"A message is put back for {after_seconds:g} s: {why}.")
