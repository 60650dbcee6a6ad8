"""What cannot be made again is backed up as its class asks."""

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
    selections = [it for it in graph.of_kind("aws_backup_selection") if it.region == resource.region]
    chosen = {
        (block.value("key"), block.value("value"))
        for it in selections
        for block in (Resource("", "", tags) for tags in it.blocks("selection_tag"))
    }
    if (TAG, resource.tags.get(TAG)) in chosen:
        return True
    return any(it.kind == "aws_backup_selection" for it in graph.naming(resource))


def _is_copy(resource: Resource, graph: Graph) -> bool:
    """Whether another region's database or bucket is copied here, which is itself selected."""
    if resource.kind == "aws_rds_cluster":
        others = _other_clusters(resource, graph)
    else:
        others = [
            source
            for it in graph.naming(resource, "aws_s3_bucket_replication_configuration")
            for source in graph.named_by(it, "aws_s3_bucket")
            if source.address != resource.address
        ]
    return any(_is_selected(it, graph) for it in others)


def _other_clusters(cluster: Resource, graph: Graph) -> list[Resource]:
    """The clusters of the same global database."""
    return [
        other
        for database in _global_databases(cluster, graph)
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
