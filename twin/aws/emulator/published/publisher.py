"""Publishes each minute, as late as AWS does."""

import heapq
import itertools
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence

from twin.aws.emulator.extension import Extension, Inside
from twin.aws.emulator.monitoring.sample import counted
from twin.aws.emulator.monitoring.series import Datum, Metric, dimensions_of
from twin.aws.emulator.published.ledger import LEDGER, Ledger, Resource
from twin.aws.emulator.published.measure import MINUTE_SECONDS, Measure, measures, minute_of
from twin.aws.emulator.published.queues import QueueLook, look, queue_measures
from twin.aws.emulator.published.streams import patch

__all__ = ["DELAY_SECONDS", "EXTENSIONS", "Publisher"]

DELAY_SECONDS = 60.0
"""From the end of a minute until its metrics can be read. An assumption: AWS documents no figure for these services."""

_TICK_SECONDS = 1.0

Put = Callable[[Iterable[Datum]], None]
Look = Callable[[], Mapping[Resource, QueueLook]]


class Publisher:
    """Args: put: takes the data once they can be read. look: at every queue. now: seconds since the epoch."""

    def __init__(
        self, put: Put, look: Look, ledger: Ledger, now: float, delay: float = DELAY_SECONDS
    ) -> None:
        self._put, self._look, self._ledger, self._delay = put, look, ledger, delay
        self._minute = minute_of(now)
        self._queues: Mapping[Resource, QueueLook] = {}
        self._waiting: list[tuple[float, int, Sequence[Datum]]] = []
        self._numbers = itertools.count()

    def tick(self, now: float) -> None:
        """What ended since the last tick was measured, and what is due can be read."""
        minute = minute_of(now)
        if minute > self._minute:
            self._minute = minute
            data = [_datum(it) for it in self._measured(minute, now)]
            heapq.heappush(self._waiting, (minute + self._delay, next(self._numbers), data))
        while self._waiting and self._waiting[0][0] <= now:
            self._put(heapq.heappop(self._waiting)[2])

    def _measured(self, ended_at: float, now: float) -> list[Measure]:
        before, self._queues = self._queues, self._look()
        began_at = ended_at - MINUTE_SECONDS
        return [
            *queue_measures(before, self._queues, began_at, now),
            *measures(self._ledger.take(ended_at)),
        ]

    def run(self) -> None:
        """Publishes until the process ends; a minute that fails is missing."""
        while True:
            time.sleep(_TICK_SECONDS)
            try:
                self.tick(time.time())
            except Exception:
                traceback.print_exc()


def _datum(it: Measure) -> Datum:
    resource = it.resource
    dimensions = dimensions_of({resource.dimension: resource.name})
    metric = Metric(resource.account, resource.region, resource.namespace, it.metric, dimensions)
    return Datum(
        metric, it.at, counted([value for value, _ in it.values], [n for _, n in it.values]), it.unit
    )


def _begin(inside: Inside) -> None:
    publisher = Publisher(inside.monitoring.put, look, LEDGER, time.time())
    threading.Thread(target=publisher.run, name="published metrics", daemon=True).start()


EXTENSIONS = (
    Extension(
        service="cloudwatch",
        topic="metrics of SQS, Kinesis and Lambda",
        stock="publishes none",
        aws="has them each minute, with a delay",
        change="publishes them a minute after the minute: depth, age and traffic of queues, records and age of "
        "readers of streams, invocations and errors of rotation functions",
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html",
        patch=patch,
        join=_begin,
    ),
)
