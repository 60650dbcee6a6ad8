"""Data, its copies and its keys are only where its class may be."""

from collections.abc import Iterator

from checkov.common.checks_infra.resources_types import resources_types  # pyright: ignore[reportMissingImports]

from ._agency import agency, data_class_rules
from ._graph import Graph
from ._policy import Policy
from ._resource import Resource

__all__ = ["Residency", "check"]

REPLICATION = "aws_s3_bucket_replication_configuration"
COPIES = {
    REPLICATION: ("rule", "destination", "bucket"),
    "aws_s3_bucket": ("replication_configuration", "rules", "destination", "bucket"),
    "aws_backup_plan": ("rule", "copy_action", "destination_vault_arn"),
}
"""Where a type names what it copies to."""
REPLICAS = ("replica", "region"), ("replica", "region_name")
"""Where a type names the regions that it copies itself to."""
NOWHERE_KNOWN = ""
"""In place of a region that the plan does not show: no class may be there."""


class Residency(Policy):
    """Health and fraud data stays in the UK; nothing about a person leaves the regions that its class allows.

    A copy goes to something that the plan shows, or to an ARN with a region in it. Where else it goes, nobody can tell.
    """

    number = 2
    title = "Data and its copies stay in the regions that its class allows"
    kinds = (*resources_types["aws_taggable"], REPLICATION)

    def holds(self, resource: Resource, graph: Graph) -> bool | None:
        if resource.region is None:
            return None
        subjects = [resource] if resource.data_class else graph.named_by(resource, "aws_s3_bucket")
        data_class = next((it.data_class for it in subjects if it.data_class), None)
        return all(_may_be_in(data_class, region) for region in _regions(resource, graph))


def _regions(resource: Resource, graph: Graph) -> Iterator[str]:
    """Where the resource is, and where it copies to."""
    yield str(resource.region)
    for path in REPLICAS:
        yield from map(str, resource.values(*path))
    for value in resource.values(*COPIES.get(resource.kind, ("",))):
        destination = graph.resolve(value)
        yield (destination.region or NOWHERE_KNOWN) if destination else _region_of_arn(str(value))


def _region_of_arn(value: str) -> str:
    """The fourth part of an ARN; S3's ARNs have none. Source: IAM user guide, "Amazon Resource Names (ARNs)"."""
    parts = value.split(":")
    return parts[3] if parts[0] == "arn" and len(parts) > 3 else NOWHERE_KNOWN


def _may_be_in(data_class: str | None, region: str) -> bool:
    """What has no known class may be where every class may be."""
    rules = data_class_rules(data_class)
    if rules is None:
        return all(region in it["regions"] for it in agency()["data_classes"].values())
    return region in rules["regions"] or (
        not rules["is_about_people"] and region in agency()["global_regions"]
    )


check = Residency()
