"""How the estate's capacity followed: read from AWS's API while a launch runs, and told afterwards."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

__all__ = [
    "Activity",
    "Capacity",
    "ScalingTimes",
    "ScalingWatch",
    "activities",
    "alarm_changes",
    "scaling_times",
]

_WANTED = re.compile(r"desired count to (\d+)")
"""Source: Application Auto Scaling user guide, application-auto-scaling-scaling-activities.html, its example."""

MOST_SERVICES = 10
"""That DescribeServices takes at once. Source: ECS API reference, DescribeServices."""

MOST_TASKS = 100
"""That DescribeTasks takes at once. Source: ECS API reference, DescribeTasks."""


@dataclass(frozen=True)
class Capacity:
    """Of one service. Attributes: healthy: targets of its load balancer that are, or tasks, where it has none."""

    desired: int
    running: int
    healthy: int


@dataclass(frozen=True)
class Activity:
    """A change of capacity that Application Auto Scaling made. Attributes: at: Unix seconds."""

    service: str
    at: float
    description: str
    cause: str
    status: str


@dataclass(frozen=True)
class ScalingTimes:
    """After a step. Attributes: trigger_seconds: until something scaled out, by AWS's own time of it.

    healthy_seconds: from then until every service had as many healthy tasks as it wanted, by what DescribeServices and
    DescribeTargetHealth said at each look; None where that was not seen.
    """

    trigger_seconds: float | None
    healthy_seconds: float | None
    services: tuple[str, ...] = ()


Sample = tuple[float, Mapping[str, Capacity]]


@dataclass
class ScalingWatch:
    """Looks at some services of one cluster. Attributes: clients: a boto3 client by the name of its service."""

    clients: Callable[[str], Any]
    cluster: str
    services: Sequence[str]
    samples: list[Sample] = field(default_factory=list[Sample])
    zones: list[tuple[float, Counter[str]]] = field(default_factory=list[tuple[float, Counter[str]]])

    def look(self, now: Callable[[], float]) -> None:
        """One more sample is there, of when it was complete. Raises: botocore's errors, where nobody answers."""
        tasks = list(self._tasks())
        healthy = [it for it in tasks if it.get("healthStatus") == "HEALTHY"]
        by_group = Counter(str(it["group"]).removeprefix("service:") for it in healthy)
        capacities, at = dict(self._capacities(by_group)), now()
        self.zones.append((at, Counter(str(it.get("availabilityZone")) for it in healthy)))
        self.samples.append((at, capacities))

    def _capacities(self, by_group: Mapping[str, int]) -> Iterator[tuple[str, Capacity]]:
        ecs = self.clients("ecs")
        for start in range(0, len(self.services), MOST_SERVICES):
            some = list(self.services[start : start + MOST_SERVICES])
            for service in ecs.describe_services(cluster=self.cluster, services=some)["services"]:
                name = service["serviceName"]
                targets = self._healthy_targets(service)
                healthy = by_group.get(name, 0) if targets is None else targets
                yield name, Capacity(service["desiredCount"], service["runningCount"], healthy)

    def _healthy_targets(self, service: Mapping[str, Any]) -> int | None:
        groups = [it["targetGroupArn"] for it in service.get("loadBalancers", ()) if it.get("targetGroupArn")]
        if not groups:
            return None
        found = self.clients("elbv2").describe_target_health(TargetGroupArn=groups[0])
        return sum(it["TargetHealth"]["State"] == "healthy" for it in found["TargetHealthDescriptions"])

    def _tasks(self) -> Iterator[Mapping[str, Any]]:
        ecs = self.clients("ecs")
        pages = ecs.get_paginator("list_tasks").paginate(cluster=self.cluster, desiredStatus="RUNNING")
        arns = [arn for page in pages for arn in page["taskArns"]]
        for start in range(0, len(arns), MOST_TASKS):
            yield from ecs.describe_tasks(cluster=self.cluster, tasks=arns[start : start + MOST_TASKS])[
                "tasks"
            ]


def activities(client: Any, cluster: str, services: Sequence[str], since: float) -> list[Activity]:
    """What Application Auto Scaling did to the services, the first first."""
    pages = client.get_paginator("describe_scaling_activities").paginate(ServiceNamespace="ecs")
    ids = {f"service/{cluster}/{name}": name for name in services}
    found = [
        Activity(
            ids[it["ResourceId"]],
            it["StartTime"].timestamp(),
            it["Description"],
            it["Cause"],
            it["StatusCode"],
        )
        for page in pages
        for it in page["ScalingActivities"]
        if it["ResourceId"] in ids and it["StartTime"].timestamp() >= since
    ]
    return sorted(found, key=lambda it: it.at)


def alarm_changes(client: Any, since: float) -> list[tuple[float, str, str]]:
    """When which alarm went into which state, the first first."""
    pages = client.get_paginator("describe_alarm_history").paginate(
        HistoryItemType="StateUpdate", StartDate=datetime.fromtimestamp(since, UTC)
    )
    found = [
        (it["Timestamp"].timestamp(), str(it["AlarmName"]), _state(it["HistorySummary"]))
        for page in pages
        for it in page["AlarmHistoryItems"]
    ]
    return sorted(found)


def scaling_times(step_at: float, done: Sequence[Activity], samples: Sequence[Sample]) -> ScalingTimes:
    """When capacity began to follow a step, and when it had followed."""
    after = [it for it in done if it.at >= step_at and _is_out(it, samples)]
    if not after:
        return ScalingTimes(None, None)
    trigger_at, services = after[0].at, tuple(dict.fromkeys(it.service for it in after))
    healthy_at = next(
        (at for at, seen in samples if at >= trigger_at and _grown(seen, samples, step_at)), None
    )
    return ScalingTimes(
        round(trigger_at - step_at, 1),
        None if healthy_at is None else round(healthy_at - trigger_at, 1),
        services,
    )


def _grown(seen: Mapping[str, Capacity], samples: Sequence[Sample], step_at: float) -> bool:
    """Whether something is larger than before the step, and all of it that is wanted is healthy."""
    before = next((sample for at, sample in reversed(samples) if at <= step_at), samples[0][1])
    larger = [name for name, it in seen.items() if name in before and it.desired > before[name].desired]
    return bool(larger) and all(seen[name].healthy >= seen[name].desired for name in larger)


def _is_out(activity: Activity, samples: Sequence[Sample]) -> bool:
    """Whether it wanted more tasks than the service had before it."""
    wanted = _WANTED.search(activity.description)
    before = [
        seen[activity.service].desired
        for at, seen in samples
        if at < activity.at and activity.service in seen
    ]
    return wanted is not None and bool(before) and int(wanted[1]) > before[-1]


def _state(summary: str) -> str:
    """The state that CloudWatch's words end with. Source: API_AlarmHistoryItem.html, "updated from OK to ALARM"."""
    return summary.rstrip(".").rpartition(" to ")[2].strip()
