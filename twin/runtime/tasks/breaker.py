"""The deployment circuit breaker, and the throttle of tasks that keep failing to start."""

import math
from dataclasses import dataclass, replace

from twin.runtime.tasks.model import Stop, StopCode, Task

__all__ = ["Failure", "Throttle", "failure_of", "threshold"]

_LEAST, _MOST = 3, 200
"""Source: ECS developer guide, "How the Amazon ECS deployment circuit breaker detects failures"."""


def threshold(desired_count: int) -> int:
    """Failures in a row that fail a deployment: half the desired count, rounded up, from 3 to 200."""
    return min(_MOST, max(_LEAST, math.ceil(desired_count / 2)))


@dataclass(frozen=True)
class Failure:
    """That a task failed. Attributes: ran: it had reached RUNNING, and the throttle leaves it alone."""

    ran: bool


def failure_of(task: Task) -> Failure | None:
    """What the end of a task means to its deployment; None where it was stopped on purpose, or had been ready.

    Source: ECS API reference, Deployment, failedTasks: one that cannot be launched, does not become RUNNING, or is
    stopped because it fails a health check. One that exits by itself before it was ever healthy is counted as well,
    which is an assumption.
    """
    stop = task.stop or Stop(StopCode.EXITED, "")
    if stop.code is StopCode.FAILED_TO_START:
        return Failure(ran=False)
    if stop.is_unhealthy or (stop.code is StopCode.EXITED and not task.was_ready):
        return Failure(ran=task.started_at is not None)
    return None


@dataclass(frozen=True)
class Throttle:
    """How long a service waits until it starts tasks again.

    Source: ECS developer guide, "Amazon ECS service throttle logic": the time between attempts grows up to 27 minutes
    where tasks fail to become RUNNING, and is normal again with another task definition. By how much it grows is not
    documented: it doubles here. After a task that ran and exited before it was healthy, the first delay is waited:
    an assumption too.

    Attributes: failures: to become RUNNING, in a row; not_before: when the next may start.
    """

    failures: int = 0
    not_before: float = 0.0

    def after(self, failure: Failure, now: float, first_seconds: float, most_seconds: float) -> "Throttle":
        if failure.ran:
            return replace(self, not_before=max(self.not_before, now + first_seconds))
        if self.failures and now < self.not_before:
            # Another task of the same attempt.
            return self
        failures = self.failures + 1
        return Throttle(failures, now + min(most_seconds, first_seconds * 2 ** min(failures - 1, 30)))

    @property
    def is_felt(self) -> bool:
        """Tasks fail repeatedly, which a service event says."""
        return self.failures > 1
