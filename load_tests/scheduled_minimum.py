"""An announced launch's capacity: a minimum that AWS itself raises beforehand and lowers afterwards.

Both scheduled actions are put before anybody comes, so that a run which is killed leaves nothing raised. Its actions
stay where it was killed; once their time is well past, a later launch passes them over.
Source of the schedule's form: docs.aws.amazon.com/autoscaling/application/userguide/examples-scheduled-actions.html:
`at(yyyy-mm-ddThh:mm:ss)`, in UTC; where the current capacity is below the minimum, it scales out to it.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from catalogue import Notice, raised
from load_tests.exceptions import MinimumNotRaised

__all__ = ["Bounds", "ScheduledMinimum", "announced"]

NAMESPACE, DIMENSION = "ecs", "ecs:service:DesiredCount"
LEAD_SECONDS = 5.0
"""From the call until the action runs: it must lie in the future when AWS reads it."""

PATIENCE_SECONDS = 90.0
"""After the time of an action, until which it must have had its effect. Application Auto Scaling names no bound."""

LOOK_SECONDS = 1.0

ONCE = "at(%Y-%m-%dT%H:%M:%S)"
"""In UTC: the form of a schedule that runs once."""


@dataclass(frozen=True)
class Bounds:
    """Tasks of one service, at least and at most."""

    minimum: int
    maximum: int


def announced(bounds: Bounds, notice: Notice) -> Bounds:
    """The bounds of an announced launch."""
    return Bounds(raised(bounds.minimum, bounds.maximum, notice.minimum_percent), bounds.maximum)


@dataclass
class ScheduledMinimum:
    """Attributes: client: of application-autoscaling. services: whose minimum is raised. run: part of the names."""

    client: Any
    notice: Notice
    cluster: str
    services: Sequence[str]
    run: str
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    before: Mapping[str, Bounds] = field(default_factory=dict[str, Bounds], init=False)
    during: Mapping[str, Bounds] = field(default_factory=dict[str, Bounds], init=False)
    lower_at: float = field(default=0.0, init=False)

    def put(self, launch_seconds: float, earliest: float = 0.0) -> float:
        """Raising and lowering are scheduled. Returns: Unix seconds at which the launch begins, not before `earliest`.

        Raises: MinimumNotRaised: there is nothing to raise, or another launch has it raised.
        """
        self.before = self._bounds()
        changed = {name: announced(it, self.notice) for name, it in self.before.items()}
        self.during = {name: it for name, it in changed.items() if it != self.before[name]}
        self._check()
        raise_at = math.ceil(self.now() + LEAD_SECONDS)
        begin_at = max(earliest, float(raise_at + self.notice.before_seconds))
        self.lower_at = math.ceil(begin_at + launch_seconds + self.notice.after_seconds)
        for name, bounds in self.during.items():
            self._schedule(name, "lower", self.lower_at, self.before[name])
            self._schedule(name, "raise", raise_at, bounds)
        return begin_at

    def is_raised(self) -> bool:
        found = self._bounds()
        return all(found.get(name) == bounds for name, bounds in self.during.items())

    def is_lowered(self) -> bool:
        found = self._bounds()
        return all(found.get(name) == self.before[name] for name in self.during)

    def wait_until_lowered(self) -> bool:
        """Whether AWS has lowered it by its own schedule, in the time that this may take."""
        while not (lowered := self.is_lowered()) and self.now() < self.lower_at + PATIENCE_SECONDS:
            self.sleep(LOOK_SECONDS)
        return lowered

    def remove(self) -> None:
        """Nothing of it is left: no scheduled action, and bounds as they were before."""
        there = {it["ScheduledActionName"] for it in self._actions()}
        for name in self.during:
            for way in ("raise", "lower"):
                if self._name(name, way) in there:
                    self.client.delete_scheduled_action(
                        **_target(self.cluster, name), ScheduledActionName=self._name(name, way)
                    )
        if not self.is_lowered():
            for name in self.during:
                self.client.register_scalable_target(
                    **_target(self.cluster, name),
                    MinCapacity=self.before[name].minimum,
                    MaxCapacity=self.before[name].maximum,
                )

    def _check(self) -> None:
        if not self.during:
            raise MinimumNotRaised(
                f"No service of {', '.join(self.services)} can have more than its minimum here, so the launch cannot "
                "be announced. Choose another environment, or raise a maximum in the catalogue."
            )
        over_at = self.now() - PATIENCE_SECONDS
        others = [
            it["ScheduledActionName"]
            for it in self._actions()
            if it["ScheduledActionName"].startswith("load-") and _runs_at(it["Schedule"]) > over_at
        ]
        if others:
            raise MinimumNotRaised(
                f"Another launch has its minimum scheduled ({others[0]}). Wait until it is over, or delete the "
                "scheduled action where its run is gone. What a killed run left is passed over "
                f"{PATIENCE_SECONDS:g} s after its time."
            )

    def _schedule(self, service: str, way: str, at: float, bounds: Bounds) -> None:
        self.client.put_scheduled_action(
            **_target(self.cluster, service),
            ScheduledActionName=self._name(service, way),
            Schedule=datetime.fromtimestamp(at, UTC).strftime(ONCE),
            ScalableTargetAction={"MinCapacity": bounds.minimum, "MaxCapacity": bounds.maximum},
        )

    def _name(self, service: str, way: str) -> str:
        return f"load-{self.run[:12]}-{service}-{way}"

    def _bounds(self) -> dict[str, Bounds]:
        ids = [_resource(self.cluster, name) for name in self.services]
        pages = self.client.get_paginator("describe_scalable_targets").paginate(
            ServiceNamespace=NAMESPACE, ResourceIds=ids, ScalableDimension=DIMENSION
        )
        return {
            it["ResourceId"].rpartition("/")[2]: Bounds(it["MinCapacity"], it["MaxCapacity"])
            for page in pages
            for it in page["ScalableTargets"]
        }

    def _actions(self) -> Iterator[dict[str, Any]]:
        pages = self.client.get_paginator("describe_scheduled_actions").paginate(ServiceNamespace=NAMESPACE)
        ids = {_resource(self.cluster, name) for name in self.services}
        return (it for page in pages for it in page["ScheduledActions"] if it["ResourceId"] in ids)


def _runs_at(schedule: str) -> float:
    """Unix seconds of an action that runs once; of any other, never over."""
    try:
        return datetime.strptime(schedule, ONCE).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return math.inf


def _resource(cluster: str, service: str) -> str:
    return f"service/{cluster}/{service}"


def _target(cluster: str, service: str) -> dict[str, str]:
    return {
        "ServiceNamespace": NAMESPACE,
        "ResourceId": _resource(cluster, service),
        "ScalableDimension": DIMENSION,
    }
