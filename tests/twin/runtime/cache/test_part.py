"""A declared replication group runs on real Valkey servers, and survives what befalls them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from valkey.asyncio import Valkey
from valkey.exceptions import NoPermissionError, ValkeyError

from tests.twin.runtime.cache import documents
from tests.twin.runtime.cache.documents import NODES, PRIMARY, READER
from tests.twin.runtime.deadlines import run, until
from tests.twin.runtime.fake_control_plane import FakeControlPlane
from twin.runtime.cache.part import CachePart
from twin.runtime.directory import Backend
from twin.runtime.ground import Ground

pytestmark = pytest.mark.twin


@dataclass
class Estate:
    ground: Ground
    control_plane: FakeControlPlane

    def leads(self, name: str) -> tuple[Backend, ...]:
        return self.ground.directory.stores.get(("eu-west-2", name)) or ()

    @property
    def primary(self) -> Backend | None:
        return next(iter(self.leads(PRIMARY)), None)

    def zone_of_primary(self) -> str:
        assert self.primary
        return str(self.primary.zone)

    @contextlib.asynccontextmanager
    async def client(self, backend: Backend | None = None) -> AsyncIterator[Valkey]:
        where = backend or self.primary
        assert where
        client = Valkey(
            host=where.address, port=where.port, username="sessions-portal", password="any", socket_timeout=2
        )
        try:
            yield client
        finally:
            await client.aclose()

    async def is_whole(self) -> bool:
        """One primary, two replicas that hold what it holds, and names that say so."""
        report = self.control_plane.reports.get(("elasticache", "eu-west-2", "replication group", "sessions"))
        if self.primary is None or len(self.leads(READER)) != 2 or report is None:
            return False
        async with self.client() as client:
            with contextlib.suppress(ValkeyError):
                info = await client.info("replication")
                states = [info[f"slave{n}"]["state"] for n in range(int(info["connected_slaves"]))]
                return info["role"] == "master" and states == ["online"] * 2
        return False

    @property
    def messages(self) -> list[str]:
        found = [it for place, it in sorted(self.control_plane.reports.items()) if place[2] == "event"]
        return [it["Message"] for it in found]

    @property
    def roles(self) -> dict[str, str]:
        return self.control_plane.reports["elasticache", "eu-west-2", "replication group", "sessions"][
            "Roles"
        ]


@contextlib.asynccontextmanager
async def running(ground: Ground, control_plane: FakeControlPlane) -> AsyncIterator[Estate]:
    documents.declare(control_plane)
    task = asyncio.create_task(CachePart(ground).run())
    estate = Estate(ground, control_plane)
    try:
        await until(estate.is_whole, "the group")
        yield estate
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await ground.processes.stop_all()


def test_a_group_is_reached_by_its_users_and_fails_over_when_its_primary_is_killed(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def main() -> None:
        async with running(ground, control_plane) as estate:
            first = estate.primary
            assert first == Backend(ground.addresses.of("eu-west-2a", 64), 6379, "eu-west-2a")
            async with estate.client() as client:
                await client.set("portal:token", "1")
                with pytest.raises(NoPermissionError):
                    await client.set("other:token", "1")
                await client.wait(2, 2000)
            ground.processes.cut_power("eu-west-2a")
            await until(lambda: estate.primary not in (None, first), "a new primary")
            async with estate.client() as client:
                assert await client.get("portal:token") == b"1"
            await until(estate.is_whole, "the group, again whole")
            assert estate.roles["sessions-001"] == "replica"
            completed = [
                it for it in estate.messages if it.startswith("Failover from primary node sessions-001")
            ]
            assert len(completed) == 2

    run(main())


def test_a_frozen_zone_loses_the_primary_and_its_node_follows_when_it_thaws(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def main() -> None:
        async with running(ground, control_plane) as estate:
            ground.zones.change("eu-west-2a", is_frozen=True)
            ground.processes.freeze("eu-west-2a")
            await until(lambda: estate.primary and estate.primary.zone != "eu-west-2a", "another primary")
            ground.zones.change("eu-west-2a", is_frozen=False)
            ground.processes.thaw("eu-west-2a")
            await until(estate.is_whole, "the group, again whole")

    run(main())


def test_a_failover_that_is_asked_for_moves_the_endpoint(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def main() -> None:
        async with running(ground, control_plane) as estate:
            control_plane.ask(
                "elasticache", "TestFailover", "eu-west-2", ReplicationGroupId="sessions", NodeGroupId="0001"
            )
            await until(lambda: estate.primary and estate.primary.zone != "eu-west-2a", "another primary")
            await until(estate.is_whole, "the group, again whole")
            assert estate.messages[0] == "Test Failover API called for node group 0001"

    run(main())


def test_nodes_of_an_interrupted_zone_stay_away_until_it_ends(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def main() -> None:
        async with running(ground, control_plane) as estate:
            key = ("eu-west-2", "sessions", "eu-west-2b")
            ground.directory.cache_interruptions.put(key, "EXP1")
            await until(lambda: len(estate.leads(READER)) == 1, "one replica less")
            assert "valkey sessions-002" not in {it.name for it in ground.processes.running()}
            ground.directory.cache_interruptions.drop(key)
            await until(estate.is_whole, "the group, again whole")

    run(main())


def test_users_that_change_are_let_in_without_a_restart(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def main() -> None:
        async with running(ground, control_plane) as estate:
            pids = {it.pid for it in ground.processes.running()}
            changed = {"Users": [documents.user("sessions-portal", "on ~other:* +@all")]}
            control_plane.answers("elasticache", "describe_users", changed, "eu-west-2")

            async def is_let_in() -> bool:
                async with estate.client() as client:
                    with contextlib.suppress(NoPermissionError):
                        return bool(await client.set("other:token", "1"))
                return False

            await until(is_let_in, "the new access")
            assert {it.pid for it in ground.processes.running()} == pids

    run(main())


def test_a_group_that_is_absent_runs_on_until_the_estate_is_settled(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def main() -> None:
        async with running(ground, control_plane) as estate:
            control_plane.restart()
            control_plane.answers("elasticache", "describe_replication_groups", {}, "eu-west-2")
            await asyncio.sleep(0.5)
            assert await estate.is_whole()
            control_plane.settle()
            await until(lambda: not ground.processes.running(), "the end of the nodes")
            assert estate.leads(PRIMARY) == ()
            assert not [place for place in control_plane.reports if place[2] == "replication group"]

    run(main())


def test_the_part_is_started_again_over_what_runs(ground: Ground, control_plane: FakeControlPlane) -> None:
    async def main() -> None:
        documents.declare(control_plane)
        part, estate, pids = CachePart(ground), Estate(ground, control_plane), []
        for _ in range(2):
            task = asyncio.create_task(part.run())
            await until(estate.is_whole, "the group")
            pids.append({process.pid for process in ground.processes.running()})
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        assert pids[0] == pids[1]
        assert len(pids[0]) == len(NODES)
        await ground.processes.stop_all()

    run(main())
