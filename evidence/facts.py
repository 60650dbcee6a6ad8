"""What a run can say: events and series on one time axis, figures, assumptions, objectives. Times are Unix seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, TypeVar

from evidence.exceptions import FactInvalid

__all__ = [
    "Assumption",
    "Basis",
    "Declared",
    "EnvironmentKind",
    "EnvironmentLabel",
    "Event",
    "EventKind",
    "Figure",
    "Kind",
    "Objective",
    "Point",
    "Series",
    "Value",
    "Void",
    "one_of",
]

_Enum = TypeVar("_Enum", bound=StrEnum)
Value = bool | int | float | str | None
Point = tuple[float, float | None]
"""When, and how much; None is a gap: nothing was measured then."""


class Kind(StrEnum):
    """Three ways to ask the estate whether it keeps its promises."""

    LOAD = "load"
    EXPERIMENT = "experiment"
    DRILL = "drill"


class Declared(StrEnum):
    """What a run says beforehand that it will have. Without it, the run is void."""

    LEDGER = "ledger"
    FAULTS = "faults"


class EnvironmentKind(StrEnum):
    TWIN = "twin"
    AWS = "aws"


class EventKind(StrEnum):
    """What an event is. Some kinds have details that the report reads.

    PHASE: lasts until the next phase. FAULT: an ``id``; lasts until an UNDO whose ``fault`` is that id (or, where none
    is given, that has its title). ALARM: a ``state`` as CloudWatch names them; lasts from ALARM until another state.
    VIOLATION: something broke that must not break; such a run cannot hold, whatever its objectives say.
    """

    PHASE = "phase"
    LOAD = "load"
    FAULT = "fault"
    UNDO = "undo"
    SCALING = "scaling"
    ALARM = "alarm"
    STEP = "step"
    PROBE = "probe"
    NOTE = "note"
    VIOLATION = "violation"


class Basis(StrEnum):
    """Where a figure comes from."""

    MEASURED = "measured"
    ASSUMED = "assumed"
    DERIVED = "derived"


@dataclass(frozen=True)
class EnvironmentLabel:
    """Where a run took place, so that nobody takes a twin for AWS.

    Attributes:
        description: what stood there, in a few words. scale: what one task stands for; a twin is a scale model.
        profile: of waiting times, such as "aws". real_time: false where a clock ran faster than the wall's.

    Raises: FactInvalid: a twin without its scale.
    """

    name: str
    kind: EnvironmentKind | Literal["twin", "aws"]
    description: str = ""
    scale: str = ""
    profile: str = ""
    real_time: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", one_of(EnvironmentKind, self.kind, "The kind of an environment"))
        if self.is_twin and not self.scale:
            raise FactInvalid(
                f"Environment {self.name!r} is a twin, and no scale is given. Say what one of its tasks stands for: "
                "every result names its scale."
            )

    @property
    def is_twin(self) -> bool:
        return self.kind is EnvironmentKind.TWIN

    @property
    def in_words(self) -> str:
        """One sentence that cannot be missed."""
        if self.is_twin:
            return f"This ran on a twin of {self.name!r} on one machine, not on AWS."
        return f"This ran on AWS, in the environment {self.name!r}."

    @property
    def cautions(self) -> tuple[str, ...]:
        """What to know before any figure is quoted."""
        found = []
        if self.is_twin:
            found.append("What a twin shows has not been shown on AWS.")
        if self.is_twin and self.profile != "aws":
            found.append(
                f"Waiting times were those of profile {self.profile or 'unknown'!r}, not those that AWS documents: "
                "quote no times from here."
            )
        if not self.real_time:
            found.append("The clock did not run in real time: loss, latency and recovery cannot be judged.")
        return tuple(found)


@dataclass(frozen=True)
class Event:
    """Something that happened. Attributes: details: what else is known of it, as JSON can hold it."""

    at: float
    kind: EventKind
    title: str
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Series:
    """A quantity over time.

    Attributes: name: ``group/member``, such as "success/apply", "latency/p99" or "tasks/eu-west-2a"; those of a group
        and a unit share a chart. points: in order of time.
    """

    name: str
    unit: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Figure:
    """One number (or word) of a run. Attributes: source: how it was measured, or where it is taken from."""

    name: str
    value: Value
    unit: str
    basis: Basis = Basis.MEASURED
    source: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "basis", one_of(Basis, self.basis, "The basis of a figure"))


@dataclass(frozen=True)
class Assumption:
    """What was taken for true without having been seen."""

    text: str
    source: str


@dataclass(frozen=True)
class Objective:
    """What was wanted and what was seen.

    Attributes: holds: None where it could not be judged, which makes the run void. assumption: the target itself is an
        assumption of this project, and is shown as one.
    """

    name: str
    wanted: str
    seen: str
    holds: bool | None
    assumption: bool = False


@dataclass(frozen=True)
class Void:
    """Why a run proves nothing, as a sentence."""

    reason: str


def one_of(of: type[_Enum], value: str, what: str) -> _Enum:
    """The member of that value. Raises: FactInvalid: there is none."""
    try:
        return of(value)
    except ValueError:
        raise FactInvalid(f"{what} is one of {', '.join(of)}; got {value!r}.") from None
