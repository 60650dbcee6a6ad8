"""An experiment: its actions, and how far each of them is."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from twin.runtime.faults.fis.exceptions import ActionFailed

__all__ = ["ENDED", "Action", "Experiment", "Status", "Step", "Target", "experiment", "seconds_of"]


class Status(StrEnum):
    """Source: FIS API reference, ExperimentState and ExperimentActionState."""

    PENDING = "pending"
    INITIATING = "initiating"
    RUNNING = "running"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    STOPPED = "stopped"
    FAILED = "failed"
    SKIPPED = "skipped"


ENDED = frozenset({Status.COMPLETED, Status.CANCELLED, Status.STOPPED, Status.FAILED, Status.SKIPPED})


@dataclass(frozen=True)
class Target:
    """What an action is done to, as the template says it. Attributes: arns: empty where tags choose."""

    resource_type: str
    arns: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    selection: str = "ALL"


@dataclass(frozen=True)
class Action:
    """Attributes: id: such as aws:fis:wait; start_after: names of actions; target: None where it has none."""

    name: str
    id: str
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    start_after: frozenset[str] = frozenset()
    target: Target | None = None


@dataclass(frozen=True)
class Experiment:
    """Attributes: skips_empty_targets: an action without a target is skipped, and does not fail.

    stop_alarms: names of alarms of which each stops it.
    """

    id: str
    region: str
    actions: tuple[Action, ...]
    skips_empty_targets: bool = False
    stop_alarms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """How far an action is. Attributes: ends_at: when its duration is over; times in seconds since the epoch."""

    status: Status = Status.PENDING
    reason: str = "Action is pending."
    started_at: float | None = None
    ends_at: float | None = None
    ended_at: float | None = None


def experiment(region: str, document: Mapping[str, Any]) -> Experiment:
    """What GetExperiment says is to be done."""
    targets = {name: _target(it) for name, it in document.get("targets", {}).items()}
    options = document.get("experimentOptions", {})
    return Experiment(
        document["id"],
        region,
        tuple(_action(name, it, targets) for name, it in document.get("actions", {}).items()),
        options.get("emptyTargetResolutionMode") == "skip",
        tuple(_alarms(document.get("stopConditions", ()))),
    )


def _alarms(conditions: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Names, of conditions that are alarms. Source: FIS user guide, "Stop conditions"."""
    for it in conditions:
        if it.get("source") == "aws:cloudwatch:alarm":
            yield str(it["value"]).partition(":alarm:")[2]


def _target(document: Mapping[str, Any]) -> Target:
    return Target(
        document["resourceType"],
        tuple(document.get("resourceArns", ())),
        document.get("resourceTags", {}),
        tuple((it["path"], tuple(it["values"])) for it in document.get("filters", ())),
        document.get("parameters", {}),
        document.get("selectionMode", "ALL"),
    )


def _action(name: str, document: Mapping[str, Any], targets: Mapping[str, Target]) -> Action:
    named = next(iter(document.get("targets", {}).values()), None)
    return Action(
        name,
        document["actionId"],
        document.get("parameters", {}),
        frozenset(document.get("startAfter", ())),
        targets.get(named) if named else None,
    )


_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def seconds_of(duration: str) -> float:
    """Of an ISO 8601 duration such as PT1M. Raises: ActionFailed: it is none."""
    found = _DURATION.fullmatch(duration)
    if found is None or not any(found.groups()):
        raise ActionFailed(f"A duration is in ISO 8601 such as PT1M, got {duration!r}.")
    days, hours, minutes, seconds = (int(it or 0) for it in found.groups())
    return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
