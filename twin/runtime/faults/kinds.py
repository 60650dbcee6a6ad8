"""The kinds of fault that the endpoint takes, each with what it takes and what it does."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from twin.runtime.directory import RegionLink
from twin.runtime.egress.faults import ANYBODY
from twin.runtime.egress.faults import Fault as EgressFault
from twin.runtime.faults.effect import Effect, EgressDisturbed, LinkDisturbed, ZoneDisturbed
from twin.runtime.faults.exceptions import FaultRefused, Objection
from twin.runtime.zones import Link

__all__ = [
    "KINDS",
    "MODELS",
    "AnyKind",
    "ControlPlaneLoss",
    "Egress",
    "Kind",
    "ProcessKill",
    "RegionLinkFault",
    "TaskFreeze",
    "TaskKill",
    "ZoneCut",
    "ZoneDegraded",
    "ZoneFreeze",
    "ZonePowerLoss",
    "parse",
]

_LONGEST_SECONDS = 12 * 3600
"""As of AWS FIS. Source: AWS FIS user guide, actions reference, parameter duration."""

_LARGEST_LATENCY_MS = 60_000


class Kind(BaseModel):
    """What all kinds take."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: float | None = Field(
        None,
        gt=0,
        le=_LONGEST_SECONDS,
        description="Ends by itself after so many seconds. Default: when deleted.",
    )

    def effects(self) -> tuple[Effect, ...]:
        """What it does while it lasts, as far as that needs no look at what runs."""
        return ()


class _OfZone(Kind):
    zone: str = Field(description="Name of the zone, such as eu-west-2a.")


class ZonePowerLoss(_OfZone):
    """Everything in the zone is dead, and nothing starts there. Afterwards its servers are started again."""

    kind: Literal["zone-power-loss"]

    def effects(self) -> tuple[Effect, ...]:
        return (ZoneDisturbed(self.zone, has_power=False),)


class ZoneFreeze(_OfZone):
    """Everything in the zone stands still and keeps its connections and locks: a grey failure."""

    kind: Literal["zone-freeze"]

    def effects(self) -> tuple[Effect, ...]:
        return (ZoneDisturbed(self.zone, is_frozen=True),)


class ZoneCut(_OfZone):
    """Nothing crosses the zone's boundary; within it all goes on."""

    kind: Literal["zone-cut"]

    def effects(self) -> tuple[Effect, ...]:
        return (ZoneDisturbed(self.zone, boundary=Link(is_open=False)),)


class ZoneDegraded(_OfZone):
    """What crosses the zone's boundary is late or lost."""

    kind: Literal["zone-degraded"]
    latency_ms: float = Field(0, ge=0, le=_LARGEST_LATENCY_MS, description="Added in each direction.")
    loss_percent: float = Field(0, ge=0, le=100, description="Of requests that get no answer.")

    @model_validator(mode="after")
    def _does_something(self) -> "ZoneDegraded":
        return _some(self, "latency_ms", "loss_percent")

    def effects(self) -> tuple[Effect, ...]:
        boundary = Link(latency_ms=self.latency_ms, loss_percent=self.loss_percent)
        return (ZoneDisturbed(self.zone, boundary=boundary),)


class _OfTask(Kind):
    task: str = Field(description="ARN of a running task, or the id at its end.")


class TaskFreeze(_OfTask):
    """The task's process stands still."""

    kind: Literal["task-freeze"]


class TaskKill(_OfTask):
    """The task's process is killed, without being asked to end. Nothing is left to undo."""

    kind: Literal["task-kill"]


class Egress(Kind):
    """What services send to a destination is delayed, refused or never answered."""

    kind: Literal["egress"]
    destination: str = Field(
        min_length=1, description="A host as the caller names it, or 'partners', or 'aws' for all of either."
    )
    caller: str = Field(ANYBODY, min_length=1, description="Service that sends. Default: any.")
    delay_ms: float = Field(0, ge=0, le=_LARGEST_LATENCY_MS)
    delay_percent: float = Field(100, ge=0, le=100, description="Of requests that are delayed.")
    abort_percent: float = Field(0, ge=0, le=100, description="Of requests that are refused.")
    abort_status: int = Field(503, ge=400, le=599, description="With which they are refused.")
    is_black_hole: bool = Field(False, description="No request gets an answer.")

    @model_validator(mode="after")
    def _does_something(self) -> "Egress":
        return _some(self, "delay_ms", "abort_percent", "is_black_hole")

    def effects(self) -> tuple[Effect, ...]:
        fault = EgressFault(
            self.delay_ms, self.delay_percent, self.abort_percent, self.abort_status, self.is_black_hole
        )
        return (EgressDisturbed(self.caller, self.destination, fault),)


