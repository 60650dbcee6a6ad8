"""Carries out what is planned for one replication group, and says where its names lead."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from twin.runtime.cache import reports
from twin.runtime.cache.configuration import ignored_parameters
from twin.runtime.cache.model import Event, Group, Known, Observed, Surroundings
from twin.runtime.cache.plan import Action, Follow, Kill, Promote, Start, plan
from twin.runtime.cache.server import Server
from twin.runtime.directory import Backend, StoreLogin
from twin.runtime.exceptions import ZoneIsOff
from twin.runtime.ground import Ground
from twin.runtime.zones import Place, Tier

__all__ = ["Controller"]

_log = logging.getLogger(__name__)

_START_AGAIN_SECONDS = 1.0
"""A node that ends at once is not started faster than this."""

_event_numbers = count(1)


class Controller:
    """Looks at its group's nodes and acts. Attributes: group: as declared now.

    Args:
        address_of: where a node of this name and zone listens.
        password: of the controller and the replicas.
    """

    def __init__(
        self, ground: Ground, group: Group, address_of: Callable[[str, str], str], password: str
    ) -> None:
        self.group = group
        self._ground, self._address_of, self._password = ground, address_of, password
        self._known = Known()
        self._servers: dict[str, Server] = {}
        self._started: dict[str, float] = {}
        self._published: set[tuple[str, str]] = set()
        self._at_work = asyncio.Lock()
        self._asked = self._heard = 0
        self._declare_servers()
        if ignored := list(ignored_parameters(group)):
            _log.info("cache %s: parameters without effect: %s", group.name, ", ".join(ignored))

    async def change(self, group: Group) -> None:
        """The group is declared so from now on."""
        async with self._at_work:
            self.group = group
            for name in set(self._servers) - set(group.names):
                await self._servers.pop(name).ended()
            self._declare_servers()
            for server in self._servers.values():
                await server.admit()

    def fail_over(self, request_id: int) -> None:
        """At the next step the primary is lost on purpose."""
        self._asked = request_id
        self._known = replace(self._known, is_test_wanted=True)

    async def step(self) -> None:
        """Looked once, and did what that wanted."""
        async with self._at_work:
            looks = await self._looks()
            around = self._surroundings()
            seconds = self._ground.profile.seconds("cache_failover")
            planned = plan(self.group, self._known, looks, around, time.monotonic(), seconds)
            self._known = planned.known
            await asyncio.gather(*(self._act(action) for action in planned.actions))
            self._publish(looks)
            self._report(planned.events)

    async def information(self) -> Mapping[str, Mapping[str, Any]]:
        """What each node says of itself that can be reached, by its name."""
        servers = [
            it for it in self._servers.values() if self._ground.zones.condition(it.node.zone).is_usable
        ]
        said = await asyncio.gather(*(it.information() for it in servers))
        return {server.node.name: it for server, it in zip(servers, said, strict=True) if it}

    async def end(self) -> None:
        """The group is gone, and its names lead nowhere."""
        async with self._at_work:
            for server in self._servers.values():
                await server.ended()
            for key in self._published:
                self._ground.directory.stores.drop(key)
                self._ground.directory.store_logins.drop(key)
            report = self._ground.control_plane.report
            report("elasticache", self.group.region, "replication group", self.group.name, None)

    async def leave(self) -> None:
        """Its servers run on, and nobody is connected to them from here."""
        for server in self._servers.values():
            await server.leave()

    # Looking

    def _declare_servers(self) -> None:
        for node in self.group.nodes:
            server = self._servers.get(node.name)
            if server is None:
                address = self._address_of(node.name, node.zone)
                self._servers[node.name] = Server(self._ground, self.group, node, address, self._password)
            else:
                server.group, server.node = self.group, node

    async def _looks(self) -> Mapping[str, Observed]:
        looks = await asyncio.gather(*(self._servers[name].look() for name in self.group.names))
        return dict(zip(self.group.names, looks, strict=True))

    def _surroundings(self) -> Surroundings:
        conditions = {node.name: self._ground.zones.condition(node.zone) for node in self.group.nodes}
        names = self.group.names
        return Surroundings(
            startable=frozenset(
                name for name in names if conditions[name].is_usable and self._may_start(name)
            ),
            reachable=frozenset(name for name in names if conditions[name].boundary.is_open),
            restless=frozenset(name for name in names if conditions[name].is_usable),
            addresses={name: (self._servers[name].address, self.group.port) for name in names},
            cut=frozenset((one, other) for one in names for other in names if self._is_cut(one, other)),
            held=frozenset(name for name in names if self._is_held(name)),
        )

    def _may_start(self, name: str) -> bool:
        """Nothing holds it down, and it was not started just now."""
        is_young = time.monotonic() - self._started.get(name, -_START_AGAIN_SECONDS) < _START_AGAIN_SECONDS
        return not is_young and not self._is_held(name)

    def _is_held(self, name: str) -> bool:
        key = (self.group.region, self.group.name, self.group.node(name).zone)
        return self._ground.directory.cache_interruptions.get(key) is not None

    def _is_cut(self, one: str, other: str) -> bool:
        places = [Place(self.group.node(name).zone, Tier.DATA) for name in (one, other)]
        return one != other and not self._ground.zones.link(places[0], places[1]).is_open

    # Acting

    async def _act(self, action: Action) -> None:
        server = self._servers[action.node]
        match action:
            case Start():
                await self._start(server, action.upstream)
            case Kill():
                _log.info("cache node %s is fenced", action.node)
                server.kill()
            case Promote():
                _log.info("cache node %s is promoted", action.node)
                await server.promote()
            case Follow():
                await server.follow(action.upstream)

    async def _start(self, server: Server, upstream: tuple[str, int] | None) -> None:
        self._started[server.node.name] = time.monotonic()
        try:
            await server.start(upstream)
        except ZoneIsOff:
            _log.info("cache node %s waits for its zone's power", server.node.name)

    # Telling

    def _publish(self, looks: Mapping[str, Observed]) -> None:
        """Where each name leads.

        Source: ElastiCache user guide, "Finding connection endpoints": the reader endpoint is dealt out over the
        replicas. Assumption: it leads to the primary where no replica answers.
        """
        known, group = self._known, self.group
        primary = (known.endpoint,) if known.endpoint else ()
        readers = [name for name in group.names if name != known.primary and looks[name].answer]
        wanted = {group.primary_endpoint: primary, group.reader_endpoint: tuple(readers) or primary}
        wanted |= {node.endpoint: (node.name,) for node in group.nodes}
        keys = {(group.region, name): nodes for name, nodes in wanted.items() if name}
        for key, nodes in keys.items():
            self._ground.directory.stores.put(key, tuple(self._backend(name) for name in nodes))
            self._publish_login(key)
        for key in self._published - set(keys):
            self._ground.directory.stores.drop(key)
            self._ground.directory.store_logins.drop(key)
        self._published = set(keys)

    def _publish_login(self, key: tuple[str, str]) -> None:
        """Without a user group nobody says who they are."""
        logins, users = self._ground.directory.store_logins, self.group.users
        if users:
            others = tuple(it.name for it in users if not it.shows_token)
            logins.put(key, StoreLogin("cache", self.group.name, others))
        else:
            logins.drop(key)

    def _backend(self, name: str) -> Backend:
        return Backend(self._servers[name].address, self.group.port, self.group.node(name).zone)

    def _report(self, events: tuple[Event, ...]) -> None:
        tell, region = self._ground.control_plane.report, self.group.region
        self._heard = self._heard if self._known.is_test_wanted else self._asked
        shown = reports.replication_group(self.group, self._known, self._heard)
        tell("elasticache", region, "replication group", self.group.name, shown)
        for it in events:
            _log.info("cache %s: %s", self.group.name, it.message)
            key = f"{self._ground.run}-{next(_event_numbers):09}"
            tell("elasticache", region, "event", key, reports.event(it, time.time()))
