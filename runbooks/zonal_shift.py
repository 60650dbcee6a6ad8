"""ARC zonal shifts of the load balancers: people's requests go to the other zones."""

from runbooks.step import Scene

__all__ = ["active", "cancel", "load_balancers", "not_shifted", "start", "zone_id"]

EXPIRES_IN = "6h"
"""After which a shift that everybody forgot ends by itself: an assumption. ARC takes three days at most.
Source: docs.aws.amazon.com/arc-zonal-shift/latest/api/API_StartZonalShift.html, expiresIn."""

COMMENT_CHARACTERS = 128


def load_balancers(scene: Scene) -> list[str]:
    """ARNs of those that take part in zonal shifts."""
    pages = scene.aws("arc-zonal-shift").get_paginator("list_managed_resources").paginate()
    return sorted(it["arn"] for page in pages for it in page["items"] if ":loadbalancer/" in it["arn"])


def zone_id(scene: Scene, zone: str) -> str:
    """ARC asks for the zone's id, such as euw2-az1, which is the same in every account."""
    found = scene.aws("ec2").describe_availability_zones(ZoneNames=[zone])["AvailabilityZones"]
    return found[0]["ZoneId"]


def active(scene: Scene, zone: str) -> dict[str, str]:
    """Ids of the shifts away from the zone, by load balancer."""
    pages = scene.aws("arc-zonal-shift").get_paginator("list_zonal_shifts").paginate(status="ACTIVE")
    id_ = zone_id(scene, zone)
    return {
        it["resourceIdentifier"]: it["zonalShiftId"]
        for page in pages
        for it in page["items"]
        if it["awayFrom"] in (id_, zone)
    }


def not_shifted(scene: Scene, zone: str) -> str | None:
    missing = set(load_balancers(scene)) - active(scene, zone).keys()
    return f"Not shifted away from {zone}: {', '.join(sorted(missing))}." if missing else None


def start(scene: Scene, zone: str) -> None:
    """Every load balancer is shifted away from the zone; one that is stays as it is."""
    already = active(scene, zone)
    for arn in load_balancers(scene):
        if arn not in already:
            scene.aws("arc-zonal-shift").start_zonal_shift(
                resourceIdentifier=arn,
                awayFrom=zone_id(scene, zone),
                expiresIn=EXPIRES_IN,
                comment=f"{scene.drill}"[:COMMENT_CHARACTERS],
            )


def cancel(scene: Scene, zone: str) -> None:
    """No shift leads away from the zone."""
    for id_ in active(scene, zone).values():
        scene.aws("arc-zonal-shift").cancel_zonal_shift(zonalShiftId=id_)
