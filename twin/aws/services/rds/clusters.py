"""Rows of Aurora: clusters, their instances, and the global clusters that join them over regions."""

from twin.aws.names import Name
from twin.aws.resource import Call, Resource, Take
from twin.aws.services.rds.hooks import release_members, writer
from twin.aws.tags import tags_by

__all__ = ["CLUSTER", "GLOBAL_CLUSTER", "INSTANCE"]

_TAGS = tags_by(
    "add_tags_to_resource",
    "remove_tags_from_resource",
    {"ResourceName": "outputs.arn"},
    present="item.TagList",
)

_CLUSTER_VIEW = (
    "merge(@, {DBSubnetGroupName: DBSubnetGroup, DBClusterParameterGroupName: DBClusterParameterGroup, "
    "VpcSecurityGroupIds: VpcSecurityGroups[].VpcSecurityGroupId, ScalingConfiguration: "
    "ScalingConfigurationInfo, "
    "EnableHttpEndpoint: HttpEndpointEnabled, ManageMasterUserPassword: !(!MasterUserSecret), "
    "IamRoles: AssociatedRoles[].RoleArn})"
)
"""A cluster's description under the names that its create call has for the same things."""

_INSTANCE_VIEW = (
    "merge(@, {DBParameterGroupName: DBParameterGroups[0].DBParameterGroupName, "
    "DBSubnetGroupName: DBSubnetGroup.DBSubnetGroupName})"
)

_SWITCHES = {
    "EnableIAMDatabaseAuthentication": "inputs.iamDatabaseAuthenticationEnabled",
    "EnablePerformanceInsights": "inputs.performanceInsightsEnabled",
    "MasterUserPassword": "inputs.masterPassword || inputs.masterPasswordWo",
}
"""Parameters whose names differ from those in the description."""

_AT_ONCE = "it says when a change takes effect, and on the twin it does at once"

