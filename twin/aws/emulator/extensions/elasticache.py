"""ElastiCache: the members of a replication group, its settings, and parameter groups."""

from typing import Any

from twin.aws.emulator.call import Call, Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension, Kept
from twin.aws.emulator.memory import Collection

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/"
_GROUP = "cache parameter group"

_SETTINGS = Kept(
    kind="replication group",
    writes={"CreateReplicationGroup": "@", "ModifyReplicationGroup": "@"},
    creates=frozenset({"CreateReplicationGroup"}),
    shows={
        "CreateReplicationGroup": "ReplicationGroup",
        "ModifyReplicationGroup": "ReplicationGroup",
        "DescribeReplicationGroups": "ReplicationGroups",
    },
    key="ReplicationGroupId",
    members={
        "AutoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
        "SnapshotRetentionLimit": "SnapshotRetentionLimit",
        "SnapshotWindow": "SnapshotWindow",
        "TransitEncryptionMode": "TransitEncryptionMode",
        "UserGroupIds": "UserGroupIds",
    },
)

# What a member shows of its group, by the name that moto's replication group has for it.
_SHARED_MEMBERS = {
    "AtRestEncryptionEnabled": "at_rest_encryption_enabled",
    "AuthTokenEnabled": "auth_token_enabled",
    "AutoMinorVersionUpgrade": "auto_minor_version_upgrade",
    "CacheNodeType": "cache_node_type",
    "CacheSubnetGroupName": "cache_subnet_group_name",
    "Engine": "engine",
    "EngineVersion": "engine_version",
    "PreferredMaintenanceWindow": "preferred_maintenance_window",
    "ReplicationGroupId": "replication_group_id",
    "SnapshotRetentionLimit": "snapshot_retention_limit",
    "SnapshotWindow": "snapshot_window",
    "TransitEncryptionEnabled": "transit_encryption_enabled",
    "TransitEncryptionMode": "transit_encryption_mode",
}
# What a modification of the group may change, by the same names; moto takes the rest itself.
_MODIFIABLE = {
    "AutoMinorVersionUpgrade": "auto_minor_version_upgrade",
    "CacheParameterGroupName": "cache_parameter_group_name",
    "EngineVersion": "engine_version",
    "PreferredMaintenanceWindow": "preferred_maintenance_window",
    "SecurityGroupIds": "security_group_ids",
    "SnapshotWindow": "snapshot_window",
    "TransitEncryptionEnabled": "transit_encryption_enabled",
    "TransitEncryptionMode": "transit_encryption_mode",
}


def _backend(call: Call) -> Any:
    from moto.elasticache.models import elasticache_backends

    return elasticache_backends[call.account][call.region]


def _members() -> None:
    """A group that is asked for as so many clusters has them, spread over the region's zones where none are given."""
    from moto.elasticache.models import ElastiCacheBackend, ReplicationGroup

    backend: Any = ElastiCacheBackend
    create = backend.create_replication_group

    def create_replication_group(self: ElastiCacheBackend, **given: Any) -> ReplicationGroup:
        wanted = given["num_cache_clusters"] or 0
        zones = given["preferred_cache_cluster_azs"] or [f"{self.region_name}{letter}" for letter in "abc"]
        if not given["num_node_groups"] and not given["replicas_per_node_group"] and wanted > 1:
            given["replicas_per_node_group"] = wanted - 1
        count = (given["replicas_per_node_group"] or 0) + 1
        given["preferred_cache_cluster_azs"] = [zones[number % len(zones)] for number in range(count)]
        return create(self, **given)

    backend.create_replication_group = create_replication_group


def _modify(context: Context) -> Document:
    """The group is as moto can modify it, and as it was asked to be in what moto cannot."""
    call = context.call
    document = context.document()
    group = _backend(call).replication_groups[call.parameters["ReplicationGroupId"]]
    for member, attribute in _MODIFIABLE.items():
        if member in call.parameters:
            setattr(group, attribute, call.parameters[member])
    if "LogDeliveryConfigurations" in call.parameters:
        given = call.parameters["LogDeliveryConfigurations"]
        enabled = [it for it in given if it.get("Enabled", True)]
        group.log_delivery_configurations = group._get_log_delivery_configurations(enabled)
    return document


def _delete(context: Context) -> Document:
    """The group is gone once this is answered; AWS takes some minutes over it, moto for ever."""
    call = context.call
    document = context.document()
    _backend(call).replication_groups.pop(call.parameters["ReplicationGroupId"], None)
    return document


def _describe_clusters(context: Context) -> Document:
    """Clusters of their own, as moto has them, and the members of replication groups."""
    call = context.call
    wanted = call.parameters.get("CacheClusterId")
    members = [member for member in _all_members(call) if wanted in (None, member["CacheClusterId"])]
    if wanted and members:
        return {"CacheClusters": members}
    alone = context.document()
    return {**alone, "CacheClusters": [*alone.get("CacheClusters", []), *members]}


def _all_members(call: Call) -> list[Document]:
    groups = _backend(call).replication_groups.values()
    return [
        _member(call, group, node)
        for group in groups
        for part in group.node_groups
        for node in part["node_group_members"]
    ]


