"""What an environment's own AWS API says of it: the same questions to AWS and to a twin."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalogue import Estate
from estate.aws import Clients

__all__ = ["ASPECTS", "HEALTH", "Observation", "Row", "observe"]

Row = dict[str, Any]


@dataclass(frozen=True)
class Observation:
    """Rows by aspect; every row names its region."""

    zones: Sequence[Row] = field(default_factory=list[Row])
    services: Sequence[Row] = field(default_factory=list[Row])
    databases: Sequence[Row] = field(default_factory=list[Row])
    caches: Sequence[Row] = field(default_factory=list[Row])
    queues: Sequence[Row] = field(default_factory=list[Row])
    alarms: Sequence[Row] = field(default_factory=list[Row])

    def complaints(self) -> list[str]:
        """Why it is not healthy, a sentence each; empty where it is."""
        return [
            *(_short(row) for row in self.services if _is_short(row)),
            *(_failed(row) for row in self.services if row["rollout"] == "FAILED"),
            *(
                f"{row['name']} ({row['region']}) is {row['status']}"
                for row in (*self.databases, *self.caches)
                if row["status"] != "available"
            ),
            *(
                f"{member['name']} ({row['region']}) is {member['status']}"
                for row in self.databases
                for member in row["members"]
                if member["status"] != "available"
            ),
        ]


def _is_short(row: Row) -> bool:
    return min(row["running"], row["healthy"]) < row["desired"] or row["deploying"]


def _short(row: Row) -> str:
    state = f"{row['running']} of {row['desired']} tasks run, {row['healthy']} are healthy"
    return f"{row['name']} ({row['region']}): {state}" + (
        ", a deployment is on its way" if row["deploying"] else ""
    )


def _failed(row: Row) -> str:
    why = f" ({row['failure']})" if row["failure"] else ""
    return f"{row['name']} ({row['region']}): its deployment failed{why}, so ECS starts no task for it; deploy it anew"


def observe(estate: Estate, clients: Clients, aspects: Iterable[str] | None = None) -> Observation:
    """What the API answers now. Args: aspects: fields of the observation; the others stay empty.

    Raises: botocore's errors, where the API does not answer or refuses.
    """
    regions = [region.name for region in estate.environment.regions]
    rows = {
        aspect: [{"region": region} | row for region in regions for row in _READERS[aspect](clients, region)]
        for aspect in aspects or ASPECTS
    }
    return Observation(**rows)


def _services(clients: Clients, region: str) -> Iterator[Row]:
    ecs = clients.of("ecs", region)
    healthy = Counter(
        task["group"] for task in _tasks(clients, region) if task.get("healthStatus") == "HEALTHY"
    )
    for cluster in _paged(ecs, "list_clusters", "clusterArns"):
        arns = _paged(ecs, "list_services", "serviceArns", cluster=cluster)
        for some in _portions(arns, 10):  # DescribeServices takes ten at most
            described = ecs.describe_services(cluster=cluster, services=some)["services"]
            for service in sorted(described, key=lambda it: it["serviceName"]):
                of_targets = _healthy_targets(clients, region, service)
                name = service["serviceName"]
                yield {
                    "name": name,
                    "desired": service["desiredCount"],
                    "running": service["runningCount"],
                    "healthy": healthy[f"service:{name}"] if of_targets is None else of_targets,
                    "deploying": len(service.get("deployments", [])) > 1,
                    "rollout": (rollout := _rollout(service)),
                    "failure": _failure(ecs, cluster, service) if rollout == "FAILED" else None,
                }


def _rollout(service: Mapping[str, Any]) -> str | None:
    """How far the primary deployment has come: IN_PROGRESS, COMPLETED, FAILED."""
    return _primary(service).get("rolloutState")


def _primary(service: Mapping[str, Any]) -> Mapping[str, Any]:
    """Its primary deployment; empty where ECS tells of none."""
    return next((it for it in service.get("deployments", ()) if it["status"] == "PRIMARY"), {})


def _failure(ecs: Any, cluster: str, service: Mapping[str, Any]) -> str | None:
    """Why the primary deployment failed, and what ended the task that ended last; ECS tells of one for an hour."""
    reasons = [_primary(service).get("rolloutStateReason", "")]
    name = service["serviceName"]
    arns = ecs.list_tasks(cluster=cluster, serviceName=name, desiredStatus="STOPPED")["taskArns"]
    if arns:
        stopped = ecs.describe_tasks(cluster=cluster, tasks=arns[:100])["tasks"]
        last = max(stopped, key=lambda it: str(it.get("stoppedAt", "")))
        codes = [it["exitCode"] for it in last.get("containers", ()) if it.get("exitCode") is not None]
        code = f", exit code {codes[0]}" if codes else ""
        reasons.append(f"a task's end: {last.get('stoppedReason', 'unknown')}{code}")
    return "; ".join(it.rstrip(".") for it in reasons if it) or None


def _healthy_targets(clients: Clients, region: str, service: Mapping[str, Any]) -> int | None:
    """Of what stands behind a load balancer; None for a service that none asks."""
    groups = [it["targetGroupArn"] for it in service.get("loadBalancers", []) if it.get("targetGroupArn")]
    if not groups:
        return None
    elb = clients.of("elbv2", region)
    health = elb.describe_target_health(TargetGroupArn=groups[0])["TargetHealthDescriptions"]
    return sum(it["TargetHealth"]["State"] == "healthy" for it in health)


def _tasks(clients: Clients, region: str) -> Iterator[Mapping[str, Any]]:
    ecs = clients.of("ecs", region)
    for cluster in _paged(ecs, "list_clusters", "clusterArns"):
        arns = _paged(ecs, "list_tasks", "taskArns", cluster=cluster, desiredStatus="RUNNING")
        for some in _portions(arns, 100):  # DescribeTasks takes a hundred at most
            yield from ecs.describe_tasks(cluster=cluster, tasks=some)["tasks"]


def _zones(clients: Clients, region: str) -> Iterator[Row]:
    subnets = _paged(clients.of("ec2", region), "describe_subnets", "Subnets")
    names = sorted({it["AvailabilityZone"] for it in subnets})
    running = [task for task in _tasks(clients, region) if task["lastStatus"] == "RUNNING"]
    tasks = Counter(task.get("availabilityZone") for task in running)
    healthy = Counter(it.get("availabilityZone") for it in running if it.get("healthStatus") == "HEALTHY")
    for name in names:
        yield {"name": name, "tasks": tasks[name], "healthy": healthy[name]}


def _databases(clients: Clients, region: str) -> Iterator[Row]:
    rds = clients.of("rds", region)
    instances = {it["DBInstanceIdentifier"]: it for it in _paged(rds, "describe_db_instances", "DBInstances")}
    for cluster in _paged(rds, "describe_db_clusters", "DBClusters"):
        members = sorted(
            cluster["DBClusterMembers"],
            key=lambda it: (not it["IsClusterWriter"], it["DBInstanceIdentifier"]),
        )
        yield {
            "name": cluster["DBClusterIdentifier"],
            "status": cluster["Status"],
            "members": [_instance(it, instances.get(it["DBInstanceIdentifier"], {})) for it in members],
        }


def _instance(member: Mapping[str, Any], instance: Mapping[str, Any]) -> Row:
    return {
        "name": member["DBInstanceIdentifier"],
        "zone": instance.get("AvailabilityZone"),
        "role": "writer" if member["IsClusterWriter"] else "reader",
        "status": instance.get("DBInstanceStatus", "unknown"),
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
ASPECTS = tuple(_READERS)
HEALTH = ("services", "databases", "caches")
"""What must be well before an environment is."""


def _portions(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _paged(client: Any, operation: str, key: str, **arguments: Any) -> list[Any]:
    pages = client.get_paginator(operation).paginate(**arguments)
    return [item for page in pages for item in page.get(key, [])]
