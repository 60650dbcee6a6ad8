"""Measures the caches by what each Valkey server says of itself."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence

from twin.runtime.metrics.datum import Datum
from twin.runtime.metrics.nodes import Information, data, lags
from twin.runtime.metrics.periods import Tick

__all__ = ["Caches"]

Node = tuple[str, str]
"""Region, and its CacheClusterId."""


class Caches:
    """Args: information: what each node says of itself, those that do not answer left out."""

    name = "caches"

    def __init__(self, information: Callable[[], Awaitable[Mapping[Node, Information]]]) -> None:
        self._information = information
        self._before: Mapping[Node, Information] = {}
        self._lags: defaultdict[Node, list[float]] = defaultdict(list)

    @property
    def problems(self) -> Mapping[str, str]:
        return {
            f"metrics of cache {node}": "DatabaseMemoryUsagePercentage is not published: its node type's memory is "
            "not known here, so it has no limit."
            for (_, node), it in self._before.items()
            if not int(it.get("maxmemory", 0))
        }

    async def look(self, now: float) -> None:
        pass

    async def read(self, tick: Tick) -> Sequence[Datum]:
        now = await self._information()
        for node, lag in _all_lags(now).items():
            self._lags[node].append(lag)
        if tick.minute_began_at is None:
            return ()
        before, self._before = self._before, now
        sampled, self._lags = self._lags, defaultdict(list)
        return [
            datum
            for (region, node), it in now.items()
            for datum in data(
                region, node, before.get((region, node)), it, sampled[region, node], tick.minute_began_at
            )
        ]


def _all_lags(nodes: Mapping[Node, Information]) -> dict[Node, float]:
    """Of every replica; nodes of one group are named after it, ``<group>-001``."""
    groups: defaultdict[Node, dict[str, Information]] = defaultdict(dict)
    for (region, node), it in nodes.items():
        groups[region, node.rpartition("-")[0]][node] = it
    return {(region, node): lag for (region, _), group in groups.items() for node, lag in lags(group).items()}