def _member(call: Call, group: Any, node: Document) -> Document:
    name, zone = node["cache_cluster_id"], node["preferred_availability_zone"]
    shown: Document = {member: getattr(group, attribute) for member, attribute in _SHARED_MEMBERS.items()}
    endpoint = node.get("read_endpoint", {})
    cache_node = {
        "CacheNodeId": "0001",
        "CacheNodeStatus": "available",
        "CustomerAvailabilityZone": zone,
        "ParameterGroupStatus": "in-sync",
        "Endpoint": {"Address": endpoint.get("address"), "Port": endpoint.get("port")},
    }
    return {
        **shown,
        "ARN": f"arn:aws:elasticache:{call.region}:{call.account}:cluster:{name}",
        "CacheClusterId": name,
        "CacheClusterStatus": group.status,
        "CacheNodes": [cache_node] if call.parameters.get("ShowCacheNodeInfo") else [],
        "CacheParameterGroup": {
            "CacheParameterGroupName": group.cache_parameter_group_name,
            "ParameterApplyStatus": "in-sync",
        },
        "NumCacheNodes": 1,
        "PreferredAvailabilityZone": zone,
        "SecurityGroups": [
            {"SecurityGroupId": group_id, "Status": "active"} for group_id in group.security_group_ids or []
        ],
    }


def _groups(context: Context) -> Collection:
    call = context.call
    return context.memory.collection(call.account, call.region, call.service, _GROUP)


def _group(context: Context) -> Document:
    name = context.call.parameters["CacheParameterGroupName"]
    if name not in _groups(context):
        raise AwsError(
            "CacheParameterGroupNotFound", f"CacheParameterGroup {name} not found.", "404 Not Found"
        )
    return _groups(context)[name]


def _create_group(context: Context) -> Document:
    call = context.call
    name = call.parameters["CacheParameterGroupName"]
    if name in _groups(context):
        raise AwsError("CacheParameterGroupAlreadyExists", f"Cache parameter group {name} already exists")
    arn = f"arn:aws:elasticache:{call.region}:{call.account}:parametergroup:{name}"
    shown = {member: call.parameters[member] for member in call.parameters if member != "Tags"}
    _groups(context)[name] = {**shown, "IsGlobal": False, "ARN": arn, "Parameters": {}}
    # moto's tags hang on a list by ARN, and so do those of a parameter group.
    _backend(call).tagging_service.tag_resource(arn, call.parameters.get("Tags", []))
    return {"CacheParameterGroup": _groups(context)[name]}


def _describe_groups(context: Context) -> Document:
    asked = "CacheParameterGroupName" in context.call.parameters
    return {"CacheParameterGroups": [_group(context)] if asked else list(_groups(context).values())}


def _modify_group(context: Context) -> Document:
    group = _group(context)
    for parameter in context.call.parameters["ParameterNameValues"]:
        group["Parameters"][parameter["ParameterName"]] = parameter["ParameterValue"]
    return {"CacheParameterGroupName": group["CacheParameterGroupName"]}


def _reset_group(context: Context) -> Document:
    group = _group(context)
    names = [it["ParameterName"] for it in context.call.parameters.get("ParameterNameValues", [])]
    for name in list(group["Parameters"]) if context.call.parameters.get("ResetAllParameters") else names:
        group["Parameters"].pop(name, None)
    return {"CacheParameterGroupName": group["CacheParameterGroupName"]}


def _describe_parameters(context: Context) -> Document:
    """The parameters that were set. Those of the engine's defaults are not known here."""
    parameters = _group(context)["Parameters"].items()
    return {
        "Parameters": [
            {"ParameterName": name, "ParameterValue": value, "Source": "user", "IsModifiable": True}
            for name, value in parameters
        ]
    }


def _list_tags(context: Context) -> Document:
    """moto lists tags of what it has itself."""
    arn = context.call.parameters["ResourceName"]
    if any(group["ARN"] == arn for group in _groups(context).values()):
        return {"TagList": _backend(context.call).tagging_service.list_tags_for_resource(arn)["Tags"]}
    return context.document()


def _delete_group(context: Context) -> Document:
    _groups(context).pop(_group(context)["CacheParameterGroupName"])
    return {}


EXTENSIONS = (
    Extension(
        service="elasticache",
        topic="members of a replication group",
        stock="gives a group one member whatever NumCacheClusters says, in us-east-1 where no zones are given, "
        "does not show members as clusters, and takes only some modifications",
        aws="gives it as many, in the zones that were asked for, and shows each as a cluster",
        change="makes the members, shows them as clusters, and takes all modifications; deletion is complete at once",
        source=_API + "API_CreateReplicationGroup.html",
        kept=(_SETTINGS,),
        patch=_members,
        operations={
            "DescribeCacheClusters": _describe_clusters,
            "ModifyReplicationGroup": _modify,
            "DeleteReplicationGroup": _delete,
        },
    ),
    Extension(
        service="elasticache",
        topic="parameter groups",
        stock="has none",
        aws="keeps parameters in groups",
        change="keeps groups and the parameters that are set in them, without the engine's defaults",
        source=_API + "API_CreateCacheParameterGroup.html",
        resources=(_GROUP,),
        operations={
            "CreateCacheParameterGroup": _create_group,
            "DescribeCacheParameterGroups": _describe_groups,
            "ModifyCacheParameterGroup": _modify_group,
            "ResetCacheParameterGroup": _reset_group,
            "DescribeCacheParameters": _describe_parameters,
            "DeleteCacheParameterGroup": _delete_group,
            "ListTagsForResource": _list_tags,
        },
    ),
)
