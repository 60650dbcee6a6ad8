"""People, writers, primaries and tasks leave a zone, and come back when it is well.

A zonal shift moves what comes in at the load balancer and nothing else: calls between services, writers and primaries
stay. So tasks are moved too, by the subnets in which they may stand; that begins a deployment, and ECS starts the new
tasks before it stops the old ones.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runbooks import faults, zonal_shift
from runbooks.caches import groups_not_well, shards, test_failover
from runbooks.databases import cluster, fail_over, not_well
from runbooks.edge import not_served
from runbooks.playbook import Playbook, read_page
from runbooks.services import Service, allow, not_settled, services, tasks_by_service, zone_by_subnet
from runbooks.step import Facts, Scene, Step, StepKind
from runbooks.surroundings import Surroundings

__all__ = ["PLAYBOOK"]

AT_ONCE = 3
"""Services that are deployed at the same time: while it lasts each has up to twice its tasks."""

MOVE_SECONDS = 1500
"""For all services: an assumption. A deployment is there within some two minutes, and its alarms are not waited for."""

SPREAD = 1
"""By which zones may differ in tasks of a service that is spread as evenly as it can be."""


def _choose(around: Surroundings, seed: int) -> Mapping[str, Any]:
    return {"zone": around.zones[seed % len(around.zones)]}


def _zone(scene: Scene) -> str:
    return scene.settings["zone"]


# Before


def _all_well(scene: Scene) -> str | None:
    return next(_complaints(scene), None)


def _complaints(scene: Scene) -> Iterator[str]:
    if it := not_settled(services(scene)):
        yield it
    for name in scene.around.databases:
        if it := not_well(cluster(scene, name)):
            yield it
    if it := groups_not_well(scene):
        yield it


def _subnets(scene: Scene) -> Facts:
    """Where the tasks of every service may stand now, to put that back, and which of it is outside the zone."""
    zones, zone = zone_by_subnet(scene), _zone(scene)
    before = {it.name: list(it.subnets) for it in services(scene)}
    outside = {name: [it for it in ids if zones[it] != zone] for name, ids in before.items()}
    return {"subnets": before, "subnets_outside": outside}


def _has_room(scene: Scene) -> str | None:
    """The other zones can take everything. Source of what can be shifted: ARC developer guide, zonal shift."""
    nowhere = [name for name, ids in scene.facts["subnets_outside"].items() if not ids]
    if nowhere:
        return f"{', '.join(nowhere)} may stand in {_zone(scene)} only."
    if not zonal_shift.load_balancers(scene):
        return "No load balancer takes part in zonal shifts."
    for name in scene.around.databases:
        writer = cluster(scene, name).writer
        if writer and writer.zone == _zone(scene) and not cluster(scene, name).successor((_zone(scene),)):
            return f"Database cluster {name} has no reader outside {_zone(scene)} that could write."
    return None


# Trouble


def _fault(scene: Scene) -> Mapping[str, Any]:
    return {"kind": "zone-power-loss", "zone": _zone(scene)}


def _not_lost(scene: Scene) -> str | None:
    return None if faults.active(scene.around, _fault(scene)) else f"{_zone(scene)} has power."


def _still_lost(scene: Scene) -> str | None:
    return f"{_zone(scene)} has no power." if faults.active(scene.around, _fault(scene)) else None


def _take_power(scene: Scene) -> None:
    faults.begin(scene.around, _fault(scene))


def _give_power(scene: Scene) -> None:
    faults.end(scene.around, _fault(scene))


# Away


def _writers_there(scene: Scene) -> str | None:
    found = [cluster(scene, name) for name in scene.around.databases]
    there = [it.name for it in found if it.writer is None or it.writer.zone == _zone(scene)]
    return f"The writer of {', '.join(there)} is in {_zone(scene)}, or nobody writes." if there else None


def _move_writers(scene: Scene) -> None:
    for name in scene.around.databases:
        found = cluster(scene, name)
        successor = found.successor((_zone(scene),))
        if found.writer and found.writer.zone == _zone(scene) and successor:
            fail_over(scene, found, successor.name)


def _primaries_there(scene: Scene) -> str | None:
    there = [it.group for it in shards(scene) if it.zone in (_zone(scene), "")]
    return f"The primary of {', '.join(there)} is in {_zone(scene)}, or there is none." if there else None


def _move_primaries(scene: Scene) -> None:
    for shard in shards(scene):
        if shard.zone == _zone(scene):
            test_failover(scene, shard)


def _unmoved(found: Sequence[Service], wanted: Mapping[str, Sequence[str]]) -> list[Service]:
    """Services whose tasks may not yet stand exactly where they are to, or are not all there."""
    return [it for it in found if set(it.subnets) != set(wanted[it.name]) or not it.is_settled]


def _move(scene: Scene, wanted: Mapping[str, Sequence[str]]) -> None:
    """The first few that are not moved are asked to be; the next come when those have been."""
    found = [it for it in services(scene) if it.name in wanted]
    for service in _unmoved(found, wanted)[:AT_ONCE]:
        allow(scene, service, wanted[service.name])


def _not_moved(scene: Scene, wanted: Mapping[str, Sequence[str]]) -> str | None:
    names = [it.name for it in _unmoved([it for it in services(scene) if it.name in wanted], wanted)]
    return f"Not all tasks of {', '.join(names)} stand where they may." if names else None


def _tasks_there(scene: Scene) -> str | None:
    if lacking := _not_moved(scene, scene.facts["subnets_outside"]):
        return lacking
    there = [name for name, zones in tasks_by_service(scene).items() if zones[_zone(scene)]]
    return f"Tasks of {', '.join(sorted(there))} still run in {_zone(scene)}." if there else None


# Without the zone, and back


def _not_enough(scene: Scene) -> str | None:
    """As many healthy tasks stand outside the zone as are wanted, and people are served."""
    tasks = tasks_by_service(scene)
    for service in services(scene):
        zones = tasks.get(service.name, {})
        outside = sum(count for zone, count in zones.items() if zone != _zone(scene))
        if outside < service.desired:
            return f"{service.name} has {outside} healthy tasks outside {_zone(scene)}, and wants {service.desired}."
    return not_served(scene)


def _zone_ill(scene: Scene) -> str | None:
    for name in scene.around.databases:
        if it := not_well(cluster(scene, name)):
            return it
    return groups_not_well(scene)


def _tasks_away(scene: Scene) -> str | None:
    return _not_moved(scene, scene.facts["subnets"])


def _still_shifted(scene: Scene) -> str | None:
    return (
        f"A zonal shift leads away from {_zone(scene)}." if zonal_shift.active(scene, _zone(scene)) else None
    )


def _not_spread(scene: Scene) -> str | None:
    tasks = tasks_by_service(scene)
    zones = zone_by_subnet(scene)
    for service in services(scene):
        held = tasks.get(service.name, {})
        counts = [held.get(zone, 0) for zone in {zones[it] for it in service.subnets}]
        if sum(counts) < service.desired:
            return f"{service.name} has {sum(counts)} healthy tasks, and wants {service.desired}."
        if max(counts, default=0) - min(counts, default=0) > SPREAD:
            return f"{service.name} is not spread over the zones: {counts}."
    return _all_well(scene) or not_served(scene)


STEPS = (
    Step("all-is-well", "See that nothing else is broken", StepKind.PRECHECK, 5, _all_well),
    Step("others-have-room", "See that the other zones can take everything", StepKind.PRECHECK, 5, _has_room,
         prepare=_subnets),
    Step("zone-is-lost", "The zone loses power", StepKind.DRILL, 30, _not_lost, _take_power, undo=_give_power,
         would=lambda it: f"would take the power of {_zone(it)}, for half an hour at most"),
    Step("shift-traffic", "Lead people away from the zone", StepKind.ACTION, 60,
         lambda it: zonal_shift.not_shifted(it, _zone(it)), lambda it: zonal_shift.start(it, _zone(it)),
         would=lambda it: f"would shift {len(zonal_shift.load_balancers(it))} load balancer(s) away from {_zone(it)}"),
    Step("move-writers", "Move database writers out of the zone", StepKind.ACTION, 180, _writers_there, _move_writers,
         would=lambda it: _writers_there(it) or f"nothing to move: no writer is in {_zone(it)}"),
    Step("move-primaries", "Move cache primaries out of the zone", StepKind.ACTION, 180, _primaries_there,
         _move_primaries, would=lambda it: _primaries_there(it) or f"nothing to move: no primary is in {_zone(it)}"),
    Step("move-tasks", "Move tasks out of the zone", StepKind.ACTION, MOVE_SECONDS, _tasks_there,
         lambda it: _move(it, it.facts["subnets_outside"]),
         would=lambda it: f"would let {', '.join(it.facts.get('subnets', ()))} stand outside {_zone(it)} only"),
    Step("served-without-zone", "See that people are served without the zone", StepKind.VERIFY, 120, _not_enough),
    Step("zone-is-back", "The zone has power again", StepKind.DRILL, 60, _still_lost, _give_power, ends="zone-is-lost",
         would=lambda it: f"would give {_zone(it)} its power back"),
    Step("zone-is-well", "See that databases and caches are whole again", StepKind.VERIFY, 900, _zone_ill),
    Step("tasks-return", "Let tasks stand in the zone again", StepKind.ACTION, MOVE_SECONDS, _tasks_away,
         lambda it: _move(it, it.facts["subnets"]),
         would=lambda it: "would put every service's subnets back as they were"),
    Step("traffic-returns", "Lead people into the zone again", StepKind.ACTION, 60, _still_shifted,
         lambda it: zonal_shift.cancel(it, _zone(it)), would=lambda it: "would cancel the zonal shifts"),
    Step("all-is-spread", "See that everything is spread over the zones again", StepKind.VERIFY, 900, _not_spread),
)  # fmt: skip

PLAYBOOK = Playbook(read_page("runbooks.zone_evacuation"), STEPS, _choose)
