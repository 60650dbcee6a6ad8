"""Calls that a twin's network let nobody begin: what VPC flow logs would tell on AWS."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from estate.refusals import RECENT_SECONDS

__all__ = ["BlockedCall", "complaints", "read_blocked"]


@dataclass(frozen=True)
class BlockedCall:
    """A way that a service tried in vain. Attributes: at: the last time, seconds since the epoch."""

    service: str
    zone: str
    destination: str
    count: int
    at: float


def read_blocked(data_plane: Mapping[str, Any] | None) -> list[BlockedCall]:
    """As the data plane tells them, the latest first."""
    return [BlockedCall(**it) for it in (data_plane or {}).get("blocked", ())]


def complaints(calls: Iterable[BlockedCall], now: float) -> list[str]:
    """A sentence for each service and destination that was tried in vain a short while ago."""
    zones: dict[tuple[str, str], list[str]] = {}
    for it in calls:
        if now - it.at <= RECENT_SECONDS:
            zones.setdefault((it.service, it.destination), []).append(it.zone)
    return [
        f"{service} in {', '.join(sorted(places))} does not reach {destination}: security groups, network ACLs, "
        "endpoints or routes let no connection begin"
        for (service, destination), places in zones.items()
    ]
