"""A Valkey replication group over several zones, to which clients log in by IAM."""

import re
from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.alarm import Alarm, raise_alarms
from components.client_access import admit_clients, store_security_group
from components.exceptions import ComponentError

__all__ = ["Cache", "CacheArgs"]

PORT = 6379
ENGINE = "valkey"
LOG_TYPES = ("engine-log", "slow-log")


class CacheArgs(TypedDict):
    vpc_id: pulumi.Input[str]
    """VPC of the security group."""

    subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of the nodes, one in each of `availability_zones`."""

    availability_zones: Sequence[str]
    """Zones of the nodes, two to six."""

    kms_key_arn: pulumi.Input[str]
    """Customer-managed key of data, snapshots and logs."""

    users: Mapping[str, str]
    """What each client may do: Valkey access string by client, such as `on ~portal:* +@all -@dangerous`. A
    client logs in as user `<cache>-<client>` with an IAM token, never a password."""

    nodes: NotRequired[int]
    """A primary and its replicas, dealt to the zones in turn, up to 6. A single node is lost with its zone:
    nothing fails over. Default: one a zone."""

    client_security_group_ids: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Security groups that may connect, by name of the client. Default: none."""

    replication_group_id: NotRequired[str]
    """Id of the replication group: 1 to 40 lower-case letters, digits and hyphens; nodes append `-001` and so
    on. Default: the component's name."""

    node_type: NotRequired[str]
    """Type of every node. Default: `cache.r7g.large`."""

    engine_version: NotRequired[str]
    """Valkey version, major and minor. Default: `8.0`."""

    eviction_policy: NotRequired[str]
    """`maxmemory-policy`: what goes when memory is full. Default: `volatile-lru`, AWS's own: keys without a
    time to live stay."""

    snapshot_retention_days: NotRequired[int]
    """How long daily snapshots are kept, 1 to 35. Default: 7."""

    snapshot_window: NotRequired[str]
    """Daily window of the snapshot, in UTC. Default: `01:00-02:00`."""

    maintenance_window: NotRequired[str]
    """Weekly window of maintenance, in UTC. Default: `sun:03:00-sun:04:00`."""

    log_retention_days: NotRequired[int]
    """How long engine and slow logs are kept. Default: 365."""

    cpu_alarm_percent: NotRequired[float]
    """Engine CPU of a node above which an alarm is raised. Default: 80."""

    memory_alarm_percent: NotRequired[float]
    """Memory use of a node above which an alarm is raised. Default: 80."""

    replication_lag_alarm_seconds: NotRequired[float]
    """Lag of a replica above which an alarm is raised. Default: 5."""

    alarm_topic_arn: NotRequired[pulumi.Input[str]]
    """Topic that the alarms notify. Default: none, the alarms only change state."""

    tags: NotRequired[Mapping[str, str]]
    """Tags of every child. Default: none."""


