"""Real relays between real sockets."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest

from tests.twin.runtime.database.stage import AWAY, HOME, grounded
from tests.twin.runtime.fake_control_plane import FakeControlPlane
from twin.runtime.directory import Backend, RegionLink
from twin.runtime.ground import Ground
from twin.runtime.relay import RelayPart
from twin.runtime.zones import Link

pytestmark = pytest.mark.twin

NAME = "core.cluster-x.eu-west-2.rds.amazonaws.com"
KEY = ("eu-west-2", NAME)
PORT = 5432
SILENCE_SECONDS = 0.3

Relayed = Callable[[Callable[["Stage"], Awaitable[None]]], None]


async def eventually(holds: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.01)


class Line:
    """A client's connection to a server that answers each line with its own name."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, place: tuple[str, int]) -> "Line":
        return cls(*await asyncio.wait_for(asyncio.open_connection(*place), 5))

    async def ask(self, seconds: float = 5) -> str:
        """Raises: TimeoutError, ConnectionError"""
        self.writer.write(b"?\n")
        answer = await asyncio.wait_for(self.reader.readline(), seconds)
        if not answer:
            raise ConnectionResetError("the end")
        return answer.decode().strip()

    async def is_cut(self) -> bool:
        try:
            return not await asyncio.wait_for(self.reader.read(1), 5)
        except ConnectionError:
            return True


@contextlib.asynccontextmanager
async def server(name: str, address: str) -> AsyncIterator[None]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while await reader.readline():
                writer.write(f"{name}\n".encode())
        writer.close()

    serving = await asyncio.start_server(answer, address, PORT)
    try:
        yield
    finally:
        serving.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[asyncio.Runner, "Stage"]]:
    """Relays in all zones and a server in each of two, for all tests."""
    plane = FakeControlPlane()
    with grounded(tmp_path_factory.mktemp("relays"), plane, HOME, AWAY) as ground, asyncio.Runner() as runner:
        stack = contextlib.AsyncExitStack()
        try:
            yield runner, runner.run(_begun(stack, ground))
        finally:
            runner.run(stack.aclose())


async def _begun(stack: contextlib.AsyncExitStack, ground: Ground) -> "Stage":
    backends: list[Backend] = []
    for name in ("a", "b"):
        address = ground.addresses.of(f"eu-west-2{name}", 40)
        backends.append(Backend(address, PORT, f"eu-west-2{name}"))
        await stack.enter_async_context(server(name, address))
    await stack.enter_async_context(_running(ground))
    return Stage(ground, *backends)


@contextlib.asynccontextmanager
async def _running(ground: Ground) -> AsyncIterator[None]:
    relays = asyncio.create_task(RelayPart(ground).run())
    try:
        yield
    finally:
        relays.cancel()
        await asyncio.gather(relays, return_exceptions=True)
        await ground.processes.stop_all()


@pytest.fixture
def relayed(shared: tuple[asyncio.Runner, "Stage"]) -> Relayed:
    """Runs a test while the name leads to `a`."""
    runner, stage = shared

    async def ready(test: Callable[[Stage], Awaitable[None]]) -> None:
        stage.lead_to(stage.a)
        await eventually(lambda: stage.ports() >= len(stage.ground.zones.names))
        async with asyncio.timeout(10):
            while True:
                with contextlib.suppress(OSError):
                    if {await (await stage.line()).ask() for _ in range(2)} == {"a"}:
                        break
                await asyncio.sleep(0.02)
        await asyncio.wait_for(test(stage), 30)

    return lambda test: runner.run(ready(test))


class Stage:
    def __init__(self, ground: Ground, a: Backend, b: Backend) -> None:
        self.ground, self.a, self.b = ground, a, b

    def ports(self) -> int:
        return len(self.ground.directory.store_ports.all())

    def place(self, zone: str = "eu-west-2b") -> tuple[str, int]:
        place = self.ground.directory.store_ports.get((zone, NAME))
        assert place
        return place

    def lead_to(self, *backends: Backend) -> None:
        self.ground.directory.stores.put(KEY, backends)

    async def line(self, zone: str = "eu-west-2b") -> Line:
        return await Line.open(self.place(zone))


def test_a_zone_reaches_the_store_at_an_address_of_its_own_with_the_declared_port(relayed: Relayed) -> None:
    async def test(stage: Stage) -> None:
        assert stage.place("eu-west-2c") == (stage.ground.addresses.of("eu-west-2c", 4), PORT)
        line = await stage.line("eu-west-2c")
        assert await line.ask() == "a"

    relayed(test)


