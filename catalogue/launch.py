"""Launches: how many people come, when, and to do what. A load test follows them whether or not the estate keeps up."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from catalogue.benefit import Basis
from catalogue.entry import Entry, Flag, Percent, Positive, Sentence, Slug, Text
from catalogue.rule import broken

__all__ = [
    "Arrivals",
    "LaunchMix",
    "LaunchPhase",
    "LaunchProfile",
    "Notice",
    "OperationKind",
    "Published",
    "Unit",
]

MOST_OFF_PERCENT = 2.0
"""By which the phases of a launch may miss the total that was published: phases are written in round figures."""

Rate = Annotated[float, Field(ge=0, le=100_000)]


class OperationKind(StrEnum):
    """What a person wants done."""

    SUBMIT = "submit"
    SAVE = "save"
    RETURN = "return"
    EVIDENCE = "evidence"
    STATUS = "status"
    INFORMATION = "information"


class Arrivals(StrEnum):
    """How arrivals lie in time: at random with the phase's rate, or evenly."""

    POISSON = "poisson"
    EVEN = "even"


class Unit(StrEnum):
    """What the rates of phases count. An application is one submission and the operations that lead to it."""

    APPLICATIONS = "applications"
    OPERATIONS = "operations"


class LaunchMix(Entry):
    """What people do, in percent of operations."""

    name: Slug
    percent: Mapping[OperationKind, Percent] = Field(min_length=1)
    agents_percent: float = Field(ge=0, le=100)
    """Of submissions, saves and questions for a status, those that staff make on behalf of a person."""
    basis: Basis
    source: Sentence

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        total = round(sum(self.percent.values()), 6)
        if total != 100:
            raise broken("The shares must add up to 100 percent", total, "Change one of them.", "percent")
        return self

    @property
    def operations_per_application(self) -> float:
        """How many operations there are for each submission. Raises: KeyError: nobody submits anything."""
        return 100 / self.percent[OperationKind.SUBMIT]


class LaunchPhase(Entry):
    """A stretch of time in which the rate is constant, or changes evenly."""

    name: Slug
    seconds: Positive
    """That the run takes for it."""
    per_second: tuple[Rate, Rate]
    """At its begin and at its end. The rate is never compressed: only time is."""
    time_compression: Positive = 1
    """Real seconds that a second of the run stands for; 1 is real time."""
    basis: Basis
    source: Sentence

    @property
    def arrivals(self) -> float:
        """That are expected in the run."""
        return self.seconds * sum(self.per_second) / 2


class Notice(Entry):
    """What is done about a launch that is known beforehand."""

    minimum_percent: int = Field(strict=True, ge=101, le=1000)
    """Of the minimum at rest: the scheduled minimum, at most the maximum."""
    before_seconds: Positive
    """By which the minimum is raised before people come."""
    after_seconds: Positive
    """By which it is lowered after the last have come."""


class Published(Entry):
    """What is known of the event as a whole."""

    applications: Positive
    hours: Positive
    source: Sentence


class LaunchProfile(Entry):
    """One launch. Whatever of it is not known is an assumption, and its phase says so."""

    name: Slug
    title: Text
    description: Sentence
    unit: Unit
    arrivals: Arrivals = Arrivals.POISSON
    mix: Slug
    benefits: tuple[Slug, ...] = Field(min_length=1)
    """That people apply for, all alike often."""
    under_faults: Flag = False
    """Whether experiments and drills load with it: then nobody asks for what one fault may take away whole."""
    notice: Notice | None = None
    """Omitted: nobody was told, and only what the estate declares scales it."""
    published: Published | None = None
    """Omitted: no total is known."""
    phases: tuple[LaunchPhase, ...] = Field(min_length=1)

    @property
    def is_announced(self) -> bool:
        return self.notice is not None

    @property
    def seconds(self) -> int:
        return sum(phase.seconds for phase in self.phases)

    @model_validator(mode="after")
    def _somebody_comes(self) -> Self:
        if not any(phase.arrivals for phase in self.phases):
            rule = "Somebody must come in at least one phase"
            raise broken(rule, 0, "Give a phase a rate above 0.", "phases")
        return self

    @model_validator(mode="after")
    def _phases_have_names_of_their_own(self) -> Self:
        names = [phase.name for phase in self.phases]
        for index, name in enumerate(names):
            if name in names[:index]:
                raise broken(
                    "A phase must have a name of its own", name, "Choose another.", f"phases.{index}.name"
                )
        return self

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.published is None:
            return self
        if self.unit is not Unit.APPLICATIONS:
            raise broken("Rates must count what was published", str(self.unit), "Count applications.", "unit")
        total = sum(phase.arrivals * phase.time_compression for phase in self.phases)
        if abs(total / self.published.applications - 1) > MOST_OFF_PERCENT / 100:
            rule = f"The phases must add up to the {self.published.applications} applications that were published"
            raise broken(rule, round(total), "Change rates, seconds or time_compression.", "phases")
        return self
