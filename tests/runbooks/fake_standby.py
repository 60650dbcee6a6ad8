"""What the fake estate has in its standby region, and between the regions."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.runbooks.fake_estate import FakeEstate

PRIMARY, STANDBY = "eu-west-2", "eu-west-1"
GLOBAL = "global-core"
LOOKS = 2

INITIAL: Mapping[str, Any] = {
    "globals": {"writer": PRIMARY, "wanted": None, "waits": 0, "events": []},
    "minimums": {
        PRIMARY: {"case": 3, "cell-families": 3, "payments": 3, "portal": 3, "hub": 1},
        STANDBY: {"case": 1, "cell-families": 0, "payments": 1, "portal": 1, "hub": 0},
    },
    "tasks": {"case": 1, "cell-families": 0, "payments": 1, "portal": 1, "hub": 0},
    "check": {"Disabled": False, "Inverted": False},
    "waiting": 0,
}


def pass_(state: dict[str, Any]) -> None:
    """A second more: databases move, and ECS starts one task of each service that wants more."""
    moving = state["globals"]
    moving["waits"] = max(0, moving["waits"] - 1)
    if moving["wanted"] and not moving["waits"]:
        moving["writer"], moving["wanted"] = moving["wanted"], None
        text = f"Global failover to DB cluster core in Region {moving['writer']} finished."
        moving["events"].append([state["now"], text])
    for name, least in state["minimums"][STANDBY].items():
        state["tasks"][name] = max(state["tasks"][name], min(state["tasks"][name] + 1, least))
    state["waiting"] = max(0, state["waiting"] - 1)


def arn(region: str) -> str:
    return f"arn:aws:rds:{region}:123456789012:cluster:core"


class _Fake:
    def __init__(self, estate: "FakeEstate", region: str) -> None:
        self.estate, self.region = estate, region

    def get_paginator(self, operation: str) -> Any:
        return _Paginator(getattr(self, operation))


class _Paginator:
    def __init__(self, operation: Any) -> None:
        self._operation = operation

    def paginate(self, **given: Any) -> list[Any]:
        return [self._operation(**given)]


class Globals(_Fake):
    """The operations of RDS that global databases have, in either region."""

    def describe_global_clusters(self) -> Any:
        found = self.estate.state["globals"]
        members = [
            {
                "DBClusterArn": arn(it),
                "IsWriter": found["writer"] == it,
                "SynchronizationStatus": "connected",
            }
            for it in (PRIMARY, STANDBY)
        ]
        status = "failing-over" if found["wanted"] else "available"
        item = {"GlobalClusterIdentifier": GLOBAL, "Status": status, "GlobalClusterMembers": members}
        return {"GlobalClusters": [item]}

    def failover_global_cluster(self, AllowDataLoss: bool, **given: Any) -> None:
        assert AllowDataLoss
        assert self.region == STANDBY, "the primary region cannot be asked"
        self._move(**given)

    def switchover_global_cluster(self, **given: Any) -> None:
        assert not self.estate.state["waiting"], "what waits in the standby's queues is stored first"
        self._move(**given)

    def _move(self, GlobalClusterIdentifier: str, TargetDbClusterIdentifier: str) -> None:
        region = TargetDbClusterIdentifier.split(":")[3]
        found = self.estate.state["globals"]
        if GlobalClusterIdentifier != GLOBAL or found["wanted"] or found["writer"] == region:
            error = {"Error": {"Code": "InvalidGlobalClusterStateFault", "Message": "not now"}}
            raise ClientError(error, "FailoverGlobalCluster")  # type: ignore[arg-type]
        self.estate.written(lambda state: state["globals"].update(wanted=region, waits=LOOKS))


class StandbyRds(Globals):
    def describe_db_clusters(self, DBClusterIdentifier: str) -> Any:
        members = [{"DBInstanceIdentifier": "core-1", "IsClusterWriter": False}]
        item = {
            "DBClusterIdentifier": DBClusterIdentifier,
            "Status": "available",
            "DBClusterMembers": members,
        }
        return {"DBClusters": [item]}

    def describe_db_instances(self, **_: Any) -> Any:
        item = {"DBInstanceIdentifier": "core-1", "AvailabilityZone": "a", "DBInstanceStatus": "available"}
        return {"DBInstances": [item]}

    def describe_events(self, **_: Any) -> Any:
        told = self.estate.state["globals"]["events"]
        return {"Events": [{"Date": datetime.fromtimestamp(at, UTC), "Message": text} for at, text in told]}


class StandbyEcs(_Fake):
    def list_services(self, **_: Any) -> Any:
        return {"serviceArns": [f"arn/{name}" for name in self.estate.state["tasks"]]}

    def describe_services(self, services: list[str], **_: Any) -> Any:
        return {"services": [self._service(it.rpartition("/")[2]) for it in services]}

    def _service(self, name: str) -> Any:
        state = self.estate.state
        running = state["tasks"][name]
        deployment = {"status": "PRIMARY", "runningCount": running}
        desired = max(running, state["minimums"][STANDBY][name])
        return {"serviceName": name, "desiredCount": desired, "deployments": [deployment]}


class StandbyCaches(_Fake):
    def describe_replication_groups(self) -> Any:
        return {"ReplicationGroups": [{"ReplicationGroupId": "sessions", "Status": "available"}]}


class Scaling(_Fake):
    def describe_scalable_targets(self, **_: Any) -> Any:
        found = self.estate.state["minimums"][self.region]
        return {
            "ScalableTargets": [
                {"ResourceId": f"service/estate/{name}", "MinCapacity": it, "MaxCapacity": 9}
                for name, it in found.items()
            ]
        }

    def register_scalable_target(self, ResourceId: str, MinCapacity: int, **_: Any) -> None:
        name = ResourceId.rpartition("/")[2]
        self.estate.written(lambda state: state["minimums"][self.region].update({name: MinCapacity}))


class Route53(_Fake):
    def list_hosted_zones(self) -> Any:
        return {"HostedZones": [{"Id": "/hostedzone/Z"}]}

    def list_resource_record_sets(self, **_: Any) -> Any:
        records = [
            {"Failover": "SECONDARY"},
            {"Failover": "PRIMARY", "HealthCheckId": "check"},
            {"Type": "NS"},
        ]
        return {"ResourceRecordSets": records}

    def get_health_check(self, HealthCheckId: str) -> Any:
        return {"HealthCheck": {"Id": HealthCheckId, "HealthCheckConfig": self.estate.state["check"]}}

    def update_health_check(self, HealthCheckId: str, Disabled: bool, Inverted: bool) -> None:
        def put(state: dict[str, Any]) -> None:
            is_written = state["globals"]["writer"] == STANDBY
            assert is_written, "people come before a database is written, or after it is not any more"
            state["check"] = {"Disabled": Disabled, "Inverted": Inverted}
            state["waiting"] = 0 if Disabled else 5

        self.estate.written(put)


class Queues(_Fake):
    def list_queues(self) -> Any:
        return {"QueueUrls": ["http://sqs/1/cell-families", "http://sqs/1/cell-families-dlq"]}

    def get_queue_attributes(self, QueueUrl: str, AttributeNames: list[str]) -> Any:
        waiting = 7 if QueueUrl.endswith("-dlq") else self.estate.state["waiting"]
        return {"Attributes": {AttributeNames[0]: str(waiting), AttributeNames[1]: "0"}}


EVERYWHERE: Mapping[str, Any] = {"application-autoscaling": Scaling, "route53": Route53, "sqs": Queues}
IN_STANDBY: Mapping[str, Any] = {"rds": StandbyRds, "ecs": StandbyEcs, "elasticache": StandbyCaches}
