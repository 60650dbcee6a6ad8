"""What ECS's API says of how services and clusters are monitored.

Source: ECS API reference, MonitoringConfiguration and MetricConfiguration (resolution of the metrics of a service; a
service does not show it, its revision does), ClusterSetting (containerInsights).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twin.runtime.control_plane import ControlPlane
from twin.runtime.metrics.periods import SHORT_SECONDS
from twin.runtime.tasks.model import ServiceKey

__all__ = ["Monitoring", "read"]

_DESCRIBED = 10
"""Source: ECS API reference, DescribeServices: up to 10 services in one call; DescribeServiceRevisions: 20."""

_INSIGHTS = frozenset({"enabled", "enhanced"})


@dataclass(frozen=True)
class Monitoring:
    """Attributes:
    short: names of metrics that come every 20 seconds, by service.
    insights: clusters, by region and name, with Container Insights on.
    """

    short: Mapping[ServiceKey, frozenset[str]]
    insights: frozenset[tuple[str, str]]

    def is_short(self, service: ServiceKey, metric: str) -> bool:
        return metric in self.short.get(service, frozenset())


async def read(plane: ControlPlane, regions: Iterable[str], services: Sequence[ServiceKey]) -> Monitoring:
    """How the services are monitored.

    Raises: ControlPlaneAway, ClientError
    """
    short: dict[ServiceKey, frozenset[str]] = {}
    insights: set[tuple[str, str]] = set()
    for region in regions:
        insights |= await _insights(plane, region)
        for cluster in sorted({it.cluster for it in services if it.region == region}):
            names = [it.name for it in services if (it.region, it.cluster) == (region, cluster)]
            for name, metrics in (await _short(plane, region, cluster, names)).items():
                short[ServiceKey(region, cluster, name)] = metrics
    return Monitoring(short, frozenset(insights))


async def _insights(plane: ControlPlane, region: str) -> set[tuple[str, str]]:
    arns = (await plane.call("ecs", region, "list_clusters")).get("clusterArns", [])
    if not arns:
        return set()
    described = await plane.call("ecs", region, "describe_clusters", clusters=arns, include=["SETTINGS"])
    return {
        (region, it["clusterName"])
        for it in described.get("clusters", ())
        if _setting(it, "containerInsights") in _INSIGHTS
    }


def _setting(cluster: Mapping[str, Any], name: str) -> str | None:
    return next((it["value"] for it in cluster.get("settings", ()) if it["name"] == name), None)


async def _short(
    plane: ControlPlane, region: str, cluster: str, names: Sequence[str]
) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for start in range(0, len(names), _DESCRIBED):
        batch = list(names[start : start + _DESCRIBED])
        described = await plane.call("ecs", region, "describe_services", cluster=cluster, services=batch)
        by_arn = {
            it["currentServiceRevisions"][0]["arn"]: it["serviceName"]
            for it in described.get("services", ())
            if it.get("currentServiceRevisions")
        }
        found |= await _of_revisions(plane, region, by_arn) if by_arn else {}
    return found


async def _of_revisions(
    plane: ControlPlane, region: str, names: Mapping[str, str]
) -> dict[str, frozenset[str]]:
    """Args: names: of services, by the ARN of their revision."""
    answer = await plane.call("ecs", region, "describe_service_revisions", serviceRevisionArns=list(names))
    return {
        names[it["serviceRevisionArn"]]: _short_metrics(it.get("monitoring") or {})
        for it in answer.get("serviceRevisions", ())
    }


def _short_metrics(monitoring: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(
        name
        for it in monitoring.get("metricConfigurations", ())
        if it.get("resolutionSeconds") == SHORT_SECONDS
        for name in it.get("metricNames", ())
    )
