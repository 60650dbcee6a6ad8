"""What the parts of an experiment act on in tests: an estate in memory, and a run whose evidence goes to a folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from catalogue import Estate, load_catalogue
from chaos.place import Place, Standing
from evidence import EnvironmentLabel, Kind, Run
from load_tests.estate_ledger import Books

__all__ = ["LABEL", "Caches", "Databases", "denied", "place", "run", "standing"]

LABEL = EnvironmentLabel("local", "twin", "", "a task is 8 slots", "aws")


def denied(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, "Asked")


def estate(name: str = "local") -> Estate:
    return load_catalogue().estate(name)


def place(
    clients: Mapping[str, Any] | None = None, standings: Sequence[Standing] = (), faults: str | None = None
) -> Place:
    """`local`, of which these clients of AWS's API answer, and these services stand."""
    known, of = clients or {}, estate()
    made = Place(of, "http://127.0.0.1:1", faults, LABEL, Books("http://127.0.0.1:1", None, True))
    made.make = lambda service, **_: known[service]
    made.standings = lambda: standings  # type: ignore[method-assign]
    return made


def run(root: Path) -> Run:
    return Run.begin(Kind.EXPERIMENT, "task-lost", LABEL, 1, {}, root, declares=("ledger", "faults"))


def standing(name: str, *zones: str, desired: int | None = None) -> Standing:
    """A service with a healthy task in each of these zones."""
    tasks = {f"{name}/{number}": zone for number, zone in enumerate(zones)}
    return Standing(name, len(zones) if desired is None else desired, len(zones), tasks)


class _Paged:
    """A client of which `describe_...` answers by pages."""

    def get_paginator(self, operation: str) -> Any:
        return SimpleNamespace(paginate=lambda: [getattr(self, operation)()])


class Databases(_Paged):
    """RDS with one cluster `core`. Attributes: zones: by instance; writer; status: of every instance."""

    def __init__(self, writer: str | None, status: str = "available", **zones: str) -> None:
        self.writer, self.status, self.zones = writer, status, zones
        self.asked: list[Mapping[str, Any]] = []

    def describe_db_clusters(self) -> dict[str, Any]:
        members = [{"DBInstanceIdentifier": it, "IsClusterWriter": it == self.writer} for it in self.zones]
        return {
            "DBClusters": [
                {"DBClusterIdentifier": "core", "DBClusterArn": "arn:core", "DBClusterMembers": members}
            ]
        }

    def describe_db_instances(self) -> dict[str, Any]:
        return {
            "DBInstances": [
                {
                    "DBInstanceIdentifier": name,
                    "DBClusterIdentifier": "core",
                    "AvailabilityZone": zone,
                    "DBInstanceStatus": self.status,
                }
                for name, zone in self.zones.items()
            ]
        }

    def failover_db_cluster(self, **asked: Any) -> None:
        self.asked.append(asked)
        self.writer = asked["TargetDBInstanceIdentifier"]


class Caches(_Paged):
    """ElastiCache with one group `sessions`. Attributes: primary: zone of its primary; None where it has none."""

    def __init__(self, primary: str | None, status: str = "available") -> None:
        self.primary, self.status = primary, status

    def describe_replication_groups(self) -> dict[str, Any]:
        members = [
            {
                "CurrentRole": "primary" if zone == self.primary else "replica",
                "PreferredAvailabilityZone": zone,
            }
            for zone in "abc"
        ]
        group = {
            "ReplicationGroupId": "sessions",
            "Status": self.status,
            "NodeGroups": [{"NodeGroupMembers": members}],
        }
        return {"ReplicationGroups": [group]}