class Cache(pulumi.ComponentResource):
    """A primary and replicas over the zones, with TLS, encryption and automatic failover."""

    replication_group_id: pulumi.Output[str]
    """Id of the replication group."""
    arn: pulumi.Output[str]
    """ARN of the replication group, which `elasticache:Connect` names."""
    primary_endpoint: pulumi.Output[str]
    """DNS name of the primary."""
    reader_endpoint: pulumi.Output[str]
    """DNS name of the replicas."""
    port: int
    """Port of both endpoints."""
    security_group_id: pulumi.Output[str]
    """Security group of the nodes, for clients that are declared elsewhere."""
    user_name_by_client: dict[str, pulumi.Output[str]]
    """Name with which each client logs in."""
    user_arn_by_client: dict[str, pulumi.Output[str]]
    """ARN of each client's user, which `elasticache:Connect` names beside the group's."""
    alarm_arns: dict[str, pulumi.Output[str]]
    """ARNs of the alarms by suffix: `cpu-1`, `memory-1`, `evictions-1`, `replication-lag-1` and so on."""

    def __init__(self, name: str, args: CacheArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("estate:data:Cache", name, None, opts)
        self._name = name
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self._tags = dict(args.get("tags", {}))
        self._group_id = args.get("replication_group_id", name)
        self._nodes = args.get("nodes", len(args["availability_zones"]))
        _check(self._group_id, args)

        group = self._security_group()
        users = self._users()
        cache = self._replication_group(group, self._user_group(users))

        self.replication_group_id, self.arn = cache.replication_group_id, cache.arn
        self.primary_endpoint = cache.primary_endpoint_address
        self.reader_endpoint = cache.reader_endpoint_address
        self.port = PORT
        self.security_group_id = group.id
        self.user_name_by_client = {client: user.user_name for client, user in users.items()}
        self.user_arn_by_client = {client: user.arn for client, user in users.items()}
        self.alarm_arns = raise_alarms(self, name, self._alarms(), args.get("alarm_topic_arn"), self._tags)
        self.register_outputs(
            {
                "replication_group_id": self.replication_group_id,
                "arn": self.arn,
                "primary_endpoint": self.primary_endpoint,
                "reader_endpoint": self.reader_endpoint,
                "port": self.port,
                "security_group_id": self.security_group_id,
                "user_name_by_client": self.user_name_by_client,
                "user_arn_by_client": self.user_arn_by_client,
                "alarm_arns": self.alarm_arns,
            }
        )

    def _security_group(self) -> aws.ec2.SecurityGroup:
        name = f"{self._name}-security-group"
        group = store_security_group(self, name, f"Valkey {self._group_id}", self._args["vpc_id"], self._tags)
        clients = self._args.get("client_security_group_ids", {})
        admit_clients(self, self._name, group.id, PORT, clients, self._tags)
        return group

    def _users(self) -> dict[str, aws.elasticache.User]:
        return {client: self._user(client, access) for client, access in self._args["users"].items()}

    def _user(self, client: str, access_string: str) -> aws.elasticache.User:
        # IAM wants id and name to be the same. Source: ElastiCache user guide, "Authenticating with IAM".
        user_id = f"{self._group_id}-{client}"
        return aws.elasticache.User(
            f"{self._name}-user-{client}",
            user_id=user_id,
            user_name=user_id,
            engine=ENGINE,
            access_string=access_string,
            authentication_mode={"type": "iam"},
            tags=self._tags,
            opts=self._own,
        )

    def _user_group(self, users: Mapping[str, aws.elasticache.User]) -> aws.elasticache.UserGroup:
        return aws.elasticache.UserGroup(
            f"{self._name}-users",
            user_group_id=f"{self._group_id}-users",
            engine=ENGINE,
            user_ids=[user.user_id for user in users.values()],
            tags=self._tags,
            opts=self._own,
        )

    def _replication_group(
        self, security_group: aws.ec2.SecurityGroup, user_group: aws.elasticache.UserGroup
    ) -> aws.elasticache.ReplicationGroup:
        args = self._args
        return aws.elasticache.ReplicationGroup(
            f"{self._name}-cache",
            replication_group_id=self._group_id,
            description=f"Valkey {self._group_id}",
            engine=ENGINE,
            engine_version=args.get("engine_version", "8.0"),
            node_type=args.get("node_type", "cache.r7g.large"),
            port=PORT,
            num_cache_clusters=self._nodes,
            preferred_cache_cluster_azs=self._node_zones(),
            multi_az_enabled=self._nodes > 1,
            automatic_failover_enabled=self._nodes > 1,
            subnet_group_name=self._subnet_group().name,
            parameter_group_name=self._parameter_group().name,
            security_group_ids=[security_group.id],
            user_group_ids=[user_group.user_group_id],
            at_rest_encryption_enabled=True,
            kms_key_id=args["kms_key_arn"],
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            auto_minor_version_upgrade=True,
            snapshot_retention_limit=args.get("snapshot_retention_days", 7),
            snapshot_window=args.get("snapshot_window", "01:00-02:00"),
            final_snapshot_identifier=f"{self._group_id}-final",
            maintenance_window=args.get("maintenance_window", "sun:03:00-sun:04:00"),
            log_delivery_configurations=[self._log_delivery(log_type) for log_type in LOG_TYPES],
            tags=self._tags,
            opts=self._own,
        )

    def _node_zones(self) -> list[str]:
        zones = self._args["availability_zones"]
        return [zones[index % len(zones)] for index in range(self._nodes)]

    def _subnet_group(self) -> aws.elasticache.SubnetGroup:
        return aws.elasticache.SubnetGroup(
            f"{self._name}-subnets",
            description=f"Subnets of {self._group_id}",
            subnet_ids=list(self._args["subnet_ids"]),
            tags=self._tags,
            opts=self._own,
        )

    def _parameter_group(self) -> aws.elasticache.ParameterGroup:
        major = self._args.get("engine_version", "8.0").partition(".")[0]
        return aws.elasticache.ParameterGroup(
            f"{self._name}-parameters",
            # A family is named after its major. Source: ElastiCache user guide, "Valkey parameters".
            family=f"{ENGINE}{major}",
            description=f"Parameters of {self._group_id}",
            parameters=[
                {"name": "maxmemory-policy", "value": self._args.get("eviction_policy", "volatile-lru")}
            ],
            tags=self._tags,
            opts=self._own,
        )

    def _log_delivery(
        self, log_type: str
    ) -> aws.elasticache.ReplicationGroupLogDeliveryConfigurationArgsDict:
        group = aws.cloudwatch.LogGroup(
            f"{self._name}-{log_type}",
            name=f"/aws/elasticache/{self._group_id}/{log_type}",
            kms_key_id=self._args["kms_key_arn"],
            retention_in_days=self._args.get("log_retention_days", 365),
            tags=self._tags,
            opts=self._own,
        )
        return {
            "destination": group.name,
            "destination_type": "cloudwatch-logs",
            "log_format": "json",
            "log_type": log_type,
        }

    def _alarms(self) -> list[Alarm]:
        """Of every node: a failover changes which of them is the primary."""
        return [
            Alarm(
                suffix=f"{suffix}-{number}",
                description=f"Node {number} of {self._group_id} {meaning}",
                namespace="AWS/ElastiCache",
                metric_name=metric_name,
                dimensions={"CacheClusterId": f"{self._group_id}-{number:03}", "CacheNodeId": "0001"},
                threshold=threshold,
                statistic="Sum" if suffix == "evictions" else "Maximum",
            )
            for number in range(1, self._nodes + 1)
            for suffix, metric_name, threshold, meaning in self._alarm_rows()
        ]

    def _alarm_rows(self) -> list[tuple[str, str, float, str]]:
        args = self._args
        return [
            ("cpu", "EngineCPUUtilization", args.get("cpu_alarm_percent", 80), "is short of CPU."),
            (
                "memory",
                "DatabaseMemoryUsagePercentage",
                args.get("memory_alarm_percent", 80),
                "is short of memory.",
            ),
            ("evictions", "Evictions", 0, "drops keys before their time."),
            (
                "replication-lag",
                "ReplicationLag",
                args.get("replication_lag_alarm_seconds", 5),
                "is behind the primary.",
            ),
        ]


def _check(group_id: str, args: CacheArgs) -> None:
    if not re.fullmatch(r"[a-z](?:-?[a-z0-9])*", group_id) or len(group_id) > 40:
        raise ComponentError(
            "A replication group's id has 1 to 40 lower-case letters, digits and single hyphens, starts with "
            f"a letter and does not end with a hyphen, got {group_id!r}. "
            "Choose another `replication_group_id`."
        )
    zones = args["availability_zones"]
    if not 2 <= len(set(zones)) == len(zones) <= 6:
        raise ComponentError(
            f"A cache that fails over stands in two to six different zones, got {list(zones)!r}. "
            "Name each zone once."
        )
    nodes = args.get("nodes", len(zones))
    # Source: ElastiCache API reference, `CreateReplicationGroup` (`NumCacheClusters`).
    if not 1 <= nodes <= 6:
        raise ComponentError(f"A cache has 1 to 6 nodes, got {nodes!r}. Choose a number in that range.")
    if len(args["subnet_ids"]) != len(zones):
        raise ComponentError(
            f"A cache has one subnet a zone, got {len(args['subnet_ids'])} for {len(zones)} zones. "
            "Give the subnets in order of the zones."
        )
    if not args["users"]:
        raise ComponentError(
            "A cache without users is open to whoever reaches it, got none. Give each client an entry."
        )
    days = args.get("snapshot_retention_days", 7)
    if not 1 <= days <= 35:
        raise ComponentError(
            f"ElastiCache keeps snapshots for 1 to 35 days, got {days!r}. Choose one of those."
        )
