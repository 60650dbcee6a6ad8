"""The standby region takes over from a lost one, and gives back when that is well.

Order matters twice. Going, databases move before people do: a region that is written in can serve whoever comes. Coming
back, people go first and databases last: what people send before there is a writer waits in queues of the region that
will have one, and what waits in the standby's queues has been stored by then.
"""

from collections.abc import Mapping
from typing import Any

from runbooks import faults
from runbooks.caches import groups_not_well
from runbooks.capacity import minimums, not_kept, put_minimums
from runbooks.databases import cluster, not_well
from runbooks.edge import not_served
from runbooks.global_databases import GlobalDatabase, fail_over, finished_at, global_databases, switch_over
from runbooks.names import LED_SECONDS, health_check, is_led_away, lead
from runbooks.playbook import Playbook, read_page
from runbooks.queues import not_drained
from runbooks.services import not_settled, services
from runbooks.step import Facts, Scene, Step, StepKind
from runbooks.surroundings import Surroundings

__all__ = ["PLAYBOOK"]


def _choose(around: Surroundings, seed: int) -> Mapping[str, Any]:
    return {"standby": around.standby}


def _standby(scene: Scene) -> str:
    return scene.settings["standby"]


# Before


def _not_ready(scene: Scene) -> str | None:
    if health_check(scene) is None:
        return "No name has a primary record with a health check and a secondary one, so nobody could be led away."
    found = global_databases(scene)
    if not found:
        return f"No global database has a cluster in {_standby(scene)}."
    for it in found:
        if lacking := it.not_written_in(scene.around.primary):
            return lacking
        if not it.is_connected:
            return f"A cluster of global database {it.name} does not follow."
    return _regions_ill(scene)


def _regions_ill(scene: Scene) -> str | None:
    """What is not well in either region."""
    for region in (scene.around.primary, _standby(scene)):
        if it := not_settled(services(scene, region)) or groups_not_well(scene, region):
            return f"In {region}: {it}"
    return _databases_ill(scene)


def _databases_ill(scene: Scene) -> str | None:
    for name in scene.around.databases:
        if it := not_well(cluster(scene, name)):
            return it
    for it in global_databases(scene):
        if ill := not_well(cluster(scene, _cluster(it, _standby(scene)), _standby(scene))):
            return ill
    return None


def _plan(scene: Scene) -> Facts:
    """Everything that must be known while the primary region cannot be asked."""
    here, there = minimums(scene, scene.around.primary), minimums(scene, _standby(scene))
    return {
        "check": health_check(scene),
        "minimums_before": there,
        "minimums_wanted": {name: max(it, here.get(name, it)) for name, it in there.items()},
    }


# Trouble


def _faults(scene: Scene) -> list[Mapping[str, Any]]:
    return [{"kind": "zone-power-loss", "zone": it} for it in scene.around.zones]


def _not_lost(scene: Scene) -> str | None:
    left = [it["zone"] for it in _faults(scene) if not faults.active(scene.around, it)]
    return f"{', '.join(left)} has power." if left else None


def _take_power(scene: Scene) -> None:
    for it in _faults(scene):
        faults.begin(scene.around, it)


def _still_lost(scene: Scene) -> str | None:
    lost = [it["zone"] for it in _faults(scene) if faults.active(scene.around, it)]
    return f"{', '.join(lost)} has no power." if lost else None


def _give_power(scene: Scene) -> None:
    for it in _faults(scene):
        faults.end(scene.around, it)


# To the standby


def _not_there(scene: Scene, region: str) -> str | None:
    """Which database is not written in the region, by what the region itself says."""
    return next((it for each in global_databases(scene, region) if (it := each.not_written_in(region))), None)


def _move(scene: Scene) -> None:
    for it in global_databases(scene, _standby(scene)):
        if it.writer != _standby(scene):
            fail_over(scene, it, _standby(scene))


def _moved(scene: Scene) -> Facts:
    """When RDS says that the last database was written in the standby region."""
    standby = _standby(scene)
    at = finished_at(scene, global_databases(scene, standby), standby, scene.facts["asked_after"])
    return {} if at is None else {"recovered_at": at, "recovered_source": "RDS event of the global failover"}


def _few(scene: Scene) -> str | None:
    """Which services of the standby region have fewer tasks than the primary's at the least."""
    wanted = scene.facts["minimums_wanted"]
    found = services(scene, _standby(scene))
    short = [it.name for it in found if it.desired < wanted.get(it.name, 0)]
    return f"{', '.join(short)} want too few tasks." if short else not_settled(found)


def _not_led(scene: Scene, *, away: bool) -> str | None:
    if is_led_away(scene, scene.facts["check"]) is away:
        return None
    return (
        f"The name still leads to {scene.around.primary}." if away else "The name still leads to the standby."
    )


