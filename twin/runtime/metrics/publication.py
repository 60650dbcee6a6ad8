"""What was measured waits until AWS would have published it. Pure."""

import heapq
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

from twin.runtime.metrics.datum import HIGH_RESOLUTION, Datum

__all__ = ["Delays", "Outbox"]


@dataclass(frozen=True)
class Delays:
    """From the end of a period until its data can be read, seconds."""

    standard: float
    high_resolution: float

    def of(self, resolution: int) -> float:
        return self.high_resolution if resolution == HIGH_RESOLUTION else self.standard


@dataclass
class Outbox:
    """Data by the moment at which they are due. What cannot be delivered then is lost, as it is on AWS."""

    delays: Delays
    _waiting: list[tuple[float, int, Datum]] = field(default_factory=list[tuple[float, int, Datum]])
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def put(self, data: Iterable[Datum], ended_at: float) -> None:
        """The data of periods that ended then wait for their time."""
        for datum in data:
            due = ended_at + self.delays.of(datum.resolution)
            heapq.heappush(self._waiting, (due, next(self._numbers), datum))

    def take(self, now: float) -> list[Datum]:
        """What is due, in the order in which it became so; it waits no more."""
        taken: list[Datum] = []
        while self._waiting and self._waiting[0][0] <= now:
            taken.append(heapq.heappop(self._waiting)[2])
        return taken

    def __len__(self) -> int:
        return len(self._waiting)