def test_when_a_name_leads_elsewhere_connections_to_the_old_server_are_cut(relayed: Relayed) -> None:
    async def test(stage: Stage) -> None:
        line = await stage.line()
        assert await line.ask() == "a"
        stage.lead_to(stage.b)
        assert await line.is_cut()
        assert await (await stage.line()).ask() == "b"

    relayed(test)


def test_a_name_with_several_servers_is_dealt_out_and_keeps_connections_of_those_that_stay(
    relayed: Relayed,
) -> None:
    async def test(stage: Stage) -> None:
        first = await stage.line()
        await first.ask()
        stage.lead_to(stage.a, stage.b)
        async with asyncio.timeout(10):
            while {await (await stage.line()).ask() for _ in range(2)} != {"a", "b"}:
                await asyncio.sleep(0.02)
        assert await first.ask() == "a"

    relayed(test)


def test_a_name_that_leads_nowhere_refuses(relayed: Relayed) -> None:
    async def test(stage: Stage) -> None:
        stage.lead_to()
        async with asyncio.timeout(10):
            while True:
                try:
                    await (await stage.line()).ask()
                except ConnectionRefusedError:
                    return
                except ConnectionError:
                    await asyncio.sleep(0.02)

    relayed(test)


def test_a_cut_zone_hangs_established_and_new_connections_until_it_is_healed(relayed: Relayed) -> None:
    async def test(stage: Stage) -> None:
        line = await stage.line()
        await line.ask()
        stage.ground.zones.change("eu-west-2a", boundary=Link(is_open=False))
        await asyncio.sleep(SILENCE_SECONDS)
        for it in (line, await stage.line()):
            with pytest.raises(TimeoutError):
                await it.ask(SILENCE_SECONDS)
        assert await (await stage.line("eu-west-2a")).ask() == "a"
        stage.ground.zones.change("eu-west-2a", boundary=Link())
        assert await line.ask() == "a"

    relayed(test)


def test_latency_of_a_boundary_is_met_in_each_direction(relayed: Relayed) -> None:
    async def test(stage: Stage) -> None:
        line = await stage.line()
        stage.ground.zones.change("eu-west-2a", boundary=Link(latency_ms=150))
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(10):
            took = 0.0
            while took < 0.3:
                began = loop.time()
                await line.ask()
                took = loop.time() - began

    relayed(test)


def test_the_link_between_regions_can_be_cut_and_healed(relayed: Relayed) -> None:
    async def test(stage: Stage) -> None:
        line = await stage.line("eu-west-1a")
        assert await line.ask() == "a"
        stage.ground.directory.region_links.put(("eu-west-1", "eu-west-2"), RegionLink(is_open=False))
        await asyncio.sleep(SILENCE_SECONDS)
        with pytest.raises(TimeoutError):
            await line.ask(SILENCE_SECONDS)
        stage.ground.directory.region_links.drop(("eu-west-1", "eu-west-2"))
        assert await line.ask() == "a"

    relayed(test)


def test_a_killed_relay_is_back_at_the_same_place(relayed: Relayed) -> None:
    async def test(stage: Stage) -> None:
        place = stage.place()
        before = next(it for it in stage.ground.processes.running() if it.name == "relay-eu-west-2b")
        os.kill(before.pid, signal.SIGKILL)
        async with asyncio.timeout(10):
            while True:
                with contextlib.suppress(OSError):
                    if await (await Line.open(place)).ask() == "a":
                        break
                await asyncio.sleep(0.02)
        assert not before.is_running

    relayed(test)


def test_a_zone_without_power_has_no_relay_and_gets_it_back_with_the_power(relayed: Relayed) -> None:
    async def test(stage: Stage) -> None:
        stage.ground.zones.change("eu-west-2b", has_power=False)
        stage.ground.processes.cut_power("eu-west-2b")
        await eventually(
            lambda: not [it for it in stage.ground.processes.running() if it.zone == "eu-west-2b"]
        )
        with pytest.raises(ConnectionError):
            await stage.line()
        # Long enough that one was tried to be started in vain.
        await asyncio.sleep(2 * SILENCE_SECONDS)
        stage.ground.zones.change("eu-west-2b", has_power=True)
        async with asyncio.timeout(10):
            while True:
                with contextlib.suppress(OSError):
                    if await (await stage.line()).ask() == "a":
                        return
                await asyncio.sleep(0.02)

    relayed(test)
