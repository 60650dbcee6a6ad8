"""Checkers ask real addresses, and names lead elsewhere when nobody answers there."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.twin.runtime.conftest import PRIMARY, STANDBY
from tests.twin.runtime.fake_control_plane import FakeControlPlane
from tests.twin.runtime.load_balancer.declared import until
from tests.twin.runtime.origin import Origin
from twin.runtime.ground import Ground
from twin.runtime.names.part import NamesPart

NAME = "benefits.example"


def record(region: str, failover: str, **members: Any) -> dict[str, Any]:
    target = {"HostedZoneId": "Z", "DNSName": f"dualstack.estate-1.{region}.elb.amazonaws.com."}
    alias = {**target, "EvaluateTargetHealth": True}
    return {"Name": f"{NAME}.", "Type": "A", "Failover": failover, "AliasTarget": alias, **members}


def declare(plane: FakeControlPlane, **check: Any) -> None:
    config = {
        "Type": "HTTPS",
        "FullyQualifiedDomainName": f"estate-1.{PRIMARY.name}.elb.amazonaws.com",
        "ResourcePath": "/health",
        "RequestInterval": 10,
        "FailureThreshold": 3,
        **check,
    }
    records = [
        record(PRIMARY.name, "PRIMARY", HealthCheckId="check"),
        record(STANDBY.name, "SECONDARY"),
        {"Name": f"mail.{NAME}.", "Type": "TXT"},
    ]
    plane.answers("route53", "list_hosted_zones", {"HostedZones": [{"Id": "/hostedzone/Z"}]})
    plane.answers("route53", "list_resource_record_sets", {"ResourceRecordSets": records})
    plane.answers(
        "route53", "list_health_checks", {"HealthChecks": [{"Id": "check", "HealthCheckConfig": config}]}
    )


@dataclass
class Fronts:
    """A node in the primary region. Attributes: ready: regions whose groups all have healthy targets."""

    node: Origin
    ready: set[str] = field(default_factory=lambda: {PRIMARY.name, STANDBY.name})

    def ways_in(self, region: str) -> list[tuple[str, int]]:
        return [(self.node.address, 8080)] if region == PRIMARY.name else []

    def has_targets(self, region: str) -> bool:
        return region in self.ready


@contextlib.asynccontextmanager
async def led(ground: Ground, plane: FakeControlPlane) -> AsyncIterator[tuple[Fronts, NamesPart]]:
    declare(plane)
    fronts = Fronts(await Origin(ground.addresses.of(PRIMARY.zones[0], 80)).start())
    part = NamesPart(ground, fronts)
    running = asyncio.create_task(part.run())
    try:
        await until(lambda: ground.directory.led.get(PRIMARY.name) == PRIMARY.name)
        yield fronts, part
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        fronts.node.stop()


def test_a_region_that_does_not_answer_is_left_and_come_back_to(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def scenario() -> None:
        async with led(ground, control_plane) as (fronts, part):
            shown = ("route53", "aws-global", "health-check-status", "check")
            await until(lambda: shown in control_plane.reports)
            observed = control_plane.reports[shown]["HealthCheckObservations"][0]["StatusReport"]["Status"]
            assert observed == "Success: HTTP Status Code 200, Said"
            fronts.node.health_status = 503
            await until(lambda: ground.directory.led.get(PRIMARY.name) == STANDBY.name)
            assert part.document()["leads"] == {NAME: STANDBY.name}
            assert not part.document()["checks"]["check"]["is_well"]
            fronts.node.health_status = 200
            await until(lambda: ground.directory.led.get(PRIMARY.name) == PRIMARY.name)

    asyncio.run(scenario())


def test_a_check_that_is_disabled_and_inverted_leads_away_from_a_region_that_answers(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def scenario() -> None:
        async with led(ground, control_plane):
            declare(control_plane, Disabled=True, Inverted=True)
            await until(lambda: ground.directory.led.get(PRIMARY.name) == STANDBY.name)

    asyncio.run(scenario())


@pytest.mark.parametrize("has_targets", [True, False])
def test_nobody_is_led_to_a_region_whose_groups_are_empty(
    has_targets: bool, ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def scenario() -> None:
        async with led(ground, control_plane) as (fronts, part):
            if not has_targets:
                fronts.ready.remove(STANDBY.name)
            declare(control_plane, Disabled=True, Inverted=True)
            await until(lambda: not part.document()["checks"]["check"]["is_well"])
            await asyncio.sleep(1)
            expected = STANDBY.name if has_targets else PRIMARY.name
            assert ground.directory.led.get(PRIMARY.name) == expected

    asyncio.run(scenario())
