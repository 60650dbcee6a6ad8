"""What faults do while they last. What is so follows from all of them together, so that each ends exactly."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from twin.runtime.directory import RegionLink
from twin.runtime.egress.faults import Fault as EgressFault
from twin.runtime.zones import OPEN, Link, ZoneCondition

__all__ = [
    "ControlPlaneFrozen",
    "Effect",
    "EgressDisturbed",
    "LinkDisturbed",
    "TaskFrozen",
    "ZoneDisturbed",
    "egress_faults",
    "region_links",
    "zone_condition",
]


@dataclass(frozen=True)
class ZoneDisturbed:
    """Attributes: boundary: what it adds to whatever crosses the zone's boundary."""

    zone: str
    has_power: bool = True
    is_frozen: bool = False
    boundary: Link = OPEN


@dataclass(frozen=True)
class TaskFrozen:
    """Attributes: task: its ARN."""

    task: str


@dataclass(frozen=True)
class EgressDisturbed:
    caller: str
    destination: str
    fault: EgressFault


@dataclass(frozen=True)
class LinkDisturbed:
    """Attributes: regions: names, in order."""

    regions: tuple[str, str]
    link: RegionLink


@dataclass(frozen=True)
class ControlPlaneFrozen:
    """Attributes: pid, started: of the emulator; the start in clock ticks since the boot."""

    pid: int
    started: int


Effect = ZoneDisturbed | TaskFrozen | EgressDisturbed | LinkDisturbed | ControlPlaneFrozen


def zone_condition(zone: str, effects: Iterable[Effect], before: ZoneCondition) -> ZoneCondition:
    """The zone's condition under all of the effects. Args: before: of which the zonal shift is kept."""
    found = replace(ZoneCondition(), is_shifted_away=before.is_shifted_away)
    for effect in effects:
        if isinstance(effect, ZoneDisturbed) and effect.zone == zone:
            found = replace(
                found,
                has_power=found.has_power and effect.has_power,
                is_frozen=found.is_frozen or effect.is_frozen,
                boundary=found.boundary.worse_of(effect.boundary),
            )
    return found


def egress_faults(effects: Iterable[Effect]) -> Mapping[tuple[str, str], EgressFault]:
    """By caller and destination. Of two for the same pair the later one counts, and the other again after it."""
    found = (effect for effect in effects if isinstance(effect, EgressDisturbed))
    return {(effect.caller, effect.destination): effect.fault for effect in found}


def region_links(effects: Iterable[Effect]) -> Mapping[tuple[str, str], RegionLink]:
    """By regions. Of two for the same pair the worse of each property counts."""
    found: dict[tuple[str, str], RegionLink] = {}
    for effect in effects:
        if isinstance(effect, LinkDisturbed):
            found[effect.regions] = _worse(found.get(effect.regions), effect.link)
    return found


def _worse(one: RegionLink | None, other: RegionLink) -> RegionLink:
    if one is None:
        return other
    rates = [it.bytes_per_second for it in (one, other) if it.bytes_per_second is not None]
    latency_ms = max(one.latency_ms, other.latency_ms)
    return RegionLink(one.is_open and other.is_open, latency_ms, min(rates, default=None))
