"""An estate in a file: as much of AWS's API, the fault endpoint and the edge as playbooks use, and its time.

What is asked for takes effect some looks later, as on AWS; asking again meanwhile is refused, as on AWS. The file
outlives a process that is killed, so that another one finds what the first had asked for.
"""

import copy
import hashlib
import json
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from botocore.exceptions import ClientError

from evidence import EnvironmentLabel
from evidence.ledger import Acknowledgement, Effect
from runbooks import Surroundings
from runbooks.runner import Clock
from tests.runbooks import fake_standby
from tests.runbooks.fake_client import FakeClient

ZONES = ("eu-west-2a", "eu-west-2b", "eu-west-2c")
LABEL = EnvironmentLabel("slice", "twin", "For tests.", "one task is one", "aws")
BEGIN = 1_800_000_000.0
LOOKS = 2
"""Until what was asked for has come about."""

INITIAL: Mapping[str, Any] = {
    "now": BEGIN,
    "calls": 0,
    "subnets": {f"subnet-{zone[-1]}": zone for zone in ZONES},
    "services": {
        name: {"desired": 3, "subnets": ["subnet-a", "subnet-b", "subnet-c"], "waits": 0}
        for name in ("case", "cell-families", "payments", "portal", "hub")
    },
    "clusters": {
        "core": {"writer": "core-1", "wanted": None, "waits": 0, "events": []},
        "sensitive": {"writer": "sensitive-2", "wanted": None, "waits": 0, "events": []},
    },
    "cache": {"primary": 0, "wanted": None, "waits": 0},
    "shifts": [],
    "faults": [],
    "records": {"core": {"a": "good", "b": "good", "late": "good"}},
    "stored": {"a": BEGIN - 3000, "b": BEGIN - 600, "late": BEGIN + 0.1},
    "uncopied": ["late"],
    "kept": None,
    **fake_standby.INITIAL,
}


class FakeEstate:
    """Attributes: killed_at: number of the write call after which this process is killed; None: never."""

    def __init__(self, file: Path, killed_at: int | None = None) -> None:
        self.file, self.killed_at = file, killed_at
        if not file.exists():
            self._save(copy.deepcopy(dict(INITIAL)))

    @property
    def state(self) -> dict[str, Any]:
        return json.loads(self.file.read_text())

    def change(self, changed: Callable[[dict[str, Any]], None]) -> None:
        state = self.state
        changed(state)
        self._save(state)

    def written(self, changed: Callable[[dict[str, Any]], None]) -> None:
        """A call that changes something was answered, or its caller was killed before the answer came."""

        def count(state: dict[str, Any]) -> None:
            changed(state)
            state["calls"] += 1

        self.change(count)
        if self.killed_at is not None and self.state["calls"] == self.killed_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def digest(self) -> str:
        """Of how everything stands, whenever that came about."""
        state = self.state
        kept = {name: it for name, it in state.items() if name not in ("now", "calls")}
        kept["services"] = {name: it["subnets"] for name, it in state["services"].items()}
        kept["cache"] = state["cache"]["primary"]
        kept["globals"] = state["globals"]["writer"]
        kept["clusters"] = {name: it["writer"] for name, it in state["clusters"].items()}
        return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()

    def clock(self) -> Clock:
        return Clock(lambda: self.state["now"], self._sleep)

    def surroundings(self, **other: Any) -> Surroundings:
        given: dict[str, Any] = {
            "label": LABEL,
            "aws": self._client,
            "primary": "eu-west-2",
            "zones": ZONES,
            "standby": fake_standby.STANDBY,
            "cluster": "estate",
            "databases": ("core", "sensitive"),
            "edge": "http://edge",
            "faults": "http://faults",
            "records": FakeRecords(self),
            "transport": httpx.MockTransport(self._answer),
        }
        return Surroundings(**(given | other))

    def _client(self, service: str, region: str) -> Any:
        if service in fake_standby.EVERYWHERE:
            return fake_standby.EVERYWHERE[service](self, region)
        if region == fake_standby.STANDBY:
            return fake_standby.IN_STANDBY[service](self, region)
        return _CLIENTS[service](self, region)

    def _sleep(self, seconds: float) -> None:
        def pass_(state: dict[str, Any]) -> None:
            state["now"] += seconds
            state["faults"] = [it for it in state["faults"] if it["until"] > state["now"]]
            fake_standby.pass_(state)
            for it in (*state["services"].values(), *state["clusters"].values(), state["cache"]):
                it["waits"] = max(0, it["waits"] - 1)
            for it in state["clusters"].values():
                if it["wanted"] and not it["waits"]:
                    it["writer"], it["wanted"] = it["wanted"], None
                    it["events"].append([state["now"], f"Completed failover to DB instance: {it['writer']}"])
            cache = state["cache"]
            if cache["wanted"] is not None and not cache["waits"]:
                cache["primary"], cache["wanted"] = cache["wanted"], None

        self.change(pass_)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "edge":
            return httpx.Response(200 if fake_standby.serves(self.state) else 503)
        if request.method == "POST":
            self._begin_fault(json.loads(request.content))
        if request.method == "DELETE":
            id_ = request.url.path.rpartition("/")[2]
            self.written(lambda state: state.update(faults=[it for it in state["faults"] if it["id"] != id_]))
        return httpx.Response(200, json={"faults": self.state["faults"]})

    def _begin_fault(self, fault: Mapping[str, Any]) -> None:
        """It ends by itself after its seconds."""

        def begin(state: dict[str, Any]) -> None:
            state["faults"].append({"id": fault["zone"], **fault, "until": state["now"] + fault["seconds"]})

        self.written(begin)

    def _save(self, state: Mapping[str, Any]) -> None:
        part = self.file.with_suffix(".part")
        part.write_text(json.dumps(state))
        part.replace(self.file)