def _not_served_there(scene: Scene) -> str | None:
    """People are served by the standby region, and databases are still written there."""
    return _not_there(scene, _standby(scene)) or not_served(scene)


# And back


def _ill(scene: Scene) -> str | None:
    """What of the primary region is not well: servers, caches, and clusters that have to follow again."""
    primary = scene.around.primary
    if it := not_settled(services(scene, primary)) or groups_not_well(scene, primary):
        return it
    for it in global_databases(scene):
        if not it.is_connected:
            return f"A cluster of global database {it.name} does not follow."
    return _databases_ill(scene)


def _not_all_led(scene: Scene) -> str | None:
    """Whether resolvers may still lead somebody to the standby."""
    left = scene.facts["led_back_after"] + LED_SECONDS - scene.now
    return f"For {left:.0f} s more, some may be led to the standby." if left > 0 else None


def _return(scene: Scene) -> None:
    for it in global_databases(scene):
        if it.writer != scene.around.primary:
            switch_over(scene, it, scene.around.primary)


def _not_as_before(scene: Scene) -> str | None:
    return _not_there(scene, scene.around.primary) or _regions_ill(scene) or not_served(scene)


def _cluster(found: GlobalDatabase, region: str) -> str:
    return found.members[region].rpartition(":")[2]


def _named(scene: Scene) -> str:
    return ", ".join(it.name for it in global_databases(scene))


STEPS = (
    Step("standby-is-ready", "See that the standby region can take over", StepKind.PRECHECK, 10, _not_ready,
         learn=_plan),
    Step("people-are-served", "See that people are served", StepKind.PRECHECK, 5, not_served),
    Step("region-is-lost", "Every zone of the primary region loses power", StepKind.DRILL, 60, _not_lost,
         _take_power, undo=_give_power,
         would=lambda it: f"would take the power of {', '.join(it.around.zones)}, for half an hour at most"),
    Step("ask-for-tasks", "Ask for as many tasks in the standby region as the primary had", StepKind.ACTION, 60,
         lambda it: not_kept(it, _standby(it), it.facts["minimums_wanted"]),
         lambda it: put_minimums(it, _standby(it), it.facts["minimums_wanted"]),
         would=lambda it: f"would keep at least {sum(it.facts['minimums_wanted'].values())} tasks in {_standby(it)}"),
    Step("databases-move", "Have the standby region's databases written", StepKind.ACTION, 900,
         lambda it: _not_there(it, _standby(it)), _move, prepare=lambda it: {"asked_after": it.now}, learn=_moved,
         would=lambda it: f"would fail {_named(it)} over to {_standby(it)}, without what has not reached it"),
    Step("tasks-are-there", "Wait until the standby region has its tasks", StepKind.VERIFY, 900, _few),
    Step("people-are-led", "Lead people to the standby region", StepKind.ACTION, 60,
         lambda it: _not_led(it, away=True), lambda it: lead(it, it.facts["check"], away=True),
         would=lambda it: f"would disable and invert the health check of {it.around.primary}"),
    Step("served-from-standby", "See that people are served by the standby region", StepKind.VERIFY, 300,
         _not_served_there),
    Step("region-is-back", "The primary region has power again", StepKind.DRILL, 60, _still_lost, _give_power,
         would=lambda it: f"would give {', '.join(it.around.zones)} their power back"),
    Step("region-is-well", "See that the primary region is well, and follows", StepKind.VERIFY, 1800, _ill),
    Step("people-return", "Lead people to the primary region again", StepKind.ACTION, 60,
         lambda it: _not_led(it, away=False), lambda it: lead(it, it.facts["check"], away=False),
         prepare=lambda it: {"led_back_after": it.now},
         would=lambda it: f"would enable the health check of {it.around.primary} again"),
    Step("nobody-is-left", "Wait until nobody is led to the standby region", StepKind.VERIFY, 300, _not_all_led),
    Step("standby-is-empty", "See that nothing waits in the standby region's queues", StepKind.VERIFY, 900,
         lambda it: not_drained(it, _standby(it))),
    Step("databases-return", "Have the primary region's databases written again", StepKind.ACTION, 900,
         lambda it: _not_there(it, it.around.primary), _return,
         would=lambda it: f"would switch {_named(it)} over to {it.around.primary}, with everything"),
    Step("fewer-tasks", "Let the standby region have as few tasks as before", StepKind.ACTION, 60,
         lambda it: not_kept(it, _standby(it), it.facts["minimums_before"]),
         lambda it: put_minimums(it, _standby(it), it.facts["minimums_before"]),
         would=lambda it: f"would keep at least {sum(it.facts['minimums_before'].values())} tasks in {_standby(it)}"),
    Step("all-is-as-before", "See that everything is as it was", StepKind.VERIFY, 900, _not_as_before),
)  # fmt: skip

PLAYBOOK = Playbook(read_page("runbooks.region_failover"), STEPS, _choose)
