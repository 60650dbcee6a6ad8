"""The Envoys of a region's load balancer as they run, and what they see."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from twin.runtime.envoy.administration import EndpointHealth, Unanswered
from twin.runtime.envoy.broken_links import BrokenLinks
from twin.runtime.envoy.deaf_socket import cut, established
from twin.runtime.envoy.health_events import Cause, Failure, HealthEvents
from twin.runtime.envoy.process import Envoy
from twin.runtime.load_balancer.model import Target
from twin.runtime.load_balancer.targets import Sight, Verdict

__all__ = ["Watched"]

_LONGEST_CHECK_SECONDS = 130.0
"""After which an endpoint has been checked, whatever is declared. Source: Application Load Balancers guide, "Health
checks for target groups": a time-out is 120 s at most."""


@dataclass
class Watched:
    """An Envoy with active health checks.

    Attributes: seen: endpoints by cluster and address, as it said at `seen_at`, on the loop's clock.
    """

    envoy: Envoy
    poll_seconds: float
    seen: Mapping[str, Mapping[tuple[str, int], EndpointHealth]] = field(
        default_factory=dict[str, Mapping[tuple[str, int], EndpointHealth]]
    )
    seen_at: float = float("-inf")
    links: BrokenLinks = field(default_factory=BrokenLinks)
    task: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self._events = HealthEvents(self.envoy.health_events)
        self._unexplained: dict[tuple[str, Target], float] = {}

    def start(self) -> None:
        """It runs and is looked at, also after the one who did so before has failed."""
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self._run(), name=self.envoy.name)

    async def stop(self) -> None:
        if self.task:
            self.task.cancel()
        await self.envoy.stop()

    def has_answered_since(self, moment: float) -> bool:
        return self.seen_at >= moment and self.envoy.pid is not None

    def sight(self, cluster: str, at: Target) -> Sight:
        """What it sees of an endpoint; UNKNOWN before the first check has ended."""
        found = self.seen.get(cluster, {}).get((at.address, at.port))
        if found is None or found.is_pending:
            return Sight(Verdict.UNKNOWN)
        if found.is_healthy:
            self._unexplained.pop((cluster, at), None)
            return Sight(Verdict.HEALTHY)
        return self._unhealthy(cluster, at, found)

    def _unhealthy(self, cluster: str, at: Target, found: EndpointHealth) -> Sight:
        """An endpoint that is not checked yet looks the same; the reason, which Envoy writes, tells them apart."""
        cause = self._events.failures.get((cluster, at.address, at.port))
        if cause is None and found.has_timed_out:
            cause = Cause(Failure.TIMEOUT)
        if cause:
            self._unexplained.pop((cluster, at), None)
            return Sight(Verdict.UNHEALTHY, cause)
        since = self._unexplained.setdefault((cluster, at), self.seen_at)
        is_checked = self.seen_at - since > _LONGEST_CHECK_SECONDS
        return Sight(Verdict.UNHEALTHY if is_checked else Verdict.UNKNOWN)

    def cut(self, peers: frozenset[tuple[str, int]]) -> None:
        """Its connections to them are closed."""
        if peers and self.envoy.pid:
            with contextlib.suppress(PermissionError):
                for connection in established(self.envoy.pid, self.envoy.address):
                    if connection.peer in peers:
                        cut(connection)

    def break_links(self, is_closed: Callable[[str, int], bool]) -> None:
        self.links.follow(self.envoy.pid, self.envoy.address, is_closed)

    async def _run(self) -> None:
        await asyncio.gather(self.envoy.run(), self._watch())

    async def _watch(self) -> None:
        while True:
            try:
                self.seen = await self.envoy.administration.clusters()
                self.seen_at = asyncio.get_running_loop().time()
                self._events.read()
            except (Unanswered, ValueError):
                pass
            await asyncio.sleep(self.poll_seconds)
