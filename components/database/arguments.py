"""What a database is told, and what it refuses."""

import re
from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from components.exceptions import ComponentError

__all__ = ["DatabaseArgs", "check"]


class DatabaseArgs(TypedDict):
    vpc_id: pulumi.Input[str]
    """VPC of the security group."""

    subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of the cluster, one in each of `availability_zones`."""

    availability_zones: Sequence[str]
    """Zones of the cluster, two or three: its storage stands in all of them."""

    kms_key_arn: pulumi.Input[str]
    """Customer-managed key of this region for storage, logs, Performance Insights and the master's secret."""

    instances: NotRequired[int]
    """Instances, dealt to the zones in turn, up to 16; the first one made is the writer. A secondary of a
    global database may have none: storage without compute. Default: one a zone."""

    client_security_group_ids: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Security groups that may connect, by name of the client. Default: none."""

    cluster_identifier: NotRequired[str]
    """Identifier of the cluster; instances append `-1`, `-2`, `-3`. Default: the component's name."""

    database_name: NotRequired[str]
    """Database made with the cluster. Default: none but `postgres`."""

    master_username: NotRequired[str]
    """Master user, for migrations only: services log in by IAM. Default: `master`."""

    master_password: NotRequired[pulumi.Input[str]]
    """Write-only master password from encrypted configuration. Needed where the cluster is to be the source
    of a global database, for which Aurora does not manage the password (Aurora user guide, "Limitations for
    Secrets Manager integration"). Default: Aurora makes, keeps and rotates it in Secrets Manager."""

    engine_version: NotRequired[str]
    """Major version, such as `17`, or one of its minors. Given the major, AWS chooses the minor and raises it
    in the maintenance window. Default: `17`."""

    instance_class: NotRequired[str]
    """Class of every instance. Default: `db.serverless`."""

    minimum_capacity_units: NotRequired[float]
    """Smallest capacity of a `db.serverless` instance, 0.5 to 256 units of about 2 GiB. Default: 1."""

    maximum_capacity_units: NotRequired[float]
    """Largest capacity of a `db.serverless` instance, 1 to 256 units. Default: 16."""

    maximum_connections: NotRequired[int]
    """Connections that an instance admits: the budget that its clients' pools share. Default: 1,000."""

    slow_statement_milliseconds: NotRequired[int]
    """Statements that take longer are logged. Default: 1,000."""

    backup_retention_days: NotRequired[int]
    """How far back the cluster can be restored to a point in time, 1 to 35. Default: 35."""

    backup_window: NotRequired[str]
    """Daily window of the backup, in UTC. Default: `01:00-02:00`."""

    maintenance_window: NotRequired[str]
    """Weekly window of maintenance, in UTC. Default: `sun:03:00-sun:04:00`."""

    log_retention_days: NotRequired[int]
    """How long exported logs are kept. Default: 365."""

    deletion_protection: NotRequired[bool]
    """Whether AWS refuses to delete the cluster. Default: True."""

    skip_final_snapshot: NotRequired[bool]
    """Whether deletion leaves no snapshot `<cluster>-final`. Default: False."""

    global_cluster_identifier: NotRequired[pulumi.Input[str]]
    """Global database that this cluster joins as a secondary: it then has no master user and no database of
    its own. Default: none, the cluster takes writes."""

    source_region: NotRequired[pulumi.Input[str]]
    """Region of the primary, for a secondary with an encrypted source. Default: none."""

    cpu_alarm_percent: NotRequired[float]
    """CPU of the busiest instance above which an alarm is raised. Default: 80."""

    freeable_memory_alarm_mebibytes: NotRequired[int]
    """Free memory of the fullest instance below which an alarm is raised. Default: 512."""

    replica_lag_alarm_milliseconds: NotRequired[int]
    """Lag of the slowest reader above which an alarm is raised. Default: 1,000."""

    global_lag_alarm_milliseconds: NotRequired[int]
    """Lag of a secondary behind its primary above which an alarm is raised. Default: 5,000."""

    alarm_topic_arn: NotRequired[pulumi.Input[str]]
    """Topic that the alarms notify. Default: none, the alarms only change state."""

    tags: NotRequired[Mapping[str, str]]
    """Tags of every child. Default: none."""


def check(identifier: str, args: DatabaseArgs) -> None:
    """Raises: ComponentError for the first setting that cannot be."""
    # Source: RDS API reference, `CreateDBInstance`: 63 characters, of which the instance's number takes 2.
    if not re.fullmatch(r"[a-z](?:-?[a-z0-9])*", identifier) or len(identifier) > 61:
        raise ComponentError(
            "A cluster's identifier has 1 to 61 lower-case letters, digits and single hyphens, starts with a "
            f"letter and does not end with a hyphen, got {identifier!r}. Choose another `cluster_identifier`."
        )
    zones = args["availability_zones"]
    if not 2 <= len(set(zones)) == len(zones) <= 3:
        raise ComponentError(
            f"A database stands in two or three different zones, got {list(zones)!r}. Name each zone once."
        )
    if len(args["subnet_ids"]) != len(zones):
        raise ComponentError(
            f"A database has one subnet a zone, got {len(args['subnet_ids'])} for {len(zones)} zones. "
            "Give the subnets in order of the zones."
        )
    instances = args.get("instances", len(zones))
    fewest = 0 if "global_cluster_identifier" in args else 1
    # A writer and 15 readers. Source: Aurora user guide, "Aurora DB clusters".
    if not fewest <= instances <= 16:
        raise ComponentError(
            f"A cluster has {fewest} to 16 instances, got {instances!r}. Choose a number in that range."
        )
    days = args.get("backup_retention_days", 35)
    if not 1 <= days <= 35:
        raise ComponentError(
            f"Aurora keeps backups for 1 to 35 days, got {days!r}. Keep older ones in a backup vault."
        )
    version = args.get("engine_version", "17")
    if not re.fullmatch(r"\d+(\.\d+)?", version):
        raise ComponentError(
            f"An engine version is a major such as '17' or a minor such as '17.5', got {version!r}. Name one."
        )
    if "global_cluster_identifier" in args and ("database_name" in args or "master_password" in args):
        raise ComponentError(
            "A secondary of a global database takes database and master user from its primary, got its own. "
            "Leave `database_name` and `master_password` out."
        )
