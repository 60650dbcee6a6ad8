"""`estate status`: what runs where, as the environment's own AWS API tells it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.table import Table

from catalogue import Estate
from catalogue.environment import Kind
from estate.aws import Clients
from estate.evaluation import load_estate
from estate.places import Places
from twin.aws.emulator.process import find

__all__ = ["Status", "run"]

Row = dict[str, Any]


@dataclass(frozen=True)
class Status:
    """Attributes: control_plane: ``up`` or ``down``; every row names its region."""

    environment: str
    control_plane: str
    zones: Sequence[Row] = field(default_factory=list[Row])
    services: Sequence[Row] = field(default_factory=list[Row])
    databases: Sequence[Row] = field(default_factory=list[Row])
    caches: Sequence[Row] = field(default_factory=list[Row])
    queues: Sequence[Row] = field(default_factory=list[Row])
    alarms: Sequence[Row] = field(default_factory=list[Row])

    @property
    def holds(self) -> bool:
        return self.control_plane == "up"

    def to_json(self) -> Mapping[str, Any]:
        return asdict(self)

    def show(self, console: Console) -> None:
        if self.control_plane == "down":
            console.print(
                f"{self.environment}: the control plane is down. Run 'estate up {self.environment}' to bring it back."
            )
            return
        waiting = [row for row in self.queues if row["messages"]]
        tables = {
            "zones": self.zones,
            "services": self.services,
            "databases": self.databases,
            "caches": self.caches,
            "queues with messages": waiting,
        }
        for name, rows in tables.items():
            if rows:
                console.print(_table(name, rows))
                console.print()
        console.print(f"{len(self.queues) - len(waiting)} of {len(self.queues)} queues are empty.")
        ringing = sum(row["state"] == "ALARM" for row in self.alarms)
        console.print(
            f"{self.environment}: the control plane is up; {len(self.alarms)} alarms, {ringing} of them ringing."
        )


def run(environment: str) -> Status:
    """Asks; changes nothing."""
    estate = load_estate(environment)
    endpoint = None
    if estate.environment.kind is Kind.TWIN:
        emulator = find(Places.of(environment).folder)
        if emulator is None:
            return Status(environment, "down")
        endpoint = emulator.endpoint
    clients = Clients(estate, endpoint)
    try:
        rows = {name: _rows(estate, clients, read) for name, read in _READERS.items()}
    except (BotoCoreError, ClientError) as error:
        if estate.environment.kind is Kind.TWIN and not isinstance(error, ClientError):
            return Status(environment, "down")
        raise
    return Status(environment, "up", **rows)


def _rows(estate: Estate, clients: Clients, read: Callable[[Clients, str], Iterator[Row]]) -> list[Row]:
    regions = [region.name for region in estate.environment.regions]
    return [{"region": region} | row for region in regions for row in read(clients, region)]


def _services(clients: Clients, region: str) -> Iterator[Row]:
    ecs = clients.of("ecs", region)
    for cluster in _paged(ecs, "list_clusters", "clusterArns"):
        arns = _paged(ecs, "list_services", "serviceArns", cluster=cluster)
        for start in range(0, len(arns), 10):  # DescribeServices takes ten at most
            described = ecs.describe_services(cluster=cluster, services=arns[start : start + 10])["services"]
            for service in sorted(described, key=lambda it: it["serviceName"]):
                yield {
                    "name": service["serviceName"],
                    "desired": service["desiredCount"],
                    "running": service["runningCount"],
                    "healthy": _healthy(clients, region, service),
                }


def _healthy(clients: Clients, region: str, service: Mapping[str, Any]) -> int | None:
    """Healthy targets; None for a service that no load balancer asks."""
    groups = [it["targetGroupArn"] for it in service.get("loadBalancers", []) if it.get("targetGroupArn")]
    if not groups:
        return None
    elb = clients.of("elbv2", region)
    health = elb.describe_target_health(TargetGroupArn=groups[0])["TargetHealthDescriptions"]
    return sum(it["TargetHealth"]["State"] == "healthy" for it in health)


def _zones(clients: Clients, region: str) -> Iterator[Row]:
    ec2, ecs = clients.of("ec2", region), clients.of("ecs", region)
    subnets = {it["SubnetId"]: it["AvailabilityZone"] for it in _paged(ec2, "describe_subnets", "Subnets")}
    tasks = dict.fromkeys(sorted(set(subnets.values())), 0)
    healthy = dict(tasks)
    for cluster in _paged(ecs, "list_clusters", "clusterArns"):
        arns = _paged(ecs, "list_tasks", "taskArns", cluster=cluster, desiredStatus="RUNNING")
        for start in range(0, len(arns), 100):  # DescribeTasks takes a hundred at most
            for task in ecs.describe_tasks(cluster=cluster, tasks=arns[start : start + 100])["tasks"]:
                zone = task.get("availabilityZone")
                if zone in tasks and task["lastStatus"] == "RUNNING":
                    tasks[zone] += 1
                    healthy[zone] += task.get("healthStatus") == "HEALTHY"
    for zone in tasks:
        yield {"name": zone, "tasks": tasks[zone], "healthy": healthy[zone]}


def _databases(clients: Clients, region: str) -> Iterator[Row]:
    rds = clients.of("rds", region)
    zone_of = {
        it["DBInstanceIdentifier"]: it.get("AvailabilityZone")
        for it in _paged(rds, "describe_db_instances", "DBInstances")
    }
    for cluster in _paged(rds, "describe_db_clusters", "DBClusters"):
        yield {
            "name": cluster["DBClusterIdentifier"],
            "status": cluster["Status"],
            "members": [
                {
                    "name": member["DBInstanceIdentifier"],
                    "zone": zone_of.get(member["DBInstanceIdentifier"]),
                    "role": "writer" if member["IsClusterWriter"] else "reader",
                }
                for member in sorted(
                    cluster["DBClusterMembers"],
                    key=lambda it: (not it["IsClusterWriter"], it["DBInstanceIdentifier"]),
                )
            ],
        }


def _caches(clients: Clients, region: str) -> Iterator[Row]:
    elasticache = clients.of("elasticache", region)
    for group in _paged(elasticache, "describe_replication_groups", "ReplicationGroups"):
        members = [it for shard in group.get("NodeGroups", []) for it in shard.get("NodeGroupMembers", [])]
        yield {
            "name": group["ReplicationGroupId"],
            "status": group["Status"],
            "members": [
                {
                    "name": it["CacheClusterId"],
                    "zone": it.get("PreferredAvailabilityZone"),
                    "role": it.get("CurrentRole"),
                }
                for it in members
            ],
        }


def _queues(clients: Clients, region: str) -> Iterator[Row]:
    sqs = clients.of("sqs", region)
    wanted = ["ApproximateNumberOfMessages", "RedrivePolicy"]
    for url in sorted(_paged(sqs, "list_queues", "QueueUrls")):
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=wanted)["Attributes"]
        yield {
            "name": url.rsplit("/", 1)[-1],
            "messages": int(attributes["ApproximateNumberOfMessages"]),
            "has_dead_letter_queue": "RedrivePolicy" in attributes,
        }


def _alarms(clients: Clients, region: str) -> Iterator[Row]:
    cloudwatch = clients.of("cloudwatch", region)
    for alarm in _paged(cloudwatch, "describe_alarms", "MetricAlarms"):
        yield {"name": alarm["AlarmName"], "state": alarm["StateValue"]}


_READERS: Mapping[str, Callable[[Clients, str], Iterator[Row]]] = {
    "zones": _zones,
    "services": _services,
    "databases": _databases,
    "caches": _caches,
    "queues": _queues,
    "alarms": _alarms,
}


def _paged(client: Any, operation: str, key: str, **arguments: Any) -> list[Any]:
    pages = client.get_paginator(operation).paginate(**arguments)
    return [item for page in pages for item in page.get(key, [])]


def _table(name: str, rows: Sequence[Row]) -> Table:
    table = Table(*rows[0], title=name, title_justify="left", box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    return table


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(f"{it['role']} in {it['zone']}" for it in value)
    return (
        "-"
        if value is None
        else {True: "yes", False: "no"}.get(value, str(value))
        if isinstance(value, bool)
        else str(value)
    )
