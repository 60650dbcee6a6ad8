"""Rows of Amazon RDS."""

from collections.abc import Mapping

from twin.aws.names import Name
from twin.aws.resource import Call, Resource, Take
from twin.aws.services.rds.clusters import CLUSTER, GLOBAL_CLUSTER, INSTANCE
from twin.aws.services.rds.hooks import reset_removed_parameters
from twin.aws.tags import tags_by

__all__ = ["RESOURCES"]

_GROUP_NAME = Name(limit=255, lower=True, allowed="a-z0-9.-")

_TAGS = tags_by(
    "add_tags_to_resource",
    "remove_tags_from_resource",
    {"ResourceName": "outputs.arn"},
    read="list_tags_for_resource",
    present="tagging.TagList",
)

_PARAMETERS = (
    "inputs.parameters[].{ParameterName: name, ParameterValue: value, ApplyMethod: applyMethod || "
    "'immediate'}"
)

_SUBNETS = "merge(@, {SubnetIds: Subnets[].SubnetIdentifier})"


def _parameter_group(
    token: str, kind: str, plural: str, ignored: Mapping[str, str] | None = None
) -> Resource:
    """A row of one of the two kinds of parameter group, which differ in nothing but names.

    Args:
        kind: as boto3's methods have it, ``db_cluster_parameter_group``; plural: as its answers have it.
    """
    name = f"{plural.removesuffix('s')}Name"
    return Resource(
        token=token,
        service="rds",
        id="inputs.name",
        name=_GROUP_NAME,
        renames={"name": name, "family": "DBParameterGroupFamily"},
        defaults={"description": "Managed by Pulumi"},
        create=Call(f"create_{kind}", takes=Take.ALL, pick=f"answer.{plural.removesuffix('s')}"),
        settings=(Call(f"modify_{kind}", {name: "id", "Parameters": _PARAMETERS}, on=("parameters",)),),
        before_update=reset_removed_parameters(f"reset_{kind}", name),
        read=Call(f"describe_{kind}s", {name: "id"}, pick=f"answer.{plural}[0]"),
        also={"settings": Call(f"describe_{kind.removesuffix('_group')}s", {name: "id", "Source": "'user'"})},
        delete=(Call(f"delete_{kind}", {name: "id"}),),
        outputs={
            "arn": f"item.{plural.removesuffix('s')}Arn",
            "parameters": "settings.Parameters[].{name: ParameterName, value: ParameterValue, applyMethod: "
            "ApplyMethod}",
        },
        replaces=frozenset({"name", "namePrefix", "family", "description"}),
        ignored=ignored or {},
        tagging=_TAGS,
    )


RESOURCES = (
    Resource(
        token="aws:rds/subnetGroup:SubnetGroup",
        service="rds",
        id="inputs.name",
        name=_GROUP_NAME,
        renames={"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription"},
        defaults={"description": "Managed by Pulumi"},
        create=Call("create_db_subnet_group", takes=Take.ALL, pick=f"answer.DBSubnetGroup.{_SUBNETS}"),
        updates=(Call("modify_db_subnet_group", takes=Take.ALL),),
        read=Call(
            "describe_db_subnet_groups",
            {"DBSubnetGroupName": "id"},
            pick=f"answer.DBSubnetGroups[].{_SUBNETS} | [0]",
        ),
        delete=(Call("delete_db_subnet_group", {"DBSubnetGroupName": "id"}),),
        outputs={
            "arn": "item.DBSubnetGroupArn",
            "supportedNetworkTypes": "item.SupportedNetworkTypes || ['IPV4']",
        },
        replaces=frozenset({"name", "namePrefix"}),
        tagging=_TAGS,
    ),
    _parameter_group(
        "aws:rds/clusterParameterGroup:ClusterParameterGroup",
        "db_cluster_parameter_group",
        "DBClusterParameterGroups",
    ),
    _parameter_group(
        "aws:rds/parameterGroup:ParameterGroup",
        "db_parameter_group",
        "DBParameterGroups",
        {"skipDestroy": "a twin that is taken away keeps nothing"},
    ),
    GLOBAL_CLUSTER,
    CLUSTER,
    INSTANCE,
)
