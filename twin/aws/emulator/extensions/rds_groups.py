"""RDS: subnet groups outlive their modification, and parameters go back to the engine's defaults."""

from collections.abc import Mapping
from typing import Any

from twin.aws.emulator.call import Call, Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/"


def _backend(call: Call) -> Any:
    from moto.rds.models import rds_backends

    return rds_backends[call.account][call.region]


def _modified_groups_stay() -> None:
    """A modified subnet group is still there; moto takes it out and does not put it back."""
    from moto.rds.models import DBSubnetGroup, RDSBackend

    modify = RDSBackend.modify_db_subnet_group

    def modify_db_subnet_group(
        self: RDSBackend, subnet_name: str, description: str, subnets: Any
    ) -> DBSubnetGroup:
        self.describe_db_subnet_groups(subnet_name)
        group = modify(self, subnet_name, description, subnets)
        self.subnet_groups[subnet_name] = group
        return group

    RDSBackend.modify_db_subnet_group = modify_db_subnet_group


def _reset(groups: Mapping[str, Any], call: Call, member: str) -> Document:
    """The parameters, or all, are no longer set in the group."""
    name = call.parameters[member]
    if name not in groups:
        raise AwsError("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}", "404 Not Found")
    parameters = groups[name].parameters
    asked = [it["ParameterName"] for it in call.parameters.get("Parameters", [])]
    for parameter in list(parameters) if call.parameters.get("ResetAllParameters") else asked:
        parameters.pop(parameter, None)
    return {member: name}


def _reset_cluster_group(context: Context) -> Document:
    groups = _backend(context.call).db_cluster_parameter_groups
    return _reset(groups, context.call, "DBClusterParameterGroupName")


def _reset_group(context: Context) -> Document:
    return _reset(_backend(context.call).db_parameter_groups, context.call, "DBParameterGroupName")


def _modify_cluster(context: Context) -> Document:
    """The cluster exports the logs that it is asked to; moto takes the change of exports and forgets it."""
    document = context.document()
    given = context.call.parameters
    change = given.get("CloudwatchLogsExportConfiguration")
    if change:
        identifier = given.get("NewDBClusterIdentifier", given["DBClusterIdentifier"])
        cluster = _backend(context.call).clusters[identifier]
        exports = [*cluster.enabled_cloudwatch_logs_exports, *change.get("EnableLogTypes", [])]
        disabled = change.get("DisableLogTypes", [])
        cluster.enabled_cloudwatch_logs_exports = [it for it in dict.fromkeys(exports) if it not in disabled]
        document["DBCluster"]["EnabledCloudwatchLogsExports"] = cluster.enabled_cloudwatch_logs_exports
    return document


EXTENSIONS = (
    Extension(
        service="rds",
        topic="subnet groups",
        stock="loses a subnet group when it is modified",
        aws="keeps it",
        change="puts it back",
        source=_API + "API_ModifyDBSubnetGroup.html",
        patch=_modified_groups_stay,
    ),
    Extension(
        service="rds",
        topic="reset of parameters",
        stock="cannot reset parameters of a group",
        aws="gives some or all the engine's defaults again",
        change="drops what was set",
        source=_API + "API_ResetDBClusterParameterGroup.html",
        operations={
            "ResetDBClusterParameterGroup": _reset_cluster_group,
            "ResetDBParameterGroup": _reset_group,
        },
    ),
    Extension(
        service="rds",
        topic="log exports of a cluster",
        stock="takes a change of the exports and forgets it",
        aws="exports the logs that are enabled",
        change="changes the cluster's exports",
        source=_API + "API_ModifyDBCluster.html",
        operations={"ModifyDBCluster": _modify_cluster},
    ),
)
