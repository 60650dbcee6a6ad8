"""Which zones people's requests are shifted away from."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from twin.runtime.control_plane import ControlPlane, Document

__all__ = ["SHIFT_SERVICES", "next_expiry_seconds", "read_shifts", "shifted_zones"]

SHIFT_SERVICES = ("arc-zonal-shift",)

_LOAD_BALANCER = ":loadbalancer/app/"


async def read_shifts(control_plane: ControlPlane, region: str) -> tuple[list[Document], dict[str, str]]:
    """The region's active shifts, and its zones' names by id. Raises: ClientError, ControlPlaneAway."""
    shifts = await control_plane.call("arc-zonal-shift", region, "list_zonal_shifts", status="ACTIVE")
    zones = await control_plane.call("ec2", region, "describe_availability_zones")
    names = {it["ZoneId"]: it["ZoneName"] for it in zones.get("AvailabilityZones", [])}
    return shifts.get("items", []), names


def shifted_zones(
    shifts: Iterable[Mapping[str, Any]], name_by_id: Mapping[str, str], now: datetime
) -> frozenset[str]:
    """Zones that a load balancer is shifted away from now, by name. AWS gives a zone's id in ``awayFrom``."""
    return frozenset(
        name_by_id.get(it["awayFrom"], it["awayFrom"])
        for it in shifts
        if _LOAD_BALANCER in it["resourceIdentifier"] and _expiry(it) > now
    )


def next_expiry_seconds(shifts: Iterable[Mapping[str, Any]], now: datetime) -> float | None:
    """Until the next shift ends by itself; None where there is none."""
    left = [(_expiry(it) - now).total_seconds() for it in shifts]
    return min((seconds for seconds in left if seconds > 0), default=None)


def _expiry(shift: Mapping[str, Any]) -> datetime:
    expiry = shift["expiryTime"]
    return expiry if expiry.tzinfo else expiry.replace(tzinfo=UTC)
