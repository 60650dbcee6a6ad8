"""What Route 53's API says, read into the model."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from twin.runtime.control_plane import ControlPlane
from twin.runtime.names.model import Check, Failover, Side

__all__ = ["SERVICE", "checks", "failovers"]

SERVICE = "route53"

_LOAD_BALANCER = re.compile(r"\.(?P<region>[a-z]{2}-[a-z]+-\d)\.elb\.amazonaws\.com\.?$")
"""Names of Application Load Balancers end so. Source: Route 53 developer guide, "Routing traffic to an ELB load
balancer"."""


async def checks(control_plane: ControlPlane, region: str) -> dict[str, Check]:
    """Health checks of load balancers, by id. Raises: ControlPlaneAway, ClientError"""
    answer = await control_plane.call(SERVICE, region, "list_health_checks")
    found = [check for it in answer.get("HealthChecks", ()) if (check := _check(it))]
    return {it.id: it for it in found}


def _check(document: Mapping[str, Any]) -> Check | None:
    config = document["HealthCheckConfig"]
    asked = _region(config.get("FullyQualifiedDomainName", ""))
    if asked is None:
        return None
    return Check(
        id=document["Id"],
        region=asked,
        path=config.get("ResourcePath") or "/",
        interval_seconds=float(config.get("RequestInterval", 30)),
        threshold=int(config.get("FailureThreshold", 3)),
        is_disabled=bool(config.get("Disabled", False)),
        is_inverted=bool(config.get("Inverted", False)),
    )


async def failovers(control_plane: ControlPlane, region: str) -> list[Failover]:
    """Names with a primary and a secondary record. Raises: ControlPlaneAway, ClientError"""
    zones = await control_plane.call(SERVICE, region, "list_hosted_zones")
    records = [
        it
        for zone in zones.get("HostedZones", ())
        for it in (
            await control_plane.call(SERVICE, region, "list_resource_record_sets", HostedZoneId=zone["Id"])
        ).get("ResourceRecordSets", ())
    ]
    return list(_pairs(records))


def _pairs(records: Iterable[Mapping[str, Any]]) -> Iterable[Failover]:
    sides: dict[str, dict[str, Side]] = {}
    for it in records:
        side = _side(it)
        if side and it.get("Failover"):
            sides.setdefault(it["Name"].rstrip("."), {})[it["Failover"]] = side
    for name, of in sorted(sides.items()):
        if of.keys() == {"PRIMARY", "SECONDARY"}:
            yield Failover(name, of["PRIMARY"], of["SECONDARY"])


def _side(document: Mapping[str, Any]) -> Side | None:
    """None for what is no alias of a load balancer."""
    alias = document.get("AliasTarget")
    region = _region(alias["DNSName"]) if alias else None
    if alias is None or region is None:
        return None
    return Side(region, document.get("HealthCheckId"), bool(alias.get("EvaluateTargetHealth", False)))


def _region(name: str) -> str | None:
    found = _LOAD_BALANCER.search(name)
    return found["region"] if found else None
