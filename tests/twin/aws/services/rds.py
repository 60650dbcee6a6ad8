"""Samples of RDS."""

from tests.twin.aws.sample import Ref, Sample
from tests.twin.aws.services.ec2 import SUBNET, VPC

SUBNET_GROUP = Sample(
    "aws:rds/subnetGroup:SubnetGroup",
    {"subnetIds": [Ref("subnet")], "description": "The data subnets."},
    needs={"vpc": VPC, "subnet": SUBNET},
    changes={"description": "All data subnets."},
    outputs=("arn", "name", "vpcId", "supportedNetworkTypes"),
)
PARAMETERS = [
    {"name": "rds.force_ssl", "value": "1", "applyMethod": "immediate"},
    {"name": "log_statement", "value": "ddl", "applyMethod": "pending-reboot"},
]
CLUSTER_PARAMETERS = Sample(
    "aws:rds/clusterParameterGroup:ClusterParameterGroup",
    {"family": "aurora-postgresql16", "parameters": PARAMETERS},
    changes={"parameters": [*PARAMETERS, {"name": "work_mem", "value": "8192", "applyMethod": "immediate"}]},
    outputs=("arn", "name"),
)
INSTANCE_PARAMETERS = Sample(
    "aws:rds/parameterGroup:ParameterGroup",
    {"family": "aurora-postgresql16", "parameters": PARAMETERS},
    changes={"parameters": PARAMETERS[:1]},
    outputs=("arn", "name"),
)
CLUSTER = Sample(
    "aws:rds/cluster:Cluster",
    {
        "engine": "aurora-postgresql",
        "engineVersion": "16.4",
        "databaseName": "estate",
        "masterUsername": "owner",
        "manageMasterUserPassword": True,
        "availabilityZones": ["eu-west-2a", "eu-west-2b", "eu-west-2c"],
        "dbSubnetGroupName": Ref("group", "name"),
        "dbClusterParameterGroupName": Ref("parameters", "name"),
        "backupRetentionPeriod": 35,
        "preferredBackupWindow": "01:00-02:00",
        "preferredMaintenanceWindow": "sun:03:00-sun:04:00",
        "storageEncrypted": True,
        "iamDatabaseAuthenticationEnabled": True,
        "enabledCloudwatchLogsExports": ["postgresql"],
        "copyTagsToSnapshot": True,
        "deletionProtection": False,
        "skipFinalSnapshot": True,
        "applyImmediately": True,
        "port": 5432,
        "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 8},
    },
    needs={"vpc": VPC, "subnet": SUBNET, "group": SUBNET_GROUP, "parameters": CLUSTER_PARAMETERS},
    changes={
        "backupRetentionPeriod": 7,
        "iamDatabaseAuthenticationEnabled": False,
        "enabledCloudwatchLogsExports": ["instance", "postgresql"],
    },
    outputs=(
        "arn",
        "clusterIdentifier",
        "clusterResourceId",
        "endpoint",
        "engineVersionActual",
        "hostedZoneId",
        "masterUserSecrets",
        "readerEndpoint",
    ),
)
INSTANCE = Sample(
    "aws:rds/clusterInstance:ClusterInstance",
    {
        "clusterIdentifier": Ref("cluster", "clusterIdentifier"),
        "engine": "aurora-postgresql",
        "instanceClass": "db.r6g.large",
        "availabilityZone": "eu-west-2b",
        "promotionTier": 1,
        "autoMinorVersionUpgrade": False,
        "publiclyAccessible": False,
    },
    needs={"cluster": CLUSTER},
    changes={"promotionTier": 2, "instanceClass": "db.r6g.xlarge"},
    outputs=("arn", "dbiResourceId", "endpoint", "engineVersionActual", "identifier", "port", "writer"),
)
GLOBAL_CLUSTER = Sample(
    "aws:rds/globalCluster:GlobalCluster",
    {
        "globalClusterIdentifier": "estate",
        "engine": "aurora-postgresql",
        "engineVersion": "16.4",
        "storageEncrypted": True,
        "forceDestroy": True,
    },
    outputs=("arn", "globalClusterResourceId"),
)
JOINED = {
    "engine": "aurora-postgresql",
    "engineVersion": "16.4",
    "globalClusterIdentifier": Ref("global"),
    "storageEncrypted": True,
    "skipFinalSnapshot": True,
}
PRIMARY = Sample(
    "aws:rds/cluster:Cluster",
    {**JOINED, "masterUsername": "owner", "masterPassword": "correct horse battery"},
    needs={"global": GLOBAL_CLUSTER},
    outputs=("arn",),
    label="primary",
)
SECONDARY = Sample(
    "aws:rds/cluster:Cluster",
    {**JOINED, "enableGlobalWriteForwarding": False, "sourceRegion": "eu-west-2"},
    needs={"global": GLOBAL_CLUSTER, "primary": PRIMARY},
    outputs=("arn", "endpoint", "readerEndpoint"),
    label="secondary",
    region="eu-west-1",
)

SAMPLES = (
    SUBNET_GROUP,
    CLUSTER_PARAMETERS,
    INSTANCE_PARAMETERS,
    CLUSTER,
    INSTANCE,
    GLOBAL_CLUSTER,
    PRIMARY,
    SECONDARY,
)
