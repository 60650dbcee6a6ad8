"""What becomes of a target: it is on probation until its first good check, serves, and leaves with a delay.

Pure: what is known, what is registered and what the nodes see go in, what is known next comes out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from twin.runtime.envoy.health_events import Cause
from twin.runtime.load_balancer.model import Target, TargetGroup

__all__ = ["Key", "Known", "Phase", "Sight", "Verdict", "follow", "keys_of", "verdict"]

Key = tuple[str, Target]
"""Name of a group, and a target. A group that was made anew under its name is the same one."""


class Phase(StrEnum):
    PROBATION = "probation"
    SERVING = "serving"
    DRAINING = "draining"


@dataclass(frozen=True)
class Known:
    """Attributes: since: when the phase began. leaves_at: when a draining target is gone."""

    phase: Phase
    since: float
    leaves_at: float | None = None


class Verdict(StrEnum):
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Sight:
    """What one node sees of one target. Attributes: cause: why it is unhealthy."""

    verdict: Verdict
    cause: Cause | None = None


def verdict(sights: Iterable[Sight]) -> Verdict:
    """What most of the nodes that know say; where they are divided, it is unhealthy. UNKNOWN where none knows."""
    known = [it.verdict for it in sights if it.verdict is not Verdict.UNKNOWN]
    if not known:
        return Verdict.UNKNOWN
    return Verdict.HEALTHY if 2 * known.count(Verdict.HEALTHY) > len(known) else Verdict.UNHEALTHY


def follow(
    known: Mapping[Key, Known],
    groups: Iterable[TargetGroup],
    verdicts: Mapping[Key, Verdict],
    now: float,
    *,
    absence_counts: bool,
    delay_factor: float,
) -> dict[Key, Known]:
    """What is known next.

    Args:
        absence_counts: a target that is not registered has left; otherwise it may only not be there yet.
        delay_factor: by which deregistration delays are multiplied.
    """
    by_name = {group.name: group for group in groups}
    registered = {(name, target): group for name, group in by_name.items() for target in group.targets}
    delays = {name: it.deregistration_delay_seconds * delay_factor for name, it in by_name.items()}
    following = {
        key: _registered(known.get(key), group, verdicts.get(key), now) for key, group in registered.items()
    }
    for key, it in _absent(known, registered):
        if not absence_counts:
            following[key] = it
        elif stays := _leaving(it, delays.get(key[0], 0.0), now):
            following[key] = stays
    return following


def keys_of(group: TargetGroup, known: Mapping[Key, Known]) -> list[Key]:
    """Its known targets, in order."""
    return sorted((it for it in known if it[0] == group.name), key=lambda it: (it[1].address, it[1].port))


def _absent(known: Mapping[Key, Known], registered: Mapping[Key, TargetGroup]) -> Iterator[tuple[Key, Known]]:
    return ((key, it) for key, it in known.items() if key not in registered)


def _registered(known: Known | None, group: TargetGroup, verdict: Verdict | None, now: float) -> Known:
    if group.health_check is None:
        return known if known and known.phase is Phase.SERVING else Known(Phase.SERVING, now)
    if known is None or known.phase is Phase.DRAINING:
        return Known(Phase.PROBATION, now)
    if known.phase is Phase.PROBATION and verdict is Verdict.HEALTHY:
        return Known(Phase.SERVING, now)
    return known


def _leaving(known: Known, delay_seconds: float, now: float) -> Known | None:
    """None once it is gone."""
    if known.phase is not Phase.DRAINING:
        known = Known(Phase.DRAINING, now, now + delay_seconds)
    return known if known.leaves_at is not None and now < known.leaves_at else None
