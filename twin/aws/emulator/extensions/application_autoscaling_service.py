"""Application Auto Scaling: the ECS service that is scaled, seen and changed by ECS's own API."""

from dataclasses import dataclass, field
from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.extension import Inside
from twin.aws.emulator.extensions.application_autoscaling_state import Target, bounds, suspension
from twin.aws.emulator.inner import inner_call
from twin.aws.emulator.scaling.capacity import Capacity
from twin.aws.emulator.scaling.tracking_alarms import Resource

__all__ = ["Service", "is_fast", "set_desired", "state_of"]

_FAST_SECONDS = 20


@dataclass(frozen=True)
class Service:
    """What ECS says of a service."""

    desired: int
    running: int
    is_deploying: bool
    document: Document = field(repr=False)

    def capacity(self, found: Any, added: int = 0) -> Capacity:
        """Within the bounds of moto's target.

        Args:
            added: by scale-outs whose cooldown is not over.
        """
        return Capacity(
            self.desired, self.running, bounds(found), self.is_deploying, suspension(found), added
        )


def state_of(inside: Inside, target: Target) -> Service | None:
    """The service as ECS describes it, None where there is none that is active.

    Where no data plane has ever been there, what is desired runs, and no deployment is in progress.

    Raises:
        AwsError: ECS refuses to say, such as where the cluster is gone.
    """
    resource = Resource.of(target.resource_id)
    asked = {"cluster": resource.cluster, "services": [resource.service]}
    found = inner_call(inside.respond, "ecs", "DescribeServices", target.region, asked)["services"]
    active = [it for it in found if it.get("status") == "ACTIVE"]
    if not active:
        return None
    desired = int(active[0]["desiredCount"])
    if not inside.exchange.attached:
        return Service(desired, desired, False, active[0])
    return Service(desired, int(active[0]["runningCount"]), _is_deploying(active[0]), active[0])


def _is_deploying(service: Document) -> bool:
    """Whether ECS is not done with a deployment. Source: ECS API reference, Deployment, status and rolloutState."""
    deployments = service.get("deployments", [])
    return any(it.get("status") == "ACTIVE" or it.get("rolloutState") == "IN_PROGRESS" for it in deployments)


def set_desired(inside: Inside, target: Target, count: int) -> None:
    """ECS wants so many tasks, and the data plane is told.

    Raises:
        AwsError: ECS refuses.
    """
    resource = Resource.of(target.resource_id)
    given = {"cluster": resource.cluster, "service": resource.service, "desiredCount": count}
    inner_call(inside.respond, "ecs", "UpdateService", target.region, given)


def is_fast(inside: Inside, target: Target, metric: str) -> bool:
    """Whether ECS publishes the service's metric every 20 seconds.

    Source: ECS API reference, MonitoringConfiguration of CreateService and UpdateService.
    """
    service = state_of(inside, target)
    revisions = service.document.get("currentServiceRevisions", []) if service else []
    asked = {"serviceRevisionArns": [it["arn"] for it in revisions]}
    if not revisions:
        return False
    found = inner_call(inside.respond, "ecs", "DescribeServiceRevisions", target.region, asked)[
        "serviceRevisions"
    ]
    configurations = [one for it in found for one in it.get("monitoring", {}).get("metricConfigurations", [])]
    return any(
        metric in it.get("metricNames", []) and it.get("resolutionSeconds") == _FAST_SECONDS
        for it in configurations
    )
