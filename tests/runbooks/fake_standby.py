"""What the fake estate has in its standby region, and between the regions."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from tests.runbooks.fake_client import FakeClient

PRIMARY, STANDBY = "eu-west-2", "eu-west-1"
GLOBAL = "global-core"
LOOKS = 2
MOVE_LOOKS = 5
"""Until databases have moved: longer than tasks need to start."""
ROUNDS = 3
"""In which checkers must be answered well, one after the other, before the name leads to the primary region again."""
BY_QUEUE = "exchange"
"""A service that has a task only while something waits in its queue; the others are scaled by their requests."""

INITIAL: Mapping[str, Any] = {
    "globals": {"writer": PRIMARY, "wanted": None, "waits": 0, "resync": 0, "events": [], "refuses": False},
    "minimums": {
        PRIMARY: {"case": 3, "cell-families": 3, "payments": 3, "portal": 3, "hub": 1, BY_QUEUE: 0},
        STANDBY: {"case": 1, "cell-families": 0, "payments": 1, "portal": 1, "hub": 0, BY_QUEUE: 0},
    },
    "desired": {"case": 1, "cell-families": 0, "payments": 1, "portal": 1, "hub": 0, BY_QUEUE: 0},
    "tasks": {"case": 1, "cell-families": 0, "payments": 1, "portal": 1, "hub": 0, BY_QUEUE: 0},
    "check": {"Disabled": False, "Inverted": False},
    "answer": "Success: HTTP Status Code 200, OK",
    "answered": ROUNDS,
    "led": {"to": PRIMARY, "otherwise_for": 0},
    "dark": 0,
    "waiting": 0,
}


def is_lost(state: Mapping[str, Any]) -> bool:
    """No zone of the primary region has power."""
    return {it["zone"] for it in state["faults"]} >= set(state["subnets"].values())


def serves(state: Mapping[str, Any]) -> bool:
    """Whether people are served who come where the name leads."""
    away = state["led"]["to"] == STANDBY
    return state["globals"]["writer"] == STANDBY if away else not is_lost(state)


def pass_(state: dict[str, Any]) -> None:
    """A second more: databases move, ECS starts or stops a task of each service, and the name may lead elsewhere."""
    state["dark"] = LOOKS if is_lost(state) else max(0, state["dark"] - 1)
    _move(state["globals"], state["now"], lost=is_lost(state))
    _scale(state)
    state["waiting"] = max(0, state["waiting"] - 1)
    _lead(state)


def _move(moving: dict[str, Any], now: float, *, lost: bool) -> None:
    moving["waits"] = max(0, moving["waits"] - 1)
    moving["resync"] = LOOKS if lost else max(0, moving["resync"] - 1)
    if moving["wanted"] and not moving["waits"]:
        moving["writer"], moving["wanted"], moving["resync"] = moving["wanted"], None, LOOKS
        text = f"Global failover to DB cluster core in Region {moving['writer']} finished."
        moving["events"].append([now, text])


def _scale(state: dict[str, Any]) -> None:
    """Target tracking asks for more where there are too few, and takes nothing where no requests come."""
    desired, tasks = state["desired"], state["tasks"]
    for name, least in state["minimums"][STANDBY].items():
        if name == BY_QUEUE:
            desired[name] = max(least, min(1, state["waiting"]))
        desired[name] = max(desired[name], least)
        tasks[name] += (desired[name] > tasks[name]) - (desired[name] < tasks[name])


def _lead(state: dict[str, Any]) -> None:
    """Route 53 answers with the standby where the primary is ill and every group there has a task."""
    is_asked = not state["check"]["Disabled"] and not is_lost(state)
    is_good = is_asked and state["answer"].startswith("Success")
    state["answered"] = min(ROUNDS, state["answered"] + 1) if is_good else 0
    has_tasks = all(count for name, count in state["tasks"].items() if name != BY_QUEUE)
    wanted = PRIMARY if state["answered"] == ROUNDS or not has_tasks else STANDBY
    led = state["led"]
    led["otherwise_for"] = led["otherwise_for"] + 1 if wanted != led["to"] else 0
    if led["otherwise_for"] > LOOKS:
        led.update(to=wanted, otherwise_for=0)
        assert wanted == PRIMARY or state["globals"]["writer"] == STANDBY, (
            "people come before a database is written"
        )


def arn(region: str) -> str:
    return f"arn:aws:rds:{region}:123456789012:cluster:core"


def refused(operation: str) -> ClientError:
    error = {"Error": {"Code": "InvalidGlobalClusterStateFault", "Message": "not now"}}
    return ClientError(error, operation)  # type: ignore[arg-type]


class Globals(FakeClient):
    """The operations of RDS that global databases have, in either region."""

    def describe_global_clusters(self) -> Any:
        found = self.estate.state["globals"]
        members = [
            {
                "DBClusterArn": arn(it),
                "IsWriter": found["writer"] == it,
                "SynchronizationStatus": "connected"
                if found["writer"] == it or not found["resync"]
                else "pending-resync",
            }
            for it in (PRIMARY, STANDBY)
        ]
        status = "failing-over" if found["wanted"] else "available"
        item = {"GlobalClusterIdentifier": GLOBAL, "Status": status, "GlobalClusterMembers": members}
        return {"GlobalClusters": [item]}

    def failover_global_cluster(self, AllowDataLoss: bool, **given: Any) -> None:
        assert AllowDataLoss
        assert is_lost(self.estate.state), "a region that works hands over everything"
        assert self.region == STANDBY, "the primary region cannot be asked"
        if self.estate.state["globals"]["refuses"]:
            raise refused("FailoverGlobalCluster")
        self._move(**given)

    def switchover_global_cluster(self, **given: Any) -> None:
        state = self.estate.state
        assert not is_lost(state), "a lost region hands nothing over"
        assert not state["waiting"], "what waits in the standby's queues is stored first"
        if state["globals"]["writer"] == STANDBY:
            assert state["led"]["to"] == PRIMARY, "people are led to a region that is written in no more"
        self._move(**given)

    def _move(self, GlobalClusterIdentifier: str, TargetDbClusterIdentifier: str) -> None:
        region = TargetDbClusterIdentifier.split(":")[3]
        found = self.estate.state["globals"]
        if GlobalClusterIdentifier != GLOBAL or found["wanted"] or found["writer"] == region:
            raise refused("FailoverGlobalCluster")
        self.estate.written(lambda state: state["globals"].update(wanted=region, waits=MOVE_LOOKS))


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


class StandbyEcs(FakeClient):
    def list_services(self, **_: Any) -> Any:
        return {"serviceArns": [f"arn/{name}" for name in self.estate.state["tasks"]]}

    def describe_services(self, services: list[str], **_: Any) -> Any:
        return {"services": [self._service(it.rpartition("/")[2]) for it in services]}

    def _service(self, name: str) -> Any:
        state = self.estate.state
        deployment = {"status": "PRIMARY", "runningCount": state["tasks"][name]}
        return {"serviceName": name, "desiredCount": state["desired"][name], "deployments": [deployment]}

    def update_service(self, service: str, desiredCount: int, **_: Any) -> None:
        assert desiredCount >= self.estate.state["minimums"][STANDBY][service], (
            "scaling would ask for more again"
        )
        self.estate.written(lambda state: state["desired"].update({service: desiredCount}))


class StandbyCaches(FakeClient):
    def describe_replication_groups(self) -> Any:
        return {"ReplicationGroups": [{"ReplicationGroupId": "sessions", "Status": "available"}]}


class Scaling(FakeClient):
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

        def put(state: dict[str, Any]) -> None:
            state["minimums"][self.region][name] = MinCapacity
            state["desired"][name] = max(state["desired"][name], MinCapacity)

        self.estate.written(put)


class Route53(FakeClient):
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

    def get_health_check_status(self, HealthCheckId: str) -> Any:
        state = self.estate.state
        said = "Failure: Connection refused." if is_lost(state) else state["answer"]
        return {
            "HealthCheckObservations": []
            if state["check"]["Disabled"]
            else [{"StatusReport": {"Status": it}} for it in (INITIAL["answer"], said)]
        }

    def update_health_check(self, HealthCheckId: str, Disabled: bool, Inverted: bool) -> None:
        def put(state: dict[str, Any]) -> None:
            is_written = state["globals"]["writer"] == STANDBY
            assert is_written, "people come before a database is written, or after it is not any more"
            state["check"] = {"Disabled": Disabled, "Inverted": Inverted}
            state["waiting"] = 0 if Disabled else 5

        self.estate.written(put)


class LoadBalancing(FakeClient):
    def describe_target_groups(self) -> Any:
        groups = [("portal-8080", ["balancer"]), ("nobody-uses", [])]
        return {
            "TargetGroups": [
                {"TargetGroupName": name, "TargetGroupArn": name, "LoadBalancerArns": used}
                for name, used in groups
            ]
        }

    def describe_target_health(self, TargetGroupArn: str) -> Any:
        states = ["unhealthy" if self.estate.state["dark"] else "healthy", "draining"]
        found = states if TargetGroupArn == "portal-8080" else []
        return {"TargetHealthDescriptions": [{"TargetHealth": {"State": it}} for it in found]}


class Queues(FakeClient):
    def list_queues(self) -> Any:
        return {"QueueUrls": ["http://sqs/1/cell-families", "http://sqs/1/cell-families-dlq"]}

    def get_queue_attributes(self, QueueUrl: str, AttributeNames: list[str]) -> Any:
        waiting = 7 if QueueUrl.endswith("-dlq") else self.estate.state["waiting"]
        return {"Attributes": {AttributeNames[0]: str(waiting), AttributeNames[1]: "0"}}


EVERYWHERE: Mapping[str, Any] = {
    "application-autoscaling": Scaling,
    "elbv2": LoadBalancing,
    "route53": Route53,
    "sqs": Queues,
}
IN_STANDBY: Mapping[str, Any] = {"rds": StandbyRds, "ecs": StandbyEcs, "elasticache": StandbyCaches}
