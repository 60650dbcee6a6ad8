"""Measures the load balancers: their nodes' access logs, what the nodes see of targets, and their connections."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from twin.runtime.envoy.administration import Administration, Unanswered
from twin.runtime.load_balancer.view import BalancerView, hosts
from twin.runtime.metrics.balancing import GroupMinute, Minute, data
from twin.runtime.metrics.counting import increase
from twin.runtime.metrics.datum import Datum
from twin.runtime.metrics.periods import Tick
from twin.runtime.metrics.requests import Traffic, count, read
from twin.runtime.metrics.tail import Tail

__all__ = ["LoadBalancers", "connections"]

_CONNECTIONS = r"^(listener|cluster)\..*stream_cx_(active|total)$"
_HEALTH_LISTENER = "_9000."
_GROUPS = "cluster.group-"


class LoadBalancers:
    """Args: views: the load balancers as they are now."""

    name = "load balancers"

    def __init__(self, views: Callable[[], Sequence[BalancerView]]) -> None:
        self._views = views
        self._tails: dict[Path, Tail] = {}
        self._minutes: dict[str, Minute] = {}
        self._opened: dict[tuple[str, str], float] = {}

    @property
    def problems(self) -> Mapping[str, str]:
        return {}

    async def look(self, now: float) -> None:
        for view in self._views():
            minute = self._minute(view)
            self._note_hosts(view, minute)
            for zone, path in view.access_logs.items():
                await self._note_requests(zone, path, minute)

    async def read(self, tick: Tick) -> Sequence[Datum]:
        if tick.minute_began_at is None:
            return ()
        for view in self._views():
            for node in view.nodes:
                await self._note_connections(view, node.zone, node.administration)
        minutes, self._minutes = self._minutes, {}
        return [datum for it in minutes.values() for datum in data(it, tick.minute_began_at)]

    def _minute(self, view: BalancerView) -> Minute:
        found = self._minutes.get(view.region)
        if found is None or found.arn != view.arn:
            found = self._minutes[view.region] = Minute(view.region, view.arn)
        return found

    def _note_hosts(self, view: BalancerView, minute: Minute) -> None:
        for group in view.groups:
            noted = minute.groups.setdefault(group.name, GroupMinute(group.arn))
            noted.registered = len(group.states)
            noted.healthy = list(group.states.values()).count("healthy")
            for node in view.nodes if group.states else ():
                noted.hosts.setdefault(node.zone, []).append(hosts(group, node))

    async def _note_requests(self, zone: str, path: Path, minute: Minute) -> None:
        """Requests count in the minute in which their end is read; what ended before the first look does not."""
        tail = self._tails.setdefault(path, Tail(path, from_start=False))
        while lines := tail.read():
            for request in filter(None, map(read, lines)):
                count(minute.traffic.setdefault((zone, request.group), Traffic()), request)
            # Others have their turn between two chunks.
            await asyncio.sleep(0)

    async def _note_connections(self, view: BalancerView, zone: str, node: Administration) -> None:
        with contextlib.suppress(Unanswered):
            opened, total = connections(await node.counters(_CONNECTIONS))
            before = self._opened.get((view.region, zone))
            self._opened[view.region, zone] = total
            new = increase(before, total) if before is not None else 0.0
            self._minute(view).connections[zone] = (opened, new)


def connections(counters: Mapping[str, int]) -> tuple[float, float]:
    """Connections that are open, and that ever were: with clients, and with targets."""
    own = {
        name: value
        for name, value in counters.items()
        if name.startswith(_GROUPS)
        or (name.startswith("listener.1") and _HEALTH_LISTENER not in name and ".worker_" not in name)
    }
    active = sum(value for name, value in own.items() if name.endswith("_active"))
    return float(active), float(sum(value for name, value in own.items() if name.endswith("_total")))
