"""A cluster's writer moves to a reader in another zone, and people go on being served."""

from collections.abc import Mapping
from typing import Any

from runbooks.databases import COMPLETED, cluster, fail_over, not_well, told_at
from runbooks.edge import not_served
from runbooks.playbook import Playbook, read_page
from runbooks.step import Facts, Scene, Step, StepKind, recovered
from runbooks.surroundings import Surroundings

__all__ = ["PLAYBOOK"]


def _choose(around: Surroundings, seed: int) -> Mapping[str, Any]:
    """Clusters take turns with the seed; `core`, which payments need, comes first."""
    names = sorted(around.databases, key=lambda it: (it != "core", it))
    return {"database": names[seed % len(names)] if seed > 1 else names[0]}


def _name(scene: Scene) -> str:
    return scene.settings["database"]


def _ready(scene: Scene) -> str | None:
    found = cluster(scene, _name(scene))
    if lacking := not_well(found):
        return lacking
    if found.writer is None or found.successor(()) is None:
        return f"Database cluster {found.name} has no reader that could take over. Add one first."
    return None


def _roles(scene: Scene) -> Facts:
    """Who writes, and who shall: a reader in another zone, where there is one."""
    found = cluster(scene, _name(scene))
    assert found.writer
    successor = found.successor((found.writer.zone,)) or found.successor(())
    assert successor
    return {"writer": found.writer.name, "successor": successor.name}


def _has_moved(scene: Scene) -> str | None:
    writer = cluster(scene, _name(scene)).writer
    if writer and writer.name == scene.facts["successor"]:
        return None
    return f"{writer.name if writer else 'nobody'} writes, and {scene.facts['successor']} shall."


def _move(scene: Scene) -> None:
    fail_over(scene, cluster(scene, _name(scene)), scene.facts["successor"])


def _is_well(scene: Scene) -> str | None:
    return not_well(cluster(scene, _name(scene)))


def _told(scene: Scene) -> Facts:
    """When RDS says that it was complete."""
    at = told_at(scene, _name(scene), scene.facts["asked_after"], COMPLETED)
    return recovered(at, "RDS event 'Completed failover'")


STEPS = (
    Step("cluster-is-well", "See that the cluster is well", StepKind.PRECHECK, 5, _ready, learn=_roles),
    Step("people-are-served", "See that people are served", StepKind.PRECHECK, 5, not_served),
    Step(
        "fail-over",
        "Ask RDS for the failover",
        StepKind.ACTION,
        120,
        _has_moved,
        _move,
        prepare=lambda it: {"asked_after": it.now},
        would=lambda it: (
            f"would make {it.facts.get('successor')} the writer of {_name(it)} in place of "
            f"{it.facts.get('writer')}"
        ),
    ),
    Step("cluster-is-whole", "Wait until the cluster is whole", StepKind.VERIFY, 600, _is_well, learn=_told),
    Step("people-are-served-again", "See that people are served again", StepKind.VERIFY, 60, not_served),
)

PLAYBOOK = Playbook(read_page("runbooks.writer_failover"), STEPS, _choose)