class FakeRecords:
    """Applications by id; `late` came in the second in which they were spoiled, so no copy has it.

    The state's `uncopied` names those that no copy has.
    """

    def __init__(self, estate: FakeEstate) -> None:
        self._estate = estate

    def now(self, cluster: str) -> float:
        return self._estate.state["now"] + 0.25

    def count(self, cluster: str) -> int:
        return len(self._estate.state["records"][cluster])

    def spoil(self, cluster: str, mark: str) -> None:
        def spoil(state: dict[str, Any]) -> None:
            state["kept"] = state["records"][cluster]
            state["records"][cluster] = dict.fromkeys(state["kept"], "spoiled")

        self._estate.written(spoil)

    def spoiled(self, cluster: str, mark: str) -> int:
        return list(self._estate.state["records"][cluster].values()).count("spoiled")

    def oldest_spoiled(self, cluster: str, mark: str) -> float | None:
        state = self._estate.state
        left = [id_ for id_, it in state["records"][cluster].items() if it == "spoiled"]
        return min((state["stored"][it] for it in left), default=None)

    def repairable(self, cluster: str, copy: str, mark: str) -> int:
        state = self._estate.state
        return sum(state["records"][cluster][id_] == "spoiled" for id_ in state["records"][copy])

    def repair(self, cluster: str, copy: str, mark: str) -> None:
        self._estate.written(lambda state: state["records"][cluster].update(state["records"][copy]))

    def put_back(self, cluster: str, mark: str) -> None:
        def put_back(state: dict[str, Any]) -> None:
            if state["kept"]:
                state["records"][cluster] = state["kept"]
                state["kept"] = None

        self._estate.change(put_back)


class Books:
    """The estate kept every promise, but for those named. Attributes: lost: keys."""

    def __init__(self, lost: tuple[str, ...] = ()) -> None:
        self.lost = lost

    def effects(self, promises: Sequence[Acknowledgement]) -> dict[str, Effect]:
        return {it.key: Effect(0 if it.key in self.lost else 1) for it in promises}


