"""A change of the API's network is a change of what passes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.twin.runtime.deadlines import run, until
from tests.twin.runtime.fake_control_plane import FakeControlPlane
from tests.twin.runtime.network import documents
from tests.twin.runtime.network.documents import subnet_id
from twin.runtime.ground import Ground
from twin.runtime.network.part import NetworkPart
from twin.runtime.network.ways import ClosedWays
from twin.runtime.network.zonal_shift import next_expiry_seconds, shifted_zones
from twin.runtime.zones import OUTSIDE, Place, Tier

A, B, _ = documents.ZONES
TASKS, STORE = Place(A, Tier.PRIVATE), Place(B, Tier.DATA)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@contextlib.asynccontextmanager
async def running(ground: Ground) -> AsyncIterator[None]:
    task = asyncio.create_task(NetworkPart(ground).run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def passes(ground: Ground) -> bool:
    return ground.zones.link(TASKS, STORE).is_open


def test_a_swapped_acl_cuts_and_swapping_it_back_heals(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def main() -> None:
        documents.declare(control_plane)
        async with running(ground):
            await until(lambda: ground.zones.closed.all(), "the network")
            assert passes(ground)
            cut = documents.swap(documents.acls(), subnet_id("private", A), "acl-deny-all")
            control_plane.answers("ec2", "describe_network_acls", {"NetworkAcls": cut}, "eu-west-2")
            await until(lambda: not passes(ground), "the cut", 1)
            control_plane.answers(
                "ec2", "describe_network_acls", {"NetworkAcls": documents.acls()}, "eu-west-2"
            )
            await until(lambda: passes(ground), "the way back", 1)

    run(main())


def test_while_the_emulator_is_being_filled_the_network_stays_as_it_was(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def main() -> None:
        documents.declare(control_plane)
        async with running(ground):
            await until(lambda: ground.zones.closed.all(), "the network")
            before = ground.zones.closed.all()
            control_plane.restart()
            control_plane.answers("ec2", "describe_network_acls", {"NetworkAcls": []}, "eu-west-2")
            await asyncio.sleep(0.2)
            assert ground.zones.closed.all() == before
            control_plane.settle()
            await until(lambda: not passes(ground), "the network without ACLs")

    run(main())


def test_an_emulator_that_is_away_changes_nothing_and_is_read_when_it_is_back(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def main() -> None:
        documents.declare(control_plane)
        control_plane.is_up = False
        async with running(ground):
            await asyncio.sleep(0.1)
            assert ground.zones.closed.all() == {}
            control_plane.is_up = True
            await until(lambda: ground.zones.closed.all(), "the network")

    run(main())


def test_the_loss_of_a_zone_takes_its_nat_gateway_along(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def main() -> None:
        documents.declare(control_plane)
        async with running(ground):
            await until(lambda: ground.zones.closed.all(), "the network")
            assert ground.zones.link(TASKS, OUTSIDE).is_open
            ground.zones.change(A, has_power=False)
            await until(lambda: not ground.zones.link(TASKS, OUTSIDE).is_open, "the loss", 1)

    run(main())


def shift(zone: str, expiry: datetime, resource: str = "loadbalancer/app/estate/1") -> dict[str, Any]:
    arn = f"arn:aws:elasticloadbalancing:eu-west-2:1:{resource}"
    return {"awayFrom": zone, "resourceIdentifier": arn, "expiryTime": expiry}


def test_a_zonal_shift_is_known_by_the_zone_s_id_and_ends_by_itself(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def main() -> None:
        documents.declare(control_plane)
        async with running(ground):
            end = datetime.now(UTC) + timedelta(seconds=0.4)
            control_plane.answers(
                "arc-zonal-shift", "list_zonal_shifts", {"items": [shift("euw2-az2", end)]}, "eu-west-2"
            )
            await until(lambda: ground.zones.condition(B).is_shifted_away, "the shift")
            assert not ground.zones.condition(A).is_shifted_away
            await until(lambda: not ground.zones.condition(B).is_shifted_away, "the shift's end")
            assert datetime.now(UTC) >= end

    run(main())


def test_shifts_that_are_over_and_those_of_other_resources_do_not_count() -> None:
    names = {"euw2-az1": A, "euw2-az2": B}
    over, later = NOW - timedelta(minutes=1), NOW + timedelta(minutes=3)
    shifts = [
        shift("euw2-az1", over),
        shift("euw2-az2", later),
        shift("euw2-az1", later, "loadbalancer/net/x/1"),
    ]
    assert shifted_zones(shifts, names, NOW) == {B}
    assert next_expiry_seconds(shifts, NOW) == 180
    assert next_expiry_seconds([], NOW) is None


# What nobody may begin


def closed(ground: Ground) -> ClosedWays:
    return ground.directory.closed_ways.get("eu-west-2") or ClosedWays()


def test_a_rule_that_is_taken_away_closes_its_way_and_opens_it_when_it_is_back(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def main() -> None:
        documents.declare(control_plane)
        way = ("case", A, documents.WRITER)
        async with running(ground):
            await until(lambda: closed(ground).mesh, "what is closed at rest")
            assert way not in closed(ground).stores
            groups = [it for it in documents.groups() if it["GroupName"] != "database"]
            refusing = documents.group("database", [], [])
            answer = {"SecurityGroups": [*groups, refusing]}
            control_plane.answers("ec2", "describe_security_groups", answer, "eu-west-2")
            await until(lambda: way in closed(ground).stores, "the refusal", 1)
            answer = {"SecurityGroups": documents.groups()}
            control_plane.answers("ec2", "describe_security_groups", answer, "eu-west-2")
            await until(lambda: way not in closed(ground).stores, "the way back", 1)

    run(main())


def test_while_another_emulator_is_being_filled_what_was_closed_stays_so(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def main() -> None:
        documents.declare(control_plane)
        async with running(ground):
            await until(lambda: closed(ground).mesh, "what is closed at rest")
            before = closed(ground)
            control_plane.restart()
            control_plane.answers("ec2", "describe_security_groups", {"SecurityGroups": []}, "eu-west-2")
            control_plane.answers("ecs", "list_services", {"serviceArns": []}, "eu-west-2")
            await asyncio.sleep(0.2)
            assert closed(ground) == before

    run(main())


def test_while_the_first_emulator_is_being_filled_tasks_meet_what_is_there(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def main() -> None:
        documents.declare(control_plane)
        control_plane.settle(is_settled=False)
        async with running(ground):
            await until(lambda: closed(ground).mesh, "what is closed at rest")
            assert ground.zones.closed.all() == {}

    run(main())
