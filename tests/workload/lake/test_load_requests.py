"""What came into the stream is asked for, at once for all that came together."""

import asyncio
import io

from tests.workload.fakes import FakeQueue
from tests.workload.virtual_time import run
from workload.lake import LoadRequests
from workload.lake.load_requests import PERIOD_SECONDS
from workload.logs import Log

REQUEST = {"stream": "events"}


def _asked(queue: FakeQueue) -> list[object]:
    return [it.document for it in queue.waiting]


def test_a_task_asks_when_it_starts_then_after_events_only_and_once_more_before_it_stops() -> None:
    async def test() -> list[int]:
        queue = FakeQueue()
        requests = LoadRequests("events", queue, Log("hub", io.StringIO()))
        running, counts = asyncio.create_task(requests.run()), []
        for events in (0, 0, 3, 0, 1):
            for _ in range(events):
                requests.note()
            await asyncio.sleep(PERIOD_SECONDS * 1.01)
            counts.append(len(queue.waiting))
        requests.note()
        requests.stop()
        await running
        assert _asked(queue) == [REQUEST] * len(queue.waiting)
        return [*counts, len(queue.waiting)]

    assert run(test) == [1, 1, 2, 2, 3, 4]


def test_while_the_queue_is_away_the_request_waits() -> None:
    async def test() -> list[object]:
        queue = FakeQueue()
        requests = LoadRequests("events", queue, Log("hub", io.StringIO()))
        queue.is_away = True
        await requests.flush()
        queue.is_away = False
        await requests.flush()
        return _asked(queue)

    assert run(test) == [REQUEST]
