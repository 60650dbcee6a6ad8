"""Application Auto Scaling: where its targets, policies and scheduled actions are kept.

Targets are moto's; policies and scheduled actions are documents in the memory, for moto makes a policy anew with every
change, and knows no schedules.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from twin.aws.emulator.call import Call
from twin.aws.emulator.environment import ACCOUNT_ID
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.memory import Collection, Memory
from twin.aws.emulator.scaling.capacity import Bounds, Suspension
from twin.aws.emulator.scaling.policy import Policy

__all__ = [
    "POLICY",
    "SCHEDULED_ACTION",
    "SERVICE",
    "Target",
    "actions",
    "bounds",
    "moto_target",
    "policies",
    "policies_of",
    "registered",
    "suspension",
]

SERVICE = "application-autoscaling"
POLICY, SCHEDULED_ACTION = "scaling policy", "scheduled action"


class Target(NamedTuple):
    """Which scalable target, of the one account."""

    region: str
    namespace: str
    resource_id: str
    dimension: str

    @classmethod
    def of(cls, call: Call) -> "Target":
        given = call.parameters
        return cls(call.region, given["ServiceNamespace"], given["ResourceId"], given["ScalableDimension"])

    @property
    def members(self) -> dict[str, str]:
        """As AWS's documents name it."""
        return {
            "ServiceNamespace": self.namespace,
            "ResourceId": self.resource_id,
            "ScalableDimension": self.dimension,
        }

    @property
    def words(self) -> str:
        """As AWS's errors name it."""
        return (
            f"service namespace: {self.namespace}, resource ID: {self.resource_id}, "
            f"scalable dimension: {self.dimension}"
        )

    def key(self, name: str) -> str:
        """Of one of its policies or scheduled actions."""
        return "|".join((self.namespace, self.resource_id, self.dimension, name))


def policies(memory: Memory, region: str) -> Collection:
    """``{"policy": Policy}`` by key."""
    return memory.collection(ACCOUNT_ID, region, SERVICE, POLICY)


def actions(memory: Memory, region: str) -> Collection:
    """``{"shown": ..., "timing": Timing, "next": seconds or None}`` by key."""
    return memory.collection(ACCOUNT_ID, region, SERVICE, SCHEDULED_ACTION)


def policies_of(memory: Memory, target: Target) -> Iterator[Policy]:
    for key, it in list(policies(memory, target.region).items()):
        if key.startswith(target.key("")):
            yield it["policy"]


def moto_target(target: Target) -> Any:
    """moto's, None where it is not registered."""
    from moto.applicationautoscaling.models import applicationautoscaling_backends

    backend = applicationautoscaling_backends[ACCOUNT_ID][target.region]
    return backend.targets.get(target.dimension, {}).get(target.resource_id)


def registered(target: Target) -> Any:
    """moto's target.

    Raises:
        AwsError: it is not registered.
    """
    found = moto_target(target)
    if found is None:
        raise AwsError("ObjectNotFoundException", f"No scalable target registered for {target.words}")
    return found


def bounds(found: Any) -> Bounds:
    return Bounds(int(found.min_capacity), int(found.max_capacity))


def suspension(found: Any) -> Suspension:
    given = found.suspended_state or {}
    return Suspension(
        is_in_suspended=bool(given.get("DynamicScalingInSuspended")),
        is_out_suspended=bool(given.get("DynamicScalingOutSuspended")),
        is_schedule_suspended=bool(given.get("ScheduledScalingSuspended")),
    )
