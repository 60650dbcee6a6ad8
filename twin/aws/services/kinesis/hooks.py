"""What the table cannot say of Kinesis."""

from twin.aws.step import Step

__all__ = ["enhanced_monitoring", "tags_as_map"]


def enhanced_monitoring(step: Step) -> None:
    """Exactly the declared metrics are measured; the API takes those to begin and those to end."""
    old, new = (set(side.get("shardLevelMetrics") or []) for side in (step.old, step.inputs))
    name = step.inputs["name"]
    if old - new:
        step.api("disable_enhanced_monitoring", StreamName=name, ShardLevelMetrics=sorted(old - new))
    if new - old:
        step.api("enable_enhanced_monitoring", StreamName=name, ShardLevelMetrics=sorted(new - old))


def tags_as_map(step: Step) -> None:
    """Kinesis takes tags as a map, and lists them as pairs."""
    if "tagging" in step.also:
        step.also["tagging"] = {"Tags": {tag["Key"]: tag["Value"] for tag in step.also["tagging"]["Tags"]}}
