"""What the table cannot say of ElastiCache."""

from collections.abc import Mapping
from typing import Any

from twin.aws.step import Step

__all__ = ["reset_removed_parameters", "scale_replicas"]


def reset_removed_parameters(step: Step) -> None:
    """Parameters that are no longer declared get the engine's defaults back."""
    kept = {parameter["name"] for parameter in step.inputs.get("parameters") or []}
    removed = [p["name"] for p in step.old.get("parameters") or [] if p["name"] not in kept]
    if removed:
        names = [{"ParameterName": name} for name in removed]
        step.api("reset_cache_parameter_group", CacheParameterGroupName=step.id, ParameterNameValues=names)


def scale_replicas(step: Step) -> None:
    """The group has the declared number of replicas; ElastiCache has one call for more and one for fewer."""
    old, new = _replicas(step.old), _replicas(step.inputs)
    if old is None or new is None or old == new:
        return
    method = "increase_replica_count" if new > old else "decrease_replica_count"
    step.api(method, ReplicationGroupId=step.id, NewReplicaCount=new, ApplyImmediately=True)


def _replicas(inputs: Mapping[str, Any]) -> int | None:
    """Replicas of each node group: all members but the primary."""
    if inputs.get("numCacheClusters") is not None:
        return int(inputs["numCacheClusters"]) - 1
    count = inputs.get("replicasPerNodeGroup")
    return None if count is None else int(count)
