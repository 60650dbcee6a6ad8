"""What is going to be broken: chosen by chance from what is there, with nothing changed yet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from chaos import stores
from chaos.exceptions import TargetMissing
from chaos.experiment import WRITER_AND_PRIMARY, FailOver, LoseZone, PartnerDown, SlowTask, StopTask
from chaos.fis import FisAction
from chaos.place import Place, Standing

__all__ = ["Injection", "choose"]

TASK = "aws:ecs:task"
CLUSTER = "aws:rds:cluster"


def _cannot_be_idle() -> str | None:
    """Of a fault that lasts: whether it was at work until it was undone is seen then."""
    return None


@dataclass(frozen=True)
class Injection:
    """One fault to come.

    Attributes:
        title: for a person. fault: for the twin's endpoint; or action: for FIS.
        zones, tasks: that are lost with it: their capacity counts for nothing. lost_of: tasks by service.
        idle: asked afterwards why it changed nothing, as a sentence; None where it did.
    """

    title: str
    fault: Mapping[str, Any] = field(default_factory=dict[str, Any])
    action: FisAction | None = None
    zones: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    lost_of: Mapping[str, int] = field(default_factory=dict[str, int])
    idle: Callable[[], str | None] = _cannot_be_idle


def choose(
    what: Any, place: Place, chance: Random, most_seconds: float, zone: str | None = None
) -> Injection:
    """The fault that this seed means.

    Args: most_seconds: after which it ends by itself, should nobody end it. zone: where it has to be.

    Raises: TargetMissing: nothing there is what is meant; EstateAway.
    """
    return _CHOICES[type(what)](what, place, chance, most_seconds, zone)


def _zone(what: LoseZone, place: Place, chance: Random, most_seconds: float, zone: str | None) -> Injection:
    chosen = zone or _zone_of(what, place, chance)
    return Injection(
        f"{what.kind} of {chosen}",
        {"kind": what.kind, "zone": chosen, "seconds": most_seconds},
        zones=(chosen,),
    )


def _zone_of(what: LoseZone, place: Place, chance: Random) -> str:
    portal = _service(place, "portal")
    if what.holding == WRITER_AND_PRIMARY:
        return stores.zone_of_single_roles(place, what.database, what.cache)
    there = sorted(it for it in place.zones if portal.by_zone[it])
    return _one_of(there, chance, "No zone has a healthy task of 'portal'")


def _task(what: StopTask, place: Place, chance: Random, most_seconds: float, zone: str | None) -> Injection:
    arn = _task_of(place, what.service, chance)
    action = FisAction("aws:ecs:stop-task", TASK, "Tasks", (arn,))

    def idle() -> str | None:
        stands = arn in _service(place, what.service).tasks
        return f"Task {arn} stands still, so nothing was stopped." if stands else None

    title = f"a task of {what.service} is stopped"
    return Injection(title, action=action, tasks=(arn,), lost_of={what.service: 1}, idle=idle)


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
    arn = str(stores.cluster(place, what.database)["DBClusterArn"])
    before = stores.writer(place, what.database)
    action = FisAction("aws:rds:failover-db-cluster", CLUSTER, "Clusters", (arn,))

    def idle() -> str | None:
        writes = stores.writer(place, what.database) == before
        return (
            f"{before} is the writer of {what.database} as before, so nothing failed over."
            if writes
            else None
        )

    return Injection(f"the writer of {what.database} fails over", action=action, idle=idle)


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
