"""The part of the data plane that measures it, and has the control plane know as late as AWS would."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

import httpx

from twin.runtime.control_plane import ControlPlane
from twin.runtime.ground import Ground
from twin.runtime.metrics.datum import Datum
from twin.runtime.metrics.periods import next_look, tick
from twin.runtime.metrics.publication import Delays, Outbox
from twin.runtime.metrics.sources import Source

__all__ = ["MetricsPart", "Post"]

_log = logging.getLogger(__name__)

_PATH = "/moto-api/estate/metrics"
_SEND_EVERY_SECONDS = 1.0
_AT_ONCE = 1_000


Send = Callable[[Sequence[Datum]], Awaitable[bool]]
"""Whether the data were taken; they are not offered again."""


class MetricsPart:
    """Attributes: problems: what is declared and cannot be measured, by where; for the status.

    Args:
        clock: seconds since the epoch.
        send: to the control plane, where it is not given.
    """

    name = "metrics"

    def __init__(
        self,
        ground: Ground,
        sources: Sequence[Source],
        clock: Callable[[], float] = time.time,
        send: Send | None = None,
    ) -> None:
        self._sources, self._clock = sources, clock
        seconds = ground.profile.seconds
        delays = Delays(seconds("metric_publication"), seconds("metric_publication_high_resolution"))
        self._outbox = Outbox(delays)
        self._send = send or Post(ground.control_plane)

    @property
    def problems(self) -> Mapping[str, str]:
        return {name: it for source in self._sources for name, it in source.problems.items()}

    async def run(self) -> None:
        """Measures and tells until cancelled."""
        async with asyncio.TaskGroup() as group:
            for source in self._sources:
                group.create_task(self._measure(source))
            group.create_task(self._tell())

    async def _measure(self, source: Source) -> None:
        """A source that fails is asked again at the next look; what it would have said is missing."""
        last = self._clock()
        while True:
            now = self._clock()
            await asyncio.sleep(next_look(now) - now)
            now = self._clock()
            try:
                await source.look(now)
                if ended := tick(last, now):
                    last = ended.ended_at
                    self._outbox.put(await source.read(ended), ended.ended_at)
            except Exception:
                _log.exception("the metrics of %s are missing", source.name)

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(_SEND_EVERY_SECONDS)
            due = self._outbox.take(self._clock())
            for start in range(0, len(due), _AT_ONCE):
                batch = due[start : start + _AT_ONCE]
                if not await self._send(batch):
                    _log.info("%d data of metrics are lost: the control plane does not take them", len(batch))


class Post:
    """Sends data to the emulator's own endpoint for metrics."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self._http = httpx.AsyncClient(timeout=httpx.Timeout(10, connect=1), trust_env=False)

    async def __call__(self, data: Sequence[Datum]) -> bool:
        if not self._plane.is_up or not self._plane.endpoint:
            return False
        body = {"data": [it.document() for it in data]}
        try:
            answer = await self._http.post(f"{self._plane.endpoint}{_PATH}", json=body)
        except httpx.HTTPError:
            return False
        if answer.is_error:
            _log.error("the control plane refuses metrics: %s", answer.text)
        return answer.is_success