class RegionLinkFault(Kind):
    """What passes between two regions is late, narrow or cut."""

    kind: Literal["region-link"]
    regions: tuple[str, str] = Field(description="Names of the two regions.")
    latency_ms: float = Field(RegionLink().latency_ms, ge=0, le=_LARGEST_LATENCY_MS, description="One way.")
    bytes_per_second: float | None = Field(None, gt=0, description="Each way. Default: without bound.")
    is_cut: bool = Field(False, description="Nothing passes.")

    @property
    def ordered(self) -> tuple[str, str]:
        first, second = sorted(self.regions)
        return (first, second)

    def effects(self) -> tuple[Effect, ...]:
        link = RegionLink(not self.is_cut, self.latency_ms, self.bytes_per_second)
        return (LinkDisturbed(self.ordered, link),)


class ControlPlaneLoss(Kind):
    """AWS's API does not answer: its process stands still, or is killed, which only `estate up` repairs."""

    kind: Literal["control-plane-loss"]
    how: Literal["freeze", "kill"] = Field("freeze", description="A killed one forgets everything.")


class ProcessKill(Kind):
    """A server of the twin is killed with all that it started. Nothing is left to undo: it is started again."""

    kind: Literal["process-kill"]
    name: str = Field(description="As '/status' shows it.")
    zone: str | None = Field(None, description="Where several have the name. Default: all of them.")


AnyKind = (
    ZonePowerLoss
    | ZoneFreeze
    | ZoneCut
    | ZoneDegraded
    | TaskFreeze
    | TaskKill
    | Egress
    | RegionLinkFault
    | ControlPlaneLoss
    | ProcessKill
)

KINDS: TypeAdapter[AnyKind] = TypeAdapter(Annotated[AnyKind, Field(discriminator="kind")])

MODELS: Sequence[type[Kind]] = get_args(AnyKind)

_NAMES: Sequence[str] = tuple(get_args(model.model_fields["kind"].annotation)[0] for model in MODELS)


def parse(document: Any, zones: Sequence[str], regions: Sequence[str]) -> AnyKind:
    """The fault that the document asks for.

    Raises: FaultRefused: with every field that is not as it must be.
    """
    try:
        kind = KINDS.validate_python(document)
    except ValidationError as error:
        raise FaultRefused(*(_objection(it) for it in error.errors())) from None
    objections = [*_places(kind, "zone", zones), *_places(kind, "regions", regions)]
    if objections:
        raise FaultRefused(*objections)
    return kind


def _places(kind: AnyKind, field: str, known: Sequence[str]) -> list[Objection]:
    value = getattr(kind, field, None)
    given = value if isinstance(value, tuple) else (value,)
    wrong = [it for it in given if it is not None and it not in known]
    if isinstance(value, tuple) and len(set(value)) != len(value):
        wrong = list(value)
    return [Objection(field, f"Must be of this twin's, got {it!r}.", tuple(known)) for it in wrong[:1]]


def _objection(error: Any) -> Objection:
    """pydantic's, with the kind left out of the path, and the kinds told where it is one that does not exist."""
    path = [str(it) for it in error["loc"] if it not in _NAMES]
    if error["type"] in ("union_tag_not_found", "union_tag_invalid"):
        given = error.get("ctx", {}).get("tag")
        return Objection("kind", f"Must be one of those allowed, got {given!r}.", _NAMES)
    allowed = ("freeze", "kill") if error["type"] == "literal_error" else ()
    given = "" if error["type"] == "missing" else f", got {error['input']!r}"
    return Objection(".".join(path) or "body", f"{error['msg']}{given}.", allowed)


def _some(kind: Any, *fields: str) -> Any:
    if not any(getattr(kind, field) for field in fields):
        raise ValueError(f"says nothing of {', '.join(fields)}, so that it would do nothing")
    return kind
