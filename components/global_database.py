"""The Aurora global database that joins a cluster to its copy in another region."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

__all__ = ["GlobalDatabase", "GlobalDatabaseArgs"]


class GlobalDatabaseArgs(TypedDict):
    source_cluster_arn: pulumi.Input[str]
    """Cluster that becomes the primary, made with `master_password`."""

    global_cluster_identifier: NotRequired[str]
    """Identifier of the global database. Default: the component's name."""

    deletion_protection: NotRequired[bool]
    """Whether AWS refuses to delete the global database. Default: True."""

    tags: NotRequired[Mapping[str, str]]
    """Tags of the global database. Default: none."""


class GlobalDatabase(pulumi.ComponentResource):
    """An Aurora global database around a primary that exists; secondaries join it by its identifier.

    Engine, version, encryption and data are those of the primary.
    """

    global_cluster_identifier: pulumi.Output[str]
    """Identifier with which a secondary joins."""
    arn: pulumi.Output[str]
    """ARN of the global database."""

    def __init__(
        self, name: str, args: GlobalDatabaseArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("estate:data:GlobalDatabase", name, None, opts)
        cluster = aws.rds.GlobalCluster(
            f"{name}-global-cluster",
            global_cluster_identifier=args.get("global_cluster_identifier", name),
            source_db_cluster_identifier=args["source_cluster_arn"],
            deletion_protection=args.get("deletion_protection", True),
            # Its clusters leave it before it is deleted: one that is not empty cannot be, and protection comes first.
            # Source: pulumi_aws, `rds.GlobalCluster`: required with `source_db_cluster_identifier`.
            force_destroy=True,
            tags=dict(args.get("tags", {})),
            # After a switchover the writer is another cluster; that is no reason to make the whole anew.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["sourceDbClusterIdentifier"]),
        )
        self.global_cluster_identifier, self.arn = cluster.global_cluster_identifier, cluster.arn
        self.register_outputs({"global_cluster_identifier": self.global_cluster_identifier, "arn": self.arn})