class _Ecs(FakeClient):
    def list_services(self, **_: Any) -> Any:
        return {"serviceArns": [f"arn/{name}" for name in self.estate.state["services"]]}

    def describe_services(self, services: list[str], **_: Any) -> Any:
        found = self.estate.state["services"]
        return {"services": [self._service(it.rpartition("/")[2], found) for it in services]}

    def _service(self, name: str, found: Mapping[str, Any]) -> Any:
        service, is_dark = found[name], self.estate.state["dark"] > 0
        is_new = service["waits"] > 0
        primary = {
            "status": "PRIMARY",
            "runningCount": 0 if is_new or is_dark else service["desired"],
            "rolloutState": "",
        }
        return {
            "serviceName": name,
            "desiredCount": service["desired"],
            "networkConfiguration": {
                "awsvpcConfiguration": {
                    "subnets": service["subnets"],
                    "securityGroups": [f"sg-{name}"],
                    "assignPublicIp": "DISABLED",
                }
            },
            "deployments": [primary, *([{"status": "ACTIVE"}] if is_new else [])],
        }

    def update_service(self, service: str, networkConfiguration: Any, **_: Any) -> None:
        given = networkConfiguration["awsvpcConfiguration"]
        assert given["securityGroups"] == [f"sg-{service}"]

        def put(state: dict[str, Any]) -> None:
            waiting = sum(it["waits"] > 0 for it in state["services"].values())
            assert waiting < 3, "three services are deployed at once, and no more"
            state["services"][service].update(subnets=given["subnets"], waits=LOOKS)

        self.estate.written(put)

    def list_tasks(self, **_: Any) -> Any:
        return {
            "taskArns": [f"{name}/{index}" for name in self.estate.state["services"] for index in range(3)]
        }

    def describe_tasks(self, tasks: list[str], **_: Any) -> Any:
        state = self.estate.state
        return {"tasks": [self._task(it, state) for it in tasks]}

    def _task(self, arn: str, state: Mapping[str, Any]) -> Any:
        name, index = arn.split("/")
        subnets = state["services"][name]["subnets"]
        return {
            "group": f"service:{name}",
            "lastStatus": "RUNNING",
            "healthStatus": "HEALTHY",
            "availabilityZone": state["subnets"][subnets[int(index) % len(subnets)]],
        }


class _Ec2(FakeClient):
    def describe_subnets(self, **_: Any) -> Any:
        subnets = self.estate.state["subnets"]
        return {"Subnets": [{"SubnetId": id_, "AvailabilityZone": zone} for id_, zone in subnets.items()]}

    def describe_availability_zones(self, ZoneNames: list[str], **_: Any) -> Any:
        return {"AvailabilityZones": [{"ZoneId": f"euw2-az{1 + ZONES.index(it)}"} for it in ZoneNames]}


class _Rds(fake_standby.Globals):
    def describe_db_clusters(self, DBClusterIdentifier: str) -> Any:
        name = DBClusterIdentifier
        found = self._cluster(name)
        members = [
            {"DBInstanceIdentifier": it, "IsClusterWriter": found["writer"] == it}
            for it in self._names(found, name)
        ]
        document = {
            "DBClusterIdentifier": name,
            "Status": "failing-over" if found["wanted"] else "creating" if found["waits"] else "available",
            "DBClusterMembers": members,
            "DBSubnetGroup": "subnets",
            "DBClusterParameterGroup": "parameters",
            "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg"}],
            "EarliestRestorableTime": datetime.fromtimestamp(BEGIN - 3600, UTC),
            "LatestRestorableTime": datetime.fromtimestamp(self.estate.state["now"] - LOOKS, UTC),
        }
        return {"DBClusters": [document]}

    def _cluster(self, name: str) -> Any:
        clusters = self.estate.state["clusters"]
        if name not in clusters:
            error = {"Error": {"Code": "DBClusterNotFoundFault", "Message": name}}
            raise ClientError(error, "DescribeDBClusters")  # type: ignore[arg-type]
        return clusters[name]

    def _names(self, found: Mapping[str, Any], name: str) -> list[str]:
        return list(found.get("instances", [f"{name}-{it}" for it in (1, 2, 3)]))

    def describe_db_instances(self, Filters: Any = (), DBInstanceIdentifier: str = "") -> Any:
        name = Filters[0]["Values"][0] if Filters else DBInstanceIdentifier.rpartition("-")[0]
        instances = [
            {
                "DBInstanceIdentifier": it,
                "AvailabilityZone": zone,
                "DBInstanceStatus": "available",
                "DBInstanceClass": "db.t4g.medium",
                "Engine": "aurora-postgresql",
            }
            for it, zone in zip(self._names(self._cluster(name), name), ZONES, strict=False)
        ]
        return {"DBInstances": instances}

    def restore_db_cluster_to_point_in_time(
        self, DBClusterIdentifier: str, SourceDBClusterIdentifier: str, RestoreToTime: datetime, **given: Any
    ) -> None:
        assert RestoreToTime.timestamp() <= self.estate.state["now"] - LOOKS, (
            "not within the restorable window"
        )
        assert {"DBSubnetGroupName", "VpcSecurityGroupIds", "DBClusterParameterGroupName"} <= given.keys()

        def restore(state: dict[str, Any]) -> None:
            assert DBClusterIdentifier not in state["clusters"]
            new = {"writer": "", "wanted": None, "waits": LOOKS, "events": [], "instances": []}
            state["clusters"][DBClusterIdentifier] = new
            good = {id_: it for id_, it in state["kept"].items() if id_ not in state["uncopied"]}
            state["records"][DBClusterIdentifier] = good

        self.estate.written(restore)

    def create_db_instance(self, DBInstanceIdentifier: str, DBClusterIdentifier: str, **_: Any) -> None:
        def create(state: dict[str, Any]) -> None:
            found = state["clusters"][DBClusterIdentifier]
            assert not found["instances"]
            found.update(instances=[DBInstanceIdentifier], writer=DBInstanceIdentifier)

        self.estate.written(create)

    def delete_db_instance(self, DBInstanceIdentifier: str, **_: Any) -> None:
        cluster = DBInstanceIdentifier.rpartition("-")[0]
        self.estate.written(lambda state: state["clusters"][cluster].update(instances=[], writer=""))

    def delete_db_cluster(self, DBClusterIdentifier: str, **_: Any) -> None:
        def delete(state: dict[str, Any]) -> None:
            assert not state["clusters"][DBClusterIdentifier]["instances"]
            del state["clusters"][DBClusterIdentifier]
            del state["records"][DBClusterIdentifier]

        self.estate.written(delete)

    def failover_db_cluster(self, DBClusterIdentifier: str, TargetDBInstanceIdentifier: str) -> None:
        found = self.estate.state["clusters"][DBClusterIdentifier]
        if found["wanted"] or found["writer"] == TargetDBInstanceIdentifier:
            error = {"Error": {"Code": "InvalidDBClusterStateFault", "Message": "not now"}}
            raise ClientError(error, "FailoverDBCluster")  # type: ignore[arg-type]
        self.estate.written(
            lambda state: state["clusters"][DBClusterIdentifier].update(
                wanted=TargetDBInstanceIdentifier, waits=LOOKS
            )
        )

    def describe_events(self, SourceIdentifier: str, **_: Any) -> Any:
        events = self.estate.state["clusters"][SourceIdentifier]["events"]
        return {"Events": [{"Date": datetime.fromtimestamp(at, UTC), "Message": text} for at, text in events]}


