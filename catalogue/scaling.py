"""How many tasks run, and what makes them more or fewer."""

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, NamedTuple, Self

from pydantic import Field, model_validator

from catalogue.entry import Count, Entry, Positive, Slug
from catalogue.exceptions import MISSING
from catalogue.rule import broken

__all__ = ["Counts", "Driver", "FastStep", "Scaling", "TaskCount", "raised"]


class TaskCount(NamedTuple):
    """Tasks in one region. `desired` is what runs at rest; scaling owns it after creation."""

    minimum: int
    desired: int
    maximum: int


def raised(minimum: int, maximum: int, percent: int) -> int:
    """The minimum for people who are known to come: so many percent of the usual one, at most the maximum."""
    return min(maximum, math.ceil(minimum * percent / 100))


class Driver(StrEnum):
    """What the number of tasks follows."""

    REQUESTS = "requests"
    CPU = "cpu"
    QUEUE = "queue"


class FastStep(Entry):
    """A step that does not wait for three one-minute metrics."""

    above_percent: int = Field(strict=True, ge=101, le=1000)
    """How far over the target, as a percentage of it."""
    add_percent: int = Field(strict=True, ge=10, le=400)
    """Tasks added at once, as a percentage of those that run."""
    period_seconds: Literal[10, 30]
    """Source: Amazon CloudWatch User Guide, alarms on high-resolution metrics: 10 or 30 seconds."""


class Counts(Entry):
    """Bounds in the primary region. The minimum is what runs at rest."""

    minimum: Count
    maximum: Positive

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.maximum < self.minimum:
            rule = f"The maximum must be at least the minimum of {self.minimum}"
            raise broken(rule, self.maximum, "Raise the maximum or lower the minimum.", "maximum")
        return self


class Scaling(Entry):
    """Scaling as data."""

    driver: Driver
    target: Positive
    """For each task: requests a minute, CPU in percent, or messages that wait."""
    queue: Slug | None = None
    """The queue whose depth is followed; only with driver `queue`."""
    fast_step: FastStep | None = None
    counts: Mapping[Slug, Counts] = Field(min_length=1)
    """By scale; an environment names the scale that applies to it."""

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if (self.driver is Driver.QUEUE) != (self.queue is not None):
            advice = "Name the queue to follow, or use another driver."
            if self.queue is not None:
                advice = "Remove it, or use driver 'queue'."
            rule = "A queue must be named by what queue depth drives, and by nothing else"
            raise broken(rule, MISSING if self.queue is None else self.queue, advice, "queue")
        if self.driver is Driver.CPU and self.target > 100:
            raise broken("A CPU target must be a percentage", self.target, "Choose 1 to 100.", "target")
        for scale, counts in self.counts.items():
            if counts.minimum == 0 and self.driver is not Driver.QUEUE:
                advice = "Choose 1 or more; only queue depth can start the first task."
                raise broken("The minimum must be above 0", 0, advice, f"counts.{scale}.minimum")
        return self
