"""What the table cannot say of RDS."""

from twin.aws.resource import Hook
from twin.aws.step import Step

__all__ = ["release_members", "reset_removed_parameters", "writer"]


def reset_removed_parameters(operation: str, group: str) -> Hook:
    """Parameters that are no longer declared get the engine's defaults back."""

    def reset(step: Step) -> None:
        kept = {parameter["name"] for parameter in step.inputs.get("parameters") or []}
        removed = [p for p in step.old.get("parameters") or [] if p["name"] not in kept]
        if removed:
            parameters = [
                {"ParameterName": p["name"], "ApplyMethod": p.get("applyMethod", "immediate")}
                for p in removed
            ]
            step.api(operation, **{group: step.id}, Parameters=parameters)

    return reset


def writer(step: Step) -> None:
    """Whether the instance is its cluster's writer, which only the cluster's description says."""
    members = (step.also.get("cluster") or {}).get("DBClusterMembers") or []
    found = (
        member for member in members if member["DBInstanceIdentifier"] == step.item["DBInstanceIdentifier"]
    )
    step.item["Writer"] = next(found, {}).get("IsClusterWriter", False)


def release_members(step: Step) -> None:
    """A global cluster that may be destroyed by force has no members left, so that it can be deleted."""
    if not step.inputs.get("forceDestroy"):
        return
    answer = step.api("describe_global_clusters", GlobalClusterIdentifier=step.id)
    members = answer["GlobalClusters"][0]["GlobalClusterMembers"] if answer["GlobalClusters"] else []
    for member in sorted(members, key=lambda member: member["IsWriter"]):
        step.api(
            "remove_from_global_cluster",
            GlobalClusterIdentifier=step.id,
            DbClusterIdentifier=member["DBClusterArn"],
        )
