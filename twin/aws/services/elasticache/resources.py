"""Rows of Amazon ElastiCache."""

from twin.aws.names import Name
from twin.aws.resource import Call, Resource, Take
from twin.aws.services.elasticache.hooks import reset_removed_parameters, scale_replicas
from twin.aws.tags import tags_by

__all__ = ["RESOURCES"]

_TAGS = tags_by(
    "add_tags_to_resource",
    "remove_tags_from_resource",
    {"ResourceName": "outputs.arn"},
    read="list_tags_for_resource",
    present="tagging.TagList",
)

_GROUP_NAME = Name(limit=255, lower=True, allowed="a-z0-9-")

_SUBNETS = "merge(@, {SubnetIds: Subnets[].SubnetIdentifier})"

_GROUP_VIEW = (
    "merge(@, {AutomaticFailoverEnabled: AutomaticFailover == 'enabled', MultiAZEnabled: MultiAZ == "
    "'enabled', "
    "NumCacheClusters: length(MemberClusters), NumNodeGroups: length(NodeGroups), "
    "Port: not_null(NodeGroups[0].PrimaryEndpoint.Port, ConfigurationEndpoint.Port)})"
)
"""A replication group's description under the names that its create call has for the same things."""

_LOGS = (
    "inputs.logDeliveryConfigurations[].{LogType: logType, LogFormat: logFormat, DestinationType: "
    "destinationType, "
    "DestinationDetails: destinationType == 'cloudwatch-logs' && {CloudWatchLogsDetails: {LogGroup: "
    "destination}} "
    "|| {KinesisFirehoseDetails: {DeliveryStream: destination}}}"
)

_CLUSTER_TELLS = "each member's description tells it, the group's does not"

