"""The health check by which the estate's name leads to the primary region, and how it is made to lead away.

A check that is disabled counts as healthy, and as unhealthy where it is inverted as well: so a name is led away, and
stays away when the region answers again.
Source: docs.aws.amazon.com/Route53/latest/APIReference/API_UpdateHealthCheck.html
"""

from runbooks.step import Scene

__all__ = ["LED_SECONDS", "health_check", "is_led_away", "lead", "not_answered"]

LED_SECONDS = 100.0
"""Until everybody is led to a region that answers: three checks of ten seconds turn its health check, resolvers keep an
answer for its time to live of 60 s, and ten seconds more are an assumption.
Source: Route 53 developer guide, health checks and alias records."""

_ANSWERED = "Success"


def health_check(scene: Scene) -> str | None:
    """Id of the check of the name's primary record; None where no name leads to two regions."""
    client = scene.aws("route53")
    zones = [
        it for page in client.get_paginator("list_hosted_zones").paginate() for it in page["HostedZones"]
    ]
    for zone in zones:
        pages = client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone["Id"])
        for record in (it for page in pages for it in page["ResourceRecordSets"]):
            if record.get("Failover") == "PRIMARY" and "HealthCheckId" in record:
                return record["HealthCheckId"]
    return None


def is_led_away(scene: Scene, check: str) -> bool:
    config = scene.aws("route53").get_health_check(HealthCheckId=check)["HealthCheck"]["HealthCheckConfig"]
    return bool(config.get("Disabled")) and bool(config.get("Inverted"))


def not_answered(scene: Scene, check: str) -> str | None:
    """What checkers are told, where not every one is answered well, as a sentence.

    Source: docs.aws.amazon.com/Route53/latest/APIReference/API_GetHealthCheckStatus.html
    """
    found = scene.aws("route53").get_health_check_status(HealthCheckId=check)["HealthCheckObservations"]
    said = {it["StatusReport"]["Status"] for it in found}
    ill = sorted(it for it in said if not it.startswith(_ANSWERED))
    if said and not ill:
        return None
    return f"Route 53's checkers see: {'; '.join(ill) or 'nothing yet'}"


def lead(scene: Scene, check: str, *, away: bool) -> None:
    if is_led_away(scene, check) is not away:
        scene.aws("route53").update_health_check(HealthCheckId=check, Disabled=away, Inverted=away)