CLUSTER = Resource(
    token="aws:rds/cluster:Cluster",
    service="rds",
    id="inputs.clusterIdentifier",
    name=Name("clusterIdentifier", "clusterIdentifierPrefix", limit=63, lower=True, allowed="a-z0-9-"),
    renames={"clusterIdentifier": "DBClusterIdentifier"},
    defaults={
        "iamDatabaseAuthenticationEnabled": False,
        "deletionProtection": False,
        "copyTagsToSnapshot": False,
    },
    create=Call(
        "create_db_cluster",
        {**_SWITCHES, "EnableCloudwatchLogsExports": "inputs.enabledCloudwatchLogsExports"},
        takes=Take.ALL,
        pick=f"answer.DBCluster.{_CLUSTER_VIEW}",
    ),
    settings=(
        Call(
            "add_role_to_db_cluster",
            {"DBClusterIdentifier": "id", "RoleArn": "each"},
            on=("iamRoles",),
            each="inputs.iamRoles",
            tolerates=("DBClusterRoleAlreadyExists",),
        ),
    ),
    updates=(
        Call(
            "remove_from_global_cluster",
            {"GlobalClusterIdentifier": "old.globalClusterIdentifier", "DbClusterIdentifier": "outputs.arn"},
            on=("globalClusterIdentifier",),
            when="old.globalClusterIdentifier && !inputs.globalClusterIdentifier",
        ),
        Call(
            "promote_read_replica_db_cluster",
            {"DBClusterIdentifier": "id"},
            on=("replicationSourceIdentifier",),
            when="old.replicationSourceIdentifier && !inputs.replicationSourceIdentifier",
        ),
        Call(
            "modify_db_cluster",
            {
                "DBClusterIdentifier": "id",
                "CloudwatchLogsExportConfiguration": {
                    "EnableLogTypes": "minus(inputs.enabledCloudwatchLogsExports, "
                    "old.enabledCloudwatchLogsExports)",
                    "DisableLogTypes": "minus(old.enabledCloudwatchLogsExports, "
                    "inputs.enabledCloudwatchLogsExports)",
                },
            },
            on=("enabledCloudwatchLogsExports",),
        ),
        Call(
            "modify_db_cluster",
            {
                **_SWITCHES,
                "DBClusterIdentifier": "id",
                "ApplyImmediately": "`true`",
                "AllowMajorVersionUpgrade": "inputs.allowMajorVersionUpgrade",
                "DBInstanceParameterGroupName": "inputs.dbInstanceParameterGroupName",
            },
            takes=Take.CHANGED,
        ),
    ),
    read=Call(
        "describe_db_clusters",
        {"DBClusterIdentifier": "id"},
        pick=f"answer.DBClusters[].{_CLUSTER_VIEW} | [0]",
    ),
    delete=(
        Call(
            "remove_from_global_cluster",
            {
                "GlobalClusterIdentifier": "inputs.globalClusterIdentifier",
                "DbClusterIdentifier": "outputs.arn",
            },
            when="inputs.globalClusterIdentifier",
            tolerates=("DBClusterNotFoundFault", "GlobalClusterNotFoundFault"),
        ),
        Call(
            "delete_db_cluster",
            {
                "DBClusterIdentifier": "id",
                "SkipFinalSnapshot": "inputs.skipFinalSnapshot || `false`",
                "FinalDBSnapshotIdentifier": "inputs.finalSnapshotIdentifier",
                "DeleteAutomatedBackups": "inputs.deleteAutomatedBackups",
            },
        ),
    ),
    outputs={
        "arn": "item.DBClusterArn",
        "clusterResourceId": "item.DbClusterResourceId",
        "clusterMembers": "item.DBClusterMembers[].DBInstanceIdentifier",
        "engineVersionActual": "item.EngineVersion",
        "caCertificateValidTill": "item.CertificateDetails.ValidTill",
        "masterUserSecretKmsKeyId": "item.MasterUserSecret.KmsKeyId",
        "masterUserSecrets": "item.MasterUserSecret && [item.MasterUserSecret.{secretArn: SecretArn, "
        "kmsKeyId: KmsKeyId, secretStatus: SecretStatus}] || `[]`",
    },
    replaces=frozenset(
        {
            "availabilityZones",
            "clusterIdentifier",
            "clusterIdentifierPrefix",
            "databaseName",
            "dbSubnetGroupName",
            "dbSystemId",
            "engine",
            "engineMode",
            "kmsKeyId",
            "masterUsername",
            "port",
            "sourceRegion",
            "storageEncrypted",
        }
    ),
    ignored={
        "applyImmediately": _AT_ONCE,
        "allowMajorVersionUpgrade": "it permits an update and sets nothing; a later update reads it",
        "dbInstanceParameterGroupName": "only an upgrade of the engine reads it",
        "skipFinalSnapshot": "deletion reads it",
        "finalSnapshotIdentifier": "deletion reads it",
        "deleteAutomatedBackups": "deletion reads it",
        "masterPasswordWoVersion": "its change makes Pulumi send the password again",
        "clusterMembers": "instances join their cluster themselves",
    },
    unread={
        "enableGlobalWriteForwarding": "the description tells its state, not the wish",
        "enableLocalWriteForwarding": "the description tells its state, not the wish",
        "globalClusterIdentifier": "the global cluster knows its members, not the other way round",
        "masterUserSecretKmsKeyId": "the description tells the key's ARN, whichever way it was given",
        "sourceRegion": "only creation reads it",
    },
    secrets=frozenset({"masterPassword", "masterPasswordWo"}),
    tagging=_TAGS,
)