class _ElastiCache(FakeClient):
    def describe_replication_groups(self) -> Any:
        cache = self.estate.state["cache"]
        members = [
            {
                "PreferredAvailabilityZone": zone,
                "CurrentRole": "primary" if index == cache["primary"] else "replica",
            }
            for index, zone in enumerate(ZONES)
        ]
        status = "available" if cache["wanted"] is None else "modifying"
        group = {"NodeGroupId": "0001", "NodeGroupMembers": members}
        return {
            "ReplicationGroups": [{"ReplicationGroupId": "sessions", "Status": status, "NodeGroups": [group]}]
        }

    def test_failover(self, **_: Any) -> None:
        assert self.estate.state["cache"]["wanted"] is None

        def put(state: dict[str, Any]) -> None:
            cache = state["cache"]
            cache.update(wanted=(cache["primary"] + 1) % 3, waits=LOOKS)

        self.estate.written(put)


class _Arc(FakeClient):
    def list_managed_resources(self) -> Any:
        return {"items": [{"arn": "arn:aws:elasticloadbalancing:::loadbalancer/app/estate/1"}]}

    def list_zonal_shifts(self, status: str) -> Any:
        return {"items": [it for it in self.estate.state["shifts"] if it["status"] == status]}

    def start_zonal_shift(self, resourceIdentifier: str, awayFrom: str, **_: Any) -> None:
        assert not self.list_zonal_shifts("ACTIVE")["items"], "a resource has one zonal shift at a time"
        shift = {"resourceIdentifier": resourceIdentifier, "awayFrom": awayFrom, "status": "ACTIVE"}
        self.estate.written(
            lambda state: state["shifts"].append(shift | {"zonalShiftId": str(len(state["shifts"]))})
        )

    def cancel_zonal_shift(self, zonalShiftId: str) -> None:
        self.estate.written(lambda state: state["shifts"][int(zonalShiftId)].update(status="CANCELED"))


_CLIENTS: Mapping[str, Callable[[FakeEstate, str], Any]] = {
    "ecs": _Ecs,
    "ec2": _Ec2,
    "rds": _Rds,
    "elasticache": _ElastiCache,
    "arc-zonal-shift": _Arc,
}
