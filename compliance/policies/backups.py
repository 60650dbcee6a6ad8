"""What cannot be made again is backed up as its class asks."""

from typing import Any

from ._agency import data_class_rules
from ._graph import Graph
from ._policy import Policy
from ._resource import Resource

__all__ = ["Backups", "check"]

LONGEST_AUTOMATIC_DAYS = 35
"""Source: RDS API reference, ModifyDBCluster, BackupRetentionPeriod: 1 to 35. More is AWS Backup's to keep."""
DATABASES = ("aws_rds_cluster", "aws_db_instance")
SELECTED = ("aws_s3_bucket", "aws_dynamodb_table", "aws_efs_file_system", "aws_ebs_volume", *DATABASES)
TAG = "backup"
GLOBAL = "aws_rds_global_cluster"
IDENTIFIER = "global_cluster_identifier"
SELECTION = "aws_backup_selection"
REPLICATION = "aws_s3_bucket_replication_configuration"


class Backups(Policy):
    """A store of records is chosen by a backup plan of its tag; a database keeps its own snapshots besides.

    What holds nothing about people, such as access logs, is versioned or written elsewhere, and needs no plan; nor
    does what only holds copies from another region, as long as it does no more than that.
    """

    number = 8
    title = "Stores of records are backed up by a plan, and databases for as long as their class asks"
    kinds = SELECTED

    def holds(self, resource: Resource, graph: Graph) -> bool | None:
        rules = data_class_rules(resource.data_class)
        if rules is not None and not rules["is_about_people"]:
            return None
        wanted = rules["backup_days"] if rules else 1
        if resource.kind in DATABASES and not _keeps(resource, min(wanted, LONGEST_AUTOMATIC_DAYS)):
            return False
        return _is_selected(resource, graph) or _is_copy(resource, graph)


def _keeps(database: Resource, days: int) -> bool:
    return int(database.value("backup_retention_period") or 0) >= days


def _is_selected(resource: Resource, graph: Graph) -> bool:
    """Whether a selection of the resource's region takes its tag, or names it."""
    selections = [it for it in graph.of_kind(SELECTION) if it.region == resource.region]
    return any(_takes(it, resource, graph) for it in selections)


def _takes(selection: Resource, resource: Resource, graph: Graph) -> bool:
    """One that names the resource among what it leaves out does not take it, whatever the tag."""
    is_named = resource.address in selection.references
    if is_named and selection.values("not_resources"):
        return _names(resource, selection.values("resources"), graph)
    tags = [Resource("", "", it) for it in selection.blocks("selection_tag")]
    wanted = TAG, resource.tags.get(TAG)
    return is_named or any((it.value("key"), it.value("value")) == wanted for it in tags)


def _names(resource: Resource, values: list[Any], graph: Graph) -> bool:
    found = map(graph.resolve, values)
    return any(it is not None and it.address == resource.address for it in found)


def _is_copy(resource: Resource, graph: Graph) -> bool:
    """Whether another region's database or bucket is copied here, which is itself selected.

    What is copied from is no copy: a backup of its copies holds what was lost or spoiled here first.
    """
    if resource.kind == "aws_rds_cluster":
        sources = _other_clusters(resource, graph)
    else:
        sources = [
            source
            for it in graph.naming(resource, REPLICATION)
            if _names(resource, it.values("rule", "destination", "bucket"), graph)
            for source in graph.named_by(it, "aws_s3_bucket")
            if source.address != resource.address
        ]
    return any(_is_selected(it, graph) for it in sources)


def _other_clusters(cluster: Resource, graph: Graph) -> list[Resource]:
    """The clusters of the same global database; none where this is the one that the others are copies of."""
    databases = _global_databases(cluster, graph)
    if any(it.address == cluster.address for each in databases for it in graph.named_by(each)):
        return []
    return [
        other
        for database in databases
        for other in (
            *graph.naming(database, "aws_rds_cluster"),
            *graph.named_by(database, "aws_rds_cluster"),
        )
        if other.kind == "aws_rds_cluster" and other.address != cluster.address
    ]


def _global_databases(cluster: Resource, graph: Graph) -> list[Resource]:
    """Those that the cluster joins, by reference or by a name that another stack gave it."""
    named = graph.named_by(cluster, GLOBAL)
    identifier = cluster.value(IDENTIFIER)
    alike = [it for it in graph.of_kind(GLOBAL) if identifier and it.value(IDENTIFIER) == identifier]
    return [*named, *alike]


check = Backups()
