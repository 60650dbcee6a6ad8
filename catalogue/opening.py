"""Openings: days on which more people are known to come, for which the estate itself schedules a higher minimum."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from catalogue.benefit import Basis
from catalogue.entry import Entry, Sentence, Slug, Text
from catalogue.rule import broken

__all__ = ["Opening"]

ONCE = "at("
Schedule = Annotated[
    str,
    StringConstraints(pattern=r"^(at\(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\)|cron\([^ ()]+( [^ ()]+){5}\))$"),
]
"""In London's time. Source: Application Auto Scaling user guide, "Schedule recurring scaling actions using cron
expressions": six fields, from minutes to years."""


class Opening(Entry):
    """A day that brings people, as that on which applications open. Scheduled actions raise and lower the minimum."""

    name: Slug
    title: Text
    benefits: tuple[Slug, ...] = Field(min_length=1)
    """That people apply for. The minimum is raised of their cells, and of what every person's request goes through."""
    raise_at: Schedule
    lower_at: Schedule
    minimum_percent: int = Field(strict=True, ge=101, le=1000)
    """Of the minimum at rest: the scheduled minimum, at most the maximum."""
    basis: Basis
    source: Sentence
    """Where the day and the size are from, or why they are assumed."""

    @model_validator(mode="after")
    def _is_lowered_as_it_is_raised(self) -> Self:
        is_once = self.raise_at.startswith(ONCE)
        if is_once != self.lower_at.startswith(ONCE):
            rule = "What is raised once must be lowered once, and what is raised again and again must be lowered so"
            raise broken(rule, self.lower_at, "Write both as at(...), or both as cron(...).", "lower_at")
        # Of one form, so that they are in the order of their times; cron's could only be told by following them.
        if is_once and self.lower_at <= self.raise_at:
            raise broken(
                "The minimum must be lowered after it was raised",
                self.lower_at,
                "Choose a later time.",
                "lower_at",
            )
        return self