INSTANCE = Resource(
    token="aws:rds/clusterInstance:ClusterInstance",
    service="rds",
    id="inputs.identifier",
    name=Name("identifier", "identifierPrefix", limit=63, lower=True, allowed="a-z0-9-"),
    renames={
        "identifier": "DBInstanceIdentifier",
        "clusterIdentifier": "DBClusterIdentifier",
        "instanceClass": "DBInstanceClass",
        "caCertIdentifier": "CACertificateIdentifier",
    },
    defaults={"promotionTier": 0, "monitoringInterval": 0, "autoMinorVersionUpgrade": True},
    create=Call(
        "create_db_instance",
        {"EnablePerformanceInsights": "inputs.performanceInsightsEnabled"},
        takes=Take.ALL,
    ),
    updates=(
        Call(
            "modify_db_instance",
            {
                "DBInstanceIdentifier": "id",
                "EnablePerformanceInsights": "inputs.performanceInsightsEnabled",
                "ApplyImmediately": "`true`",
            },
            takes=Take.CHANGED,
        ),
    ),
    read=Call(
        "describe_db_instances",
        {"DBInstanceIdentifier": "id"},
        pick=f"answer.DBInstances[].{_INSTANCE_VIEW} | [0]",
    ),
    also={
        "cluster": Call(
            "describe_db_clusters",
            {"DBClusterIdentifier": "item.DBClusterIdentifier"},
            when="item.DBClusterIdentifier",
            pick="answer.DBClusters[0]",
        )
    },
    after_read=writer,
    delete=(Call("delete_db_instance", {"DBInstanceIdentifier": "id", "SkipFinalSnapshot": "`true`"}),),
    outputs={
        "arn": "item.DBInstanceArn",
        "endpoint": "item.Endpoint.Address",
        "port": "item.Endpoint.Port",
        "engineVersionActual": "item.EngineVersion",
    },
    replaces=frozenset(
        {
            "availabilityZone",
            "clusterIdentifier",
            "customIamInstanceProfile",
            "dbSubnetGroupName",
            "engine",
            "engineVersion",
            "identifier",
            "identifierPrefix",
            "performanceInsightsKmsKeyId",
        }
    ),
    ignored={
        "applyImmediately": _AT_ONCE,
        "forceDestroy": "it concerns only what Pulumi does before deletion on a promoted replica",
    },
    unread={
        "dbParameterGroupName": "the description tells the default group where none was given",
        "dbSubnetGroupName": "an instance has its cluster's",
        "performanceInsightsKmsKeyId": "the description tells the key's ARN, whichever way it was given",
    },
    tagging=_TAGS,
)

GLOBAL_CLUSTER = Resource(
    token="aws:rds/globalCluster:GlobalCluster",
    service="rds",
    id="inputs.globalClusterIdentifier",
    defaults={"deletionProtection": False},
    create=Call(
        "create_global_cluster",
        {"SourceDBClusterIdentifier": "inputs.sourceDbClusterIdentifier"},
        takes=Take.ALL,
        pick="answer.GlobalCluster",
    ),
    updates=(
        Call(
            "modify_global_cluster",
            {"GlobalClusterIdentifier": "id"},
            takes=Take.CHANGED,
        ),
    ),
    read=Call("describe_global_clusters", {"GlobalClusterIdentifier": "id"}, pick="answer.GlobalClusters[0]"),
    before_delete=release_members,
    delete=(Call("delete_global_cluster", {"GlobalClusterIdentifier": "id"}),),
    outputs={
        "arn": "item.GlobalClusterArn",
        "engineVersionActual": "item.EngineVersion",
        "globalClusterMembers": "item.GlobalClusterMembers[].{dbClusterArn: DBClusterArn, isWriter: "
        "IsWriter}",
    },
    replaces=frozenset(
        {"globalClusterIdentifier", "databaseName", "engine", "sourceDbClusterIdentifier", "storageEncrypted"}
    ),
    ignored={"forceDestroy": "deletion reads it"},
    unread={"sourceDbClusterIdentifier": "only creation reads it", "databaseName": "only creation reads it"},
    tagging=_TAGS,
)
