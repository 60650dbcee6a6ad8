"""What is going to be broken: chosen by chance from what is there, with nothing changed yet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from chaos.exceptions import TargetMissing
from chaos.experiment import FailOver, LoseZone, PartnerDown, SlowTask, StopTask
from chaos.fis import FisAction
from chaos.place import Place, Standing

__all__ = ["Injection", "choose", "zone_of_single_roles"]

TASK = "aws:ecs:task"
CLUSTER = "aws:rds:cluster"


@dataclass(frozen=True)
class Injection:
    """One fault to come.

    Attributes:
        title: for a person. fault: for the twin's endpoint; or action: for FIS.
        zones, tasks: that are lost with it: their capacity counts for nothing. lost_of: tasks by service.
    """

    title: str
    fault: Mapping[str, Any] = field(default_factory=dict[str, Any])
    action: FisAction | None = None
    zones: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    lost_of: Mapping[str, int] = field(default_factory=dict[str, int])


def choose(
    what: Any, place: Place, chance: Random, most_seconds: float, zone: str | None = None
) -> Injection:
    """The fault that this seed means.

    Args: most_seconds: after which it ends by itself, should nobody end it. zone: where it has to be.

    Raises: TargetMissing: nothing there is what is meant; EstateAway.
    """
    return _CHOICES[type(what)](what, place, chance, most_seconds, zone)


def _zone(what: LoseZone, place: Place, chance: Random, most_seconds: float, zone: str | None) -> Injection:
    portal = _service(place, "portal")
    if what.holding == "writer-and-cache-primary":
        chosen = zone_of_single_roles(place, what.database, what.cache)
    else:
        there = sorted(it for it in place.zones if portal.by_zone[it])
        chosen = zone or _one_of(there, chance, "No zone has a healthy task of 'portal'")
    return Injection(
        f"{what.kind} of {chosen}",
        {"kind": what.kind, "zone": chosen, "seconds": most_seconds},
        zones=(chosen,),
    )


def zone_of_single_roles(place: Place, database: str, cache: str) -> str:
    """The zone of the database's writer and the cache's primary. Raises: TargetMissing: they are in two zones."""
    writer, primary = _writer_zone(place, database), _primary_zone(place, cache)
    if writer != primary:
        raise TargetMissing(
            f"The writer of {database!r} is in {writer} and the primary of {cache!r} in {primary}, so none has "
            f"both. Move one: aws rds failover-db-cluster --db-cluster-identifier {database}."
        )
    return writer


def _task(what: StopTask, place: Place, chance: Random, most_seconds: float, zone: str | None) -> Injection:
    arn = _task_of(place, what.service, chance)
    action = FisAction("aws:ecs:stop-task", TASK, "Tasks", (arn,))
    return Injection(
        f"a task of {what.service} is stopped", action=action, tasks=(arn,), lost_of={what.service: 1}
    )


def _slow(what: SlowTask, place: Place, chance: Random, most_seconds: float, zone: str | None) -> Injection:
    """Source: FIS user guide, actions reference, aws:ecs:task-network-latency: duration, delayMilliseconds."""
    arn = _task_of(place, what.service, chance)
    delay = {"delayMilliseconds": str(what.delay_milliseconds), "useEcsFaultInjectionEndpoints": "true"}
    action = FisAction("aws:ecs:task-network-latency", TASK, "Tasks", (arn,), int(most_seconds), delay)
    title = f"a task of {what.service} is {what.delay_milliseconds} ms late"
    return Injection(title, action=action, tasks=(arn,), lost_of={what.service: 1})


def _partner(
    what: PartnerDown, place: Place, chance: Random, most_seconds: float, zone: str | None
) -> Injection:
    _service(place, what.caller)
    if what.partner not in place.estate.partners:
        raise TargetMissing(
            f"{place.estate.environment.name!r} has no partner {what.partner!r}. There are "
            f"{', '.join(sorted(place.estate.partners))}."
        )
    host = f"{what.partner}.partners.{place.estate.environment.domain_name}"
    fault: dict[str, Any] = {"kind": "egress", "destination": host, "caller": what.caller}
    how = {"is_black_hole": True} if what.is_silent else {"abort_percent": 100.0}
    said = "is silent" if what.is_silent else "refuses"
    return Injection(f"{what.partner} {said} to {what.caller}", {**fault, **how, "seconds": most_seconds})


def _failover(
    what: FailOver, place: Place, chance: Random, most_seconds: float, zone: str | None
) -> Injection:
    arn = str(_cluster(place, what.database)["DBClusterArn"])
    action = FisAction("aws:rds:failover-db-cluster", CLUSTER, "Clusters", (arn,))
    return Injection(f"the writer of {what.database} fails over", action=action)


_CHOICES: Mapping[type, Callable[..., Injection]] = {
    LoseZone: _zone,
    StopTask: _task,
    SlowTask: _slow,
    PartnerDown: _partner,
    FailOver: _failover,
}


def _service(place: Place, name: str) -> Standing:
    standings = {it.name: it for it in place.standings()}
    if name not in standings:
        raise TargetMissing(
            f"{place.estate.environment.name!r} has no service {name!r}. There are {', '.join(sorted(standings))}."
        )
    return standings[name]


def _task_of(place: Place, service: str, chance: Random) -> str:
    arns = sorted(_service(place, service).tasks)
    return _one_of(arns, chance, f"No task of {service!r} is healthy")


def _one_of(found: Sequence[str], chance: Random, otherwise: str) -> str:
    if not found:
        raise TargetMissing(f"{otherwise}, so there is nothing to break. `estate status` says why.")
    return chance.choice(list(found))


def _cluster(place: Place, database: str) -> Mapping[str, Any]:
    clusters = place.aws("rds").describe_db_clusters()["DBClusters"]
    found = {it["DBClusterIdentifier"]: it for it in clusters}
    if database not in found:
        raise TargetMissing(f"There is no database {database!r}. There are {', '.join(sorted(found))}.")
    return found[database]


def _writer_zone(place: Place, database: str) -> str:
    members = _cluster(place, database)["DBClusterMembers"]
    writer = next((it["DBInstanceIdentifier"] for it in members if it["IsClusterWriter"]), None)
    if writer is None:
        raise TargetMissing(f"Database {database!r} has no writer. `estate status` says why.")
    found = place.aws("rds").describe_db_instances(DBInstanceIdentifier=writer)["DBInstances"]
    return str(found[0]["AvailabilityZone"])


def _primary_zone(place: Place, cache: str) -> str:
    groups = place.aws("elasticache").describe_replication_groups()["ReplicationGroups"]
    found = {it["ReplicationGroupId"]: it for it in groups}
    if cache not in found:
        raise TargetMissing(f"There is no cache {cache!r}. There are {', '.join(sorted(found))}.")
    nodes = [it for group in found[cache]["NodeGroups"] for it in group["NodeGroupMembers"]]
    primary = next((it for it in nodes if it.get("CurrentRole") == "primary"), None)
    if primary is None:
        raise TargetMissing(f"Cache {cache!r} has no primary. `estate status` says why.")
    return str(primary["PreferredAvailabilityZone"])
