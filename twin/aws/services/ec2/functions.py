"""Provider functions that EC2 answers."""

from collections.abc import Mapping
from typing import Any

from twin.aws.functions import Function, Invocation

__all__ = ["FUNCTIONS"]


def availability_zones(invocation: Invocation) -> Mapping[str, Any]:
    """The region's zones, in the order of their names."""
    given = invocation.arguments
    zones = invocation.api("ec2", "describe_availability_zones")["AvailabilityZones"]
    kept = [
        zone
        for zone in sorted(zones, key=lambda zone: zone["ZoneName"])
        if zone["ZoneName"] not in (given.get("excludeNames") or [])
        and zone["ZoneId"] not in (given.get("excludeZoneIds") or [])
        and zone["State"] == (given.get("state") or zone["State"])
    ]
    return {
        "names": [zone["ZoneName"] for zone in kept],
        "zoneIds": [zone["ZoneId"] for zone in kept],
        "groupNames": sorted({zone.get("GroupName") or invocation.region for zone in kept}),
        "region": invocation.region,
        "id": invocation.region,
    }


FUNCTIONS: dict[str, Function] = {"aws:index/getAvailabilityZones:getAvailabilityZones": availability_zones}
