"""RDS: clusters restored from a snapshot or to a point in time: a new cluster, and no instance in it.

Source: RDS API reference, `RestoreDBClusterToPointInTime` and `RestoreDBClusterFromSnapshot`: the new cluster is
configured as its source was, but has the default security group, parameter group and no protection unless it is
given others, and stands outside any global database. The codes for times out of the window are an assumption.
"""

import datetime
import secrets
from typing import Any

from botocore.utils import parse_to_aware_datetime

from twin.aws.emulator.asked import ask, shown
from twin.aws.emulator.call import Document
from twin.aws.emulator.described import described
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.extensions.rds_reported import CLUSTER, SNAPSHOT, backend, cluster_named

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/"

# What a new cluster has as its source had it, by moto's names of attribute and argument.
_AS_SOURCE = {
    "allocated_storage": "allocated_storage",
    "availability_zones": "availability_zones",
    "backup_retention_period": "backup_retention_period",
    "copy_tags_to_snapshot": "copy_tags_to_snapshot",
    "database_name": "database_name",
    "engine": "engine",
    "engine_mode": "engine_mode",
    "engine_version": "engine_version",
    "iam_auth": "enable_iam_database_authentication",
    "kms_key_id": "kms_key_id",
    "master_username": "master_username",
    "port": "port",
    "preferred_backup_window": "preferred_backup_window",
    "serverless_v2_scaling_configuration": "serverless_v2_scaling_configuration",
    "storage_encrypted": "storage_encrypted",
    "storage_type": "storage_type",
    "tags": "tags",
}
# What a request may give it, by AWS's name.
_GIVEN = {
    "BackupRetentionPeriod": "backup_retention_period",
    "CopyTagsToSnapshot": "copy_tags_to_snapshot",
    "DBClusterParameterGroupName": "db_cluster_parameter_group_name",
    "DBSubnetGroupName": "db_subnet_group_name",
    "DatabaseName": "database_name",
    "DeletionProtection": "deletion_protection",
    "EnableCloudwatchLogsExports": "enable_cloudwatch_logs_exports",
    "EnableIAMDatabaseAuthentication": "enable_iam_database_authentication",
    "EngineVersion": "engine_version",
    "KmsKeyId": "kms_key_id",
    "Port": "port",
    "PreferredBackupWindow": "preferred_backup_window",
    "StorageType": "storage_type",
    "Tags": "tags",
    "VpcSecurityGroupIds": "vpc_security_group_ids",
}


def _to_point_in_time(context: Context) -> Document:
    """A new cluster holds what its source held at that time, once the data plane has restored it."""
    given = context.call.parameters
    name = given.get("SourceDBClusterIdentifier", "")
    source = cluster_named(context.call, name)
    if source is None:
        message = f"The source cluster could not be found or cannot be accessed: {name}"
        raise AwsError("DBClusterNotFoundFault", message, "404 Not Found")
    _check_time(context, source)
    return _restored(context, source)


def _from_snapshot(context: Context) -> Document:
    """A new cluster holds what the snapshot holds, once the data plane has restored it."""
    name = context.call.parameters["SnapshotIdentifier"].rpartition(":cluster-snapshot:")[2].lower()
    snapshot = backend(context.call).cluster_snapshots.get(name)
    if snapshot is None:
        raise AwsError(
            "DBClusterSnapshotNotFoundFault", f"DBClusterSnapshot {name} not found.", "404 Not Found"
        )
    status = shown(context, SNAPSHOT, name).get("Status", snapshot.status)
    if status != "available":
        message = f"The snapshot {name} is {status}; it must be available."
        raise AwsError("InvalidDBClusterSnapshotStateFault", message)
    return _restored(context, snapshot.cluster)


def _restored(context: Context, source: Any) -> Document:
    name = context.call.parameters["DBClusterIdentifier"].lower()
    if name in backend(context.call).clusters:
        raise AwsError("DBClusterAlreadyExistsFault", f"DB Cluster {name} already exists.")
    cluster = backend(context.call).create_db_cluster(_configuration(context.call.parameters, name, source))
    if context.exchange.attached:
        ask(context, CLUSTER, name, {"Status": "creating"})
    return described(context.call, "DBCluster", cluster)


def _configuration(given: Document, name: str, source: Any) -> Document:
    as_source = {argument: getattr(source, attribute, None) for attribute, argument in _AS_SOURCE.items()}
    asked = {argument: given[member] for member, argument in _GIVEN.items() if member in given}
    # The restored database lets in whom it let in; moto wants a password and shows it to nobody.
    return {
        **as_source,
        **asked,
        "db_cluster_identifier": name,
        "master_username": as_source["master_username"] or "postgres",
        "master_user_password": secrets.token_urlsafe(24),
    }


def _check_time(context: Context, source: Any) -> None:
    """Source: RDS API reference, `RestoreDBClusterToPointInTime`, constraints of RestoreToTime."""
    given = context.call.parameters
    is_latest, time = given.get("UseLatestRestorableTime", False), given.get("RestoreToTime")
    is_clone = given.get("RestoreType", "full-copy") == "copy-on-write"
    if time is not None and is_latest:
        message = "Cannot specify both RestoreToTime and UseLatestRestorableTime"
        raise AwsError("InvalidParameterCombination", message)
    if time is not None and is_clone:
        message = "RestoreToTime cannot be specified when RestoreType is copy-on-write"
        raise AwsError("InvalidParameterCombination", message)
    if time is None and not is_latest:
        message = "One of RestoreToTime and UseLatestRestorableTime must be specified."
        raise AwsError("InvalidParameterCombination", message)
    if time is not None:
        _check_window(context, source, parse_to_aware_datetime(time))


def _check_window(context: Context, source: Any, time: datetime.datetime) -> None:
    reported = shown(context, CLUSTER, source.db_cluster_identifier)
    earliest = parse_to_aware_datetime(
        reported.get("EarliestRestorableTime", source.earliest_restorable_time)
    )
    latest = parse_to_aware_datetime(reported.get("LatestRestorableTime", source.latest_restorable_time))
    if not earliest <= time <= latest:
        message = (
            f"The time {time.isoformat()} is not within the restorable window of "
            f"{source.db_cluster_identifier}, {earliest.isoformat()} to {latest.isoformat()}."
        )
        raise AwsError("InvalidParameterValue", message)


EXTENSIONS = (
    Extension(
        service="rds",
        topic="restored clusters",
        stock="makes the copy a member of its source's global database, protects it as its source, fails where RDS "
        "manages the password, overwrites a cluster of the same name and takes any time",
        aws="makes a cluster of its own without instances, within the restorable window",
        change="makes it, and asks the data plane to restore what is in it; it is being created until that reports it",
        source=_API + "API_RestoreDBClusterToPointInTime.html",
        operations={
            "RestoreDBClusterToPointInTime": _to_point_in_time,
            "RestoreDBClusterFromSnapshot": _from_snapshot,
        },
    ),
)