RESOURCES = (
    Resource(
        token="aws:elasticache/subnetGroup:SubnetGroup",
        service="elasticache",
        id="inputs.name",
        name=_GROUP_NAME,
        renames={"name": "CacheSubnetGroupName", "description": "CacheSubnetGroupDescription"},
        defaults={"description": "Managed by Pulumi"},
        create=Call("create_cache_subnet_group", takes=Take.ALL, pick=f"answer.CacheSubnetGroup.{_SUBNETS}"),
        updates=(Call("modify_cache_subnet_group", {"CacheSubnetGroupName": "id"}, takes=Take.CHANGED),),
        read=Call(
            "describe_cache_subnet_groups",
            {"CacheSubnetGroupName": "id"},
            pick=f"answer.CacheSubnetGroups[].{_SUBNETS} | [0]",
        ),
        delete=(Call("delete_cache_subnet_group", {"CacheSubnetGroupName": "id"}),),
        outputs={"arn": "item.ARN"},
        replaces=frozenset({"name"}),
        tagging=_TAGS,
    ),
    Resource(
        token="aws:elasticache/parameterGroup:ParameterGroup",
        service="elasticache",
        id="inputs.name",
        name=_GROUP_NAME,
        renames={"name": "CacheParameterGroupName", "family": "CacheParameterGroupFamily"},
        defaults={"description": "Managed by Pulumi"},
        create=Call("create_cache_parameter_group", takes=Take.ALL, pick="answer.CacheParameterGroup"),
        settings=(
            Call(
                "modify_cache_parameter_group",
                {
                    "CacheParameterGroupName": "id",
                    "ParameterNameValues": "inputs.parameters[].{ParameterName: name, ParameterValue: value}",
                },
                on=("parameters",),
            ),
        ),
        before_update=reset_removed_parameters,
        read=Call(
            "describe_cache_parameter_groups",
            {"CacheParameterGroupName": "id"},
            pick="answer.CacheParameterGroups[0]",
        ),
        also={
            "settings": Call(
                "describe_cache_parameters", {"CacheParameterGroupName": "id", "Source": "'user'"}
            )
        },
        delete=(Call("delete_cache_parameter_group", {"CacheParameterGroupName": "id"}),),
        outputs={
            "arn": "item.ARN",
            "parameters": "settings.Parameters[].{name: ParameterName, value: ParameterValue}",
        },
        replaces=frozenset({"name", "family", "description"}),
        tagging=_TAGS,
    ),
    Resource(
        token="aws:elasticache/user:User",
        service="elasticache",
        id="inputs.userId",
        create=Call("create_user", takes=Take.ALL, pick="answer"),
        updates=(Call("modify_user", {"UserId": "id"}, takes=Take.CHANGED),),
        read=Call("describe_users", {"UserId": "id"}, pick="answer.Users[0]"),
        delete=(Call("delete_user", {"UserId": "id"}),),
        outputs={"arn": "item.ARN"},
        replaces=frozenset({"userId", "userName"}),
        ignored={"passwordsWoVersion": "its change makes Pulumi send the passwords again"},
        unread={
            "authenticationMode": "the description has it as Authentication, without the passwords",
            "noPasswordRequired": "the description tells it as a kind of authentication",
        },
        secrets=frozenset({"passwords", "passwordsWo"}),
        tagging=_TAGS,
    ),
    Resource(
        token="aws:elasticache/userGroup:UserGroup",
        service="elasticache",
        id="inputs.userGroupId",
        create=Call("create_user_group", takes=Take.ALL, pick="answer"),
        updates=(
            Call(
                "modify_user_group",
                {
                    "UserGroupId": "id",
                    "UserIdsToAdd": "minus(inputs.userIds, old.userIds)",
                    "UserIdsToRemove": "minus(old.userIds, inputs.userIds)",
                },
                takes=Take.CHANGED,
            ),
        ),
        read=Call("describe_user_groups", {"UserGroupId": "id"}, pick="answer.UserGroups[0]"),
        delete=(Call("delete_user_group", {"UserGroupId": "id"}),),
        outputs={"arn": "item.ARN"},
        replaces=frozenset({"userGroupId"}),
        tagging=_TAGS,
    ),
    Resource(
        token="aws:elasticache/replicationGroup:ReplicationGroup",
        service="elasticache",
        id="inputs.replicationGroupId",
        name=Name("replicationGroupId", "", limit=40, lower=True, allowed="a-z0-9-"),
        defaults={"engine": "redis", "automaticFailoverEnabled": False, "multiAzEnabled": False},
        renames={"nodeType": "CacheNodeType"},
        create=Call(
            "create_replication_group",
            {
                "ReplicationGroupDescription": "inputs.description",
                "CacheParameterGroupName": "inputs.parameterGroupName",
                "CacheSubnetGroupName": "inputs.subnetGroupName",
                "CacheSecurityGroupNames": "inputs.securityGroupNames",
                "PreferredMaintenanceWindow": "inputs.maintenanceWindow",
                "AuthToken": "inputs.authToken || inputs.authTokenWo",
                "LogDeliveryConfigurations": _LOGS,
                "NumCacheClusters": "inputs.numCacheClusters",
                "ReplicasPerNodeGroup": "inputs.replicasPerNodeGroup",
            },
            takes=Take.ALL,
            pick=f"answer.ReplicationGroup.{_GROUP_VIEW}",
        ),
        updates=(
            Call(
                "modify_replication_group",
                {
                    "ReplicationGroupId": "id",
                    "ReplicationGroupDescription": "inputs.description",
                    "CacheParameterGroupName": "inputs.parameterGroupName",
                    "PreferredMaintenanceWindow": "inputs.maintenanceWindow",
                    "AuthToken": "inputs.authToken || inputs.authTokenWo",
                    "AuthTokenUpdateStrategy": "inputs.authToken && (inputs.authTokenUpdateStrategy || "
                    "'ROTATE')",
                    "LogDeliveryConfigurations": _LOGS,
                    "ApplyImmediately": "`true`",
                },
                takes=Take.CHANGED,
            ),
        ),
        before_update=scale_replicas,
        read=Call(
            "describe_replication_groups",
            {"ReplicationGroupId": "id"},
            pick=f"answer.ReplicationGroups[].{_GROUP_VIEW} | [0]",
        ),
        delete=(
            Call(
                "delete_replication_group",
                {"ReplicationGroupId": "id", "FinalSnapshotIdentifier": "inputs.finalSnapshotIdentifier"},
            ),
        ),
        outputs={
            "arn": "item.ARN",
            "clusterEnabled": "item.ClusterEnabled || `false`",
            "configurationEndpointAddress": "item.ConfigurationEndpoint.Address",
            "engineVersionActual": "inputs.engineVersion",
            "logDeliveryConfigurations": "item.LogDeliveryConfigurations[].{logType: LogType, logFormat: "
            "LogFormat, "
            "destinationType: DestinationType, destination: "
            "not_null(DestinationDetails.CloudWatchLogsDetails.LogGroup, "
            "DestinationDetails.KinesisFirehoseDetails.DeliveryStream)}",
            "primaryEndpointAddress": "item.NodeGroups[0].PrimaryEndpoint.Address",
            "readerEndpointAddress": "item.NodeGroups[0].ReaderEndpoint.Address",
        },
        replaces=frozenset(
            {
                "atRestEncryptionEnabled",
                "dataTieringEnabled",
                "globalReplicationGroupId",
                "kmsKeyId",
                "networkType",
                "port",
                "preferredCacheClusterAzs",
                "replicationGroupId",
                "securityGroupNames",
                "snapshotArns",
                "snapshotName",
                "subnetGroupName",
            }
        ),
        ignored={
            "applyImmediately": "it says when a change takes effect, and on the twin it does at once",
            "authTokenUpdateStrategy": "an update of the token reads it",
            "authTokenWoVersion": "its change makes Pulumi send the token again",
            "finalSnapshotIdentifier": "deletion reads it",
        },
        unread={
            "engineVersion": _CLUSTER_TELLS,
            "maintenanceWindow": _CLUSTER_TELLS,
            "parameterGroupName": _CLUSTER_TELLS,
            "preferredCacheClusterAzs": _CLUSTER_TELLS,
            "replicasPerNodeGroup": "the description tells the members themselves",
            "securityGroupIds": _CLUSTER_TELLS,
            "subnetGroupName": _CLUSTER_TELLS,
            "nodeGroupConfigurations": "the description tells the node groups as they have become",
        },
        secrets=frozenset({"authToken", "authTokenWo"}),
        hook_reads=frozenset({"numCacheClusters", "replicasPerNodeGroup"}),
        tagging=_TAGS,
    ),
)
