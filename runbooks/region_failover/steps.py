"""The standby region takes over from a lost one, and gives back when that is well.

Order matters twice. Going, databases move first, then tasks are asked for: Route 53 leads people to the standby region
by itself as soon as that has its tasks, and by then it is written in. Coming back, people go first and databases last:
what people send before there is a writer waits in queues of the region that will have one, and what waits in the
standby's queues has been stored by then.
"""

from collections.abc import Mapping
from typing import Any

from runbooks import faults
from runbooks.caches import groups_not_well
from runbooks.capacity import minimums, not_kept, put_minimums
from runbooks.databases import cluster, not_well
from runbooks.edge import not_served
from runbooks.global_databases import fail_over, global_databases, moved_at, switch_over
from runbooks.names import LED_SECONDS, health_check, is_led_away, lead, not_answered
from runbooks.playbook import Playbook, read_page
from runbooks.queues import not_drained
from runbooks.services import Service, not_settled, services, want
from runbooks.step import Facts, Scene, Step, StepKind, recovered
from runbooks.surroundings import Surroundings
from runbooks.target_groups import groups_not_served

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
        if not it.is_connected:
            return f"A cluster of global database {it.name} does not follow."
        if ill := not_well(cluster(scene, it.cluster(_standby(scene)), _standby(scene))):
            return ill
    return None


