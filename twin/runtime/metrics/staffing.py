"""AWS/ECS and ECS/ContainerInsights of services, from what was sampled of their tasks. Pure.

Sources: ECS developer guide, "Amazon ECS CloudWatch metrics" (names, units; only where tasks run; by cluster alone only
for tasks on EC2) and "Amazon ECS service utilization metrics" (minimum and maximum are those of single tasks);
CloudWatch user guide, "Amazon ECS Container Insights metrics"; ECS developer guide, "Monitor Amazon ECS containers
using Container Insights" (a service without running tasks sends nothing). Each task is sampled three times a minute,
and each sample is a datum: how often AWS samples is not documented.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from twin.runtime.metrics.datum import HIGH_RESOLUTION, STANDARD_RESOLUTION, Datum, exact
from twin.runtime.metrics.service_settings import Monitoring
from twin.runtime.tasks.model import ServiceKey, Staffing

__all__ = ["CPU", "MEMORY", "Sample", "Samples", "insights", "short_utilisation", "utilisation"]

CPU, MEMORY = "CPUUtilization", "MemoryUtilization"
_NAMESPACE, _INSIGHTS = "AWS/ECS", "ECS/ContainerInsights"


@dataclass(frozen=True)
class Sample:
    """One task at one moment, in percent; None where it is not known."""

    service: ServiceKey
    cpu: float | None
    memory: float | None


@dataclass
class Samples:
    """What was sampled in a minute."""

    tasks: list[Sample] = field(default_factory=list[Sample])
    staffing: list[Sequence[Staffing]] = field(default_factory=list[Sequence[Staffing]])


def short_utilisation(samples: Sequence[Sample], monitoring: Monitoring, at: float) -> Iterator[Datum]:
    """Of services that are monitored every 20 seconds."""
    for service, metric, values in _by_metric(samples):
        if monitoring.is_short(service, metric):
            yield _datum(service, metric, values, at, HIGH_RESOLUTION)


def utilisation(samples: Sequence[Sample], monitoring: Monitoring, at: float) -> Iterator[Datum]:
    """Of the others, each minute."""
    for service, metric, values in _by_metric(samples):
        if not monitoring.is_short(service, metric):
            yield _datum(service, metric, values, at, STANDARD_RESOLUTION)


def insights(sampled: Sequence[Sequence[Staffing]], monitoring: Monitoring, at: float) -> Iterator[Datum]:
    """Counts of tasks, where the cluster has Container Insights on and the service had running tasks."""
    by_service: defaultdict[ServiceKey, list[Staffing]] = defaultdict(list)
    for staffing in (it for look in sampled for it in look):
        by_service[staffing.service.key].append(staffing)
    for service, looks in sorted(by_service.items()):
        if (service.region, service.cluster) in monitoring.insights and any(it.running for it in looks):
            yield from _counts(service, looks, at)


def _counts(service: ServiceKey, looks: Sequence[Staffing], at: float) -> Iterator[Datum]:
    counts = {
        "RunningTaskCount": [it.running for it in looks],
        "DesiredTaskCount": [it.service.desired_count for it in looks],
        "PendingTaskCount": [it.pending for it in looks],
        "DeploymentCount": [it.deployments for it in looks],
    }
    for name, values in counts.items():
        yield Datum(service.region, _INSIGHTS, name, "Count", _dimensions(service), at, exact(values))


def _by_metric(samples: Sequence[Sample]) -> Iterator[tuple[ServiceKey, str, list[float]]]:
    found: defaultdict[tuple[ServiceKey, str], list[float]] = defaultdict(list)
    for it in samples:
        for metric, value in ((CPU, it.cpu), (MEMORY, it.memory)):
            if value is not None:
                found[it.service, metric].append(value)
    for (service, metric), values in sorted(found.items()):
        yield service, metric, values


def _datum(service: ServiceKey, metric: str, values: list[float], at: float, resolution: int) -> Datum:
    return Datum(
        service.region, _NAMESPACE, metric, "Percent", _dimensions(service), at, exact(values), resolution
    )


def _dimensions(service: ServiceKey) -> dict[str, str]:
    return {"ClusterName": service.cluster, "ServiceName": service.name}
