"""Alarms that watch a deployment: which of them fail it, and how long it is watched once its tasks are there.

Source: ECS developer guide, "How CloudWatch alarms detect Amazon ECS deployment failures". Two rules stand elsewhere:
alarms that are in ALARM when the deployment begins do not count (aws/copilot-cli, pull request 4512, by AWS), and the
bake time is the longest time over which one of the alarms is evaluated (the same, 4294).
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from twin.runtime.control_plane import ControlPlane
from twin.runtime.exceptions import ControlPlaneAway

__all__ = ["AlarmSeen", "AlarmWatch", "alarms_of", "bake_seconds", "in_alarm"]

_log = logging.getLogger(__name__)

_LOOK_SECONDS = 5.0
"""Between two looks while a deployment is watched. Assumed: not documented."""

_DESCRIBED = 100
"""Source: CloudWatch API reference, DescribeAlarms, AlarmNames: up to 100."""

_PERIOD_SECONDS = 60.0
"""Of an alarm on a metric without a period of its own: a composite one, or one on an expression."""


@dataclass(frozen=True)
class AlarmSeen:
    """Attributes: evaluation_seconds: over which it is evaluated."""

    is_in_alarm: bool
    evaluation_seconds: float


@dataclass(frozen=True)
class _Look:
    names: frozenset[str]
    found: Mapping[str, AlarmSeen]


def in_alarm(names: Iterable[str], seen: Mapping[str, AlarmSeen]) -> frozenset[str]:
    """Those of the names that are in ALARM; one that is not there is not."""
    return frozenset(name for name in names if name in seen and seen[name].is_in_alarm)


def bake_seconds(names: Iterable[str], seen: Mapping[str, AlarmSeen]) -> float:
    """How long alarms are watched after the tasks are there."""
    return max((seen[name].evaluation_seconds for name in names if name in seen), default=0.0)


def alarms_of(document: Mapping[str, Any]) -> dict[str, AlarmSeen]:
    """The alarms in an answer of DescribeAlarms, by name."""
    found = [*document.get("MetricAlarms", ()), *document.get("CompositeAlarms", ())]
    return {
        it["AlarmName"]: AlarmSeen(it.get("StateValue") == "ALARM", _evaluation_seconds(it)) for it in found
    }


def _evaluation_seconds(alarm: Mapping[str, Any]) -> float:
    stats = (it["MetricStat"]["Period"] for it in alarm.get("Metrics", ()) if "MetricStat" in it)
    period = alarm.get("Period") or max(stats, default=_PERIOD_SECONDS)
    return float(period) * alarm.get("EvaluationPeriods", 1)


def _portions(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[start : start + _DESCRIBED] for start in range(0, len(names), _DESCRIBED))


class AlarmWatch:
    """Looks at alarms while somebody wants to know.

    Args:
        wanted: names by region.
        declared: what becomes of a time that is declared (`Profile.declared`).
    """

    def __init__(
        self,
        plane: ControlPlane,
        wanted: Callable[[], Mapping[str, set[str]]],
        declared: Callable[[float], float],
        changed: Callable[[], None],
    ) -> None:
        self._plane, self._wanted, self._declared, self._changed = plane, wanted, declared, changed
        self._looks: dict[str, _Look] = {}

    def seen(self, region: str, names: Iterable[str]) -> Mapping[str, AlarmSeen] | None:
        """As they were at the last look; None where nobody answered, or one was not looked for."""
        look = self._looks.get(region)
        return look.found if look and look.names.issuperset(names) else None

    async def run(self) -> None:
        while True:
            wanted = self._wanted()
            for region in self._looks.keys() - wanted.keys():
                del self._looks[region]
            for region, names in wanted.items():
                await self._look(region, frozenset(names))
            await asyncio.sleep(self._declared(_LOOK_SECONDS))

    async def _look(self, region: str, names: frozenset[str]) -> None:
        try:
            documents = [await self._describe(region, some) for some in _portions(sorted(names))]
        except (ControlPlaneAway, ClientError) as error:
            _log.warning("alarms of deployments in %s could not be read: %s", region, error)
            self._looks.pop(region, None)
            return
        found = {name: it for document in documents for name, it in alarms_of(document).items()}
        shown = {
            name: replace(it, evaluation_seconds=self._declared(it.evaluation_seconds))
            for name, it in found.items()
        }
        if self._looks.get(region) != (look := _Look(names, shown)):
            self._looks[region] = look
            self._changed()

    async def _describe(self, region: str, names: Sequence[str]) -> Mapping[str, Any]:
        types = ["MetricAlarm", "CompositeAlarm"]
        return await self._plane.call(
            "cloudwatch", region, "describe_alarms", AlarmNames=list(names), AlarmTypes=types
        )