def _plan(scene: Scene) -> Facts:
    """Everything that must be known while the primary region cannot be asked."""
    here, there = minimums(scene, scene.around.primary), minimums(scene, _standby(scene))
    return {
        "check": health_check(scene),
        "minimums_before": there,
        "minimums_wanted": {name: max(it, here.get(name, it)) for name, it in there.items()},
        "desired_before": {it.name: it.desired for it in services(scene, _standby(scene))},
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
    """Without what has not reached it while the region is lost; one that works, after a resumption, hands all over."""
    move = fail_over if _not_lost(scene) is None else switch_over
    for it in global_databases(scene, _standby(scene)):
        if it.writer != _standby(scene):
            move(scene, it, _standby(scene))


def _moved(scene: Scene) -> Facts:
    """When RDS says that the last database was written in the standby region."""
    standby = _standby(scene)
    at = moved_at(scene, global_databases(scene, standby), standby, scene.facts["asked_after"])
    return recovered(at, "RDS event of the global failover")


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
    return _databases_ill(scene)


def _not_chosen(scene: Scene) -> str | None:
    """Why Route 53 would not answer with the primary region."""
    return not_answered(scene, scene.facts["check"]) or groups_not_served(scene, scene.around.primary)


def _not_all_led(scene: Scene) -> str | None:
    """Whether resolvers may still lead somebody to the standby."""
    left = scene.facts["chosen_since"] + LED_SECONDS - scene.now
    return f"For {left:.0f} s more, some may be led to the standby." if left > 0 else None


def _return(scene: Scene) -> None:
    for it in global_databases(scene):
        if it.writer != scene.around.primary:
            switch_over(scene, it, scene.around.primary)


def _grown(scene: Scene) -> list[Service]:
    """Services of the standby region that want more tasks than before."""
    before = scene.facts["desired_before"]
    return [it for it in services(scene, _standby(scene)) if it.desired > before.get(it.name, it.desired)]


def _too_many(scene: Scene) -> str | None:
    if lacking := not_kept(scene, _standby(scene), scene.facts["minimums_before"]):
        return lacking
    names = [it.name for it in _grown(scene)]
    return f"{', '.join(names)} want more tasks than before." if names else None


def _shrink(scene: Scene) -> None:
    """Scaling takes no tasks from a service that is tracked by its requests: where none come, it has no metric.

    Source: docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html: with
    insufficient data it does not scale in.
    """
    put_minimums(scene, _standby(scene), scene.facts["minimums_before"])
    for it in _grown(scene):
        want(scene, it, scene.facts["desired_before"][it.name], _standby(scene))


def _not_as_before(scene: Scene) -> str | None:
    return _not_there(scene, scene.around.primary) or _regions_ill(scene) or not_served(scene)


def _named(scene: Scene) -> str:
    return ", ".join(it.name for it in global_databases(scene))


def _counted(scene: Scene, minimums_: str) -> str:
    """For a dry run, in which the precheck may not hold and so nothing be known."""
    found = scene.facts.get(minimums_, {})
    return f"would keep at least {sum(found.values())} tasks in {_standby(scene)}"


STEPS = (
    Step("standby-is-ready", "See that the standby region can take over", StepKind.PRECHECK, 10, _not_ready,
         learn=_plan),
    Step("people-are-served", "See that people are served", StepKind.PRECHECK, 5, not_served),
    Step("region-is-lost", "Every zone of the primary region loses power", StepKind.DRILL, 60, _not_lost,
         _take_power, undo=_give_power,
         would=lambda it: f"would take the power of {', '.join(it.around.zones)}, for an hour at most"),
    Step("databases-move", "Have the standby region's databases written", StepKind.ACTION, 900,
         lambda it: _not_there(it, _standby(it)), _move, prepare=lambda it: {"asked_after": it.now},
         would=lambda it: f"would fail {_named(it)} over to {_standby(it)}, without what has not reached it"),
    Step("ask-for-tasks", "Ask for as many tasks in the standby region as the primary had", StepKind.ACTION, 60,
         lambda it: not_kept(it, _standby(it), it.facts["minimums_wanted"]),
         lambda it: put_minimums(it, _standby(it), it.facts["minimums_wanted"]),
         would=lambda it: _counted(it, "minimums_wanted")),
    Step("tasks-are-there", "Wait until the standby region has its tasks", StepKind.VERIFY, 900, _few),
    Step("people-are-led", "Lead people to the standby region", StepKind.ACTION, 60,
         lambda it: _not_led(it, away=True), lambda it: lead(it, it.facts["check"], away=True),
         would=lambda it: f"would disable and invert the health check of {it.around.primary}"),
    Step("served-from-standby", "See that people are served by the standby region", StepKind.VERIFY, 300,
         _not_served_there, learn=_moved),
    Step("region-is-back", "The primary region has power again", StepKind.DRILL, 60, _still_lost, _give_power,
         ends="region-is-lost",
         would=lambda it: f"would give {', '.join(it.around.zones)} their power back"),
    Step("region-is-well", "See that the primary region is well, and follows", StepKind.VERIFY, 1800, _ill),
    Step("people-return", "Lead people to the primary region again", StepKind.ACTION, 60,
         lambda it: _not_led(it, away=False), lambda it: lead(it, it.facts["check"], away=False),
         would=lambda it: f"would enable the health check of {it.around.primary} again"),
    Step("primary-is-chosen", "See that Route 53 answers with the primary region", StepKind.VERIFY, 300, _not_chosen,
         learn=lambda it: {"chosen_since": it.now}),
    Step("nobody-is-left", "Wait until nobody is led to the standby region", StepKind.VERIFY, 300, _not_all_led),
    Step("standby-is-empty", "See that nothing waits in the standby region's queues", StepKind.VERIFY, 900,
         lambda it: not_drained(it, _standby(it))),
    Step("databases-return", "Have the primary region's databases written again", StepKind.ACTION, 900,
         lambda it: _not_there(it, it.around.primary), _return,
         would=lambda it: f"would switch {_named(it)} over to {it.around.primary}, with everything"),
    Step("fewer-tasks", "Let the standby region have as few tasks as before", StepKind.ACTION, 60, _too_many, _shrink,
         would=lambda it: _counted(it, "minimums_before")),
    Step("all-is-as-before", "See that everything is as it was", StepKind.VERIFY, 900, _not_as_before),
)  # fmt: skip

PLAYBOOK = Playbook(read_page("runbooks.region_failover"), STEPS, _choose)
