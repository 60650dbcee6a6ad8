"""What state each zone is in, and what passes between places."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from twin.runtime.directory import Table

__all__ = ["OPEN", "OUTSIDE", "Link", "Place", "Tier", "ZoneCondition", "Zones"]


class Tier(StrEnum):
    """The subnets of a zone that differ in routes and network ACLs."""

    PUBLIC = "public"
    PRIVATE = "private"
    DATA = "data"


@dataclass(frozen=True)
class Place:
    """Where an end of a connection stands. Attributes: zone: None outside all zones."""

    zone: str | None
    tier: Tier | None = None


OUTSIDE = Place(None)
"""People, partners, AWS's regional services."""


@dataclass(frozen=True)
class Link:
    """What a connection meets on its way.

    Attributes:
        is_open: otherwise packets vanish: connections hang, and nobody is told.
        latency_ms: added to each direction's first byte. loss_percent: of requests that get no answer.
    """

    is_open: bool = True
    latency_ms: float = 0.0
    loss_percent: float = 0.0

    def worse_of(self, other: "Link") -> "Link":
        return Link(
            self.is_open and other.is_open,
            self.latency_ms + other.latency_ms,
            100 - (100 - self.loss_percent) * (100 - other.loss_percent) / 100,
        )


OPEN = Link()


@dataclass(frozen=True)
class ZoneCondition:
    """Attributes:
    has_power: without it, its processes are dead and none can start.
    is_frozen: its processes are stopped, and hold what they hold.
    boundary: what everything meets that crosses the zone's boundary.
    is_shifted_away: a zonal shift leads people's requests past it.
    """

    has_power: bool = True
    is_frozen: bool = False
    boundary: Link = OPEN
    is_shifted_away: bool = False

    @property
    def is_usable(self) -> bool:
        """Something new can be started in it and be reached."""
        return self.has_power and not self.is_frozen and self.boundary.is_open


@dataclass
class Zones:
    """Conditions by zone, and links between places that network ACLs and routes close.

    Attributes:
        conditions: written by faults (power, freezing, boundary) and by the network part (zonal shift).
        closed: pairs of places between which network ACLs or routes let nothing pass; written by the network part.
    """

    names: tuple[str, ...]
    conditions: Table[str, ZoneCondition] = field(default_factory=Table[str, ZoneCondition])
    closed: Table[tuple[Place, Place], Link] = field(default_factory=Table[tuple[Place, Place], Link])

    def condition(self, zone: str) -> ZoneCondition:
        return self.conditions.get(zone) or ZoneCondition()

    def change(self, zone: str, **members: object) -> None:
        """The members of the zone's condition are these, the others as they were."""
        self.conditions.put(zone, replace(self.condition(zone), **members))  # type: ignore[arg-type]

    def usable(self, zones: Iterable[str]) -> list[str]:
        return [zone for zone in zones if self.condition(zone).is_usable]

    def link(self, source: Place, target: Place) -> Link:
        """What a connection from one place to another meets now."""
        met = self.closed.get((source, target)) or OPEN
        if source.zone != target.zone:
            for zone in {source.zone, target.zone} - {None}:
                met = met.worse_of(self.condition(str(zone)).boundary)
        return met

    def versions(self) -> tuple[int, int]:
        """Changes when anything that `link` or `condition` answers may have changed."""
        return self.conditions.version, self.closed.version

    def snapshot(self) -> Mapping[str, ZoneCondition]:
        return {name: self.condition(name) for name in self.names}
