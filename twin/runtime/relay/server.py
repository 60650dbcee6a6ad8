"""The relay: listeners by name, and the connections through them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial

from twin.runtime.relay.connection import Connection
from twin.runtime.relay.desk import Desk, conversation
from twin.runtime.relay.route import Route, Target
from twin.runtime.relay.way import Road

__all__ = ["Relay"]

_BACKLOG = 512

Say = Callable[[str], None]
"""That somebody tried what is not admitted, by the name of the route."""

Judge = Callable[[str, str, str], Awaitable[bool]]
"""Whether a user may come in with a token, by the name of the route."""


async def _nobody(name: str, user: str, token: str) -> bool:
    return False


class Relay:
    """Args:
    source: its own address, from which it reaches servers.
    judge: says who may log in where a route wants that; without one, nobody may.
    say_blocked: is told of every connection that is not admitted.
    """

    def __init__(self, source: str, judge: Judge = _nobody, say_blocked: Say = lambda _: None) -> None:
        self._source, self._judge, self._say_blocked = source, judge, say_blocked
        self._names: dict[str, _Name] = {}

    async def apply(self, routes: Iterable[Route]) -> Mapping[str, str]:
        """These routes and no others. Returns: why a name cannot be listened for, by name."""
        wanted = {it.name: it for it in routes}
        for name in set(self._names) - set(wanted):
            await self._names.pop(name).end()
        failed: dict[str, str] = {}
        for name, route in wanted.items():
            known = self._names.setdefault(name, self._made(name))
            try:
                await known.apply(route)
            except OSError as error:
                failed[name] = str(error)
        return failed

    def _made(self, name: str) -> "_Name":
        return _Name(self._source, partial(self._judge, name), partial(self._say_blocked, name))


class _Name:
    """One route, its listener, and its connections."""

    def __init__(
        self, source: str, judge: Callable[[str, str], Awaitable[bool]], say_blocked: Callable[[], None]
    ) -> None:
        self._source, self._judge, self._say_blocked = source, judge, say_blocked
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
        if not self._route.is_admitted:
            self._say_blocked()
        rule = self._route.login
        desk = Desk(conversation(rule), self._judge) if rule else None
        connection = Connection(target, road, self._source, self._connections.discard, self._admitted, desk)
        self._connections.add(connection)
        return connection.client

    async def _close(self) -> None:
        if self._server:
            server, self._server = self._server, None
            server.close()
            # Not `wait_closed`, which waits for connections as well.
            await asyncio.sleep(0)
