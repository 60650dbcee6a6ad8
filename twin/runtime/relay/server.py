"""The relay: listeners by name, and the connections through them."""

import asyncio
from collections.abc import Iterable, Mapping

from twin.runtime.relay.connection import Connection
from twin.runtime.relay.route import Route, Target
from twin.runtime.relay.way import Road

__all__ = ["Relay"]

_BACKLOG = 512


class Relay:
    """Args: source: its own address, from which it reaches servers."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._names: dict[str, _Name] = {}

    async def apply(self, routes: Iterable[Route]) -> Mapping[str, str]:
        """These routes and no others. Returns: why a name cannot be listened for, by name."""
        wanted = {it.name: it for it in routes}
        for name in set(self._names) - set(wanted):
            await self._names.pop(name).end()
        failed: dict[str, str] = {}
        for name, route in wanted.items():
            known = self._names.setdefault(name, _Name(self._source))
            try:
                await known.apply(route)
            except OSError as error:
                failed[name] = str(error)
        return failed


class _Name:
    """One route, its listener, and its connections."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._route = Route("", "", 0, ())
        self._server: asyncio.Server | None = None
        self._roads: dict[tuple[str, int], Road] = {}
        self._admitted = asyncio.Event()
        self._connections: set[Connection] = set()
        self._turn = 0

    async def apply(self, route: Route) -> None:
        """New connections go to the targets. Those to a target that is none any more are cut."""
        has_moved = (route.address, route.port) != (self._route.address, self._route.port)
        self._route = route
        if route.is_admitted:
            self._admitted.set()
        else:
            self._admitted.clear()
        self._pave(route.targets)
        if has_moved or not route.targets:
            await self._close()
        if route.targets and self._server is None:
            self._server = await asyncio.get_running_loop().create_server(
                self._accept, route.address, route.port, backlog=_BACKLOG, reuse_address=True
            )

    async def end(self) -> None:
        await self._close()
        self._pave(())

    def _pave(self, targets: tuple[Target, ...]) -> None:
        roads = {(it.address, it.port): it.conditions for it in targets}
        for connection in list(self._connections):
            if (connection.target.address, connection.target.port) not in roads:
                connection.abort()
        self._roads = {place: self._roads.get(place) or Road(it) for place, it in roads.items()}
        for place, conditions in roads.items():
            self._roads[place].change(conditions)

    def _accept(self) -> asyncio.Protocol:
        target = self._route.targets[self._turn % len(self._route.targets)]
        self._turn += 1
        road = self._roads[target.address, target.port]
        connection = Connection(target, road, self._source, self._connections.discard, self._admitted)
        self._connections.add(connection)
        return connection.client

    async def _close(self) -> None:
        if self._server:
            server, self._server = self._server, None
            server.close()
            # Not `wait_closed`, which waits for connections as well.
            await asyncio.sleep(0)
