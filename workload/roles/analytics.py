"""Volumes, processing times and payment accuracy, from the stream by way of the lake."""

import asyncio
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from workload.answers import answer
from workload.bucket import Bucket, bucket_of
from workload.consumer import Consumer
from workload.exceptions import DependencyAway, SettingsWrong
from workload.frame import Frame
from workload.lake import Chain, Figures, KinesisStream, Stream
from workload.patience import Patient
from workload.priority import Priority
from workload.queue import Message, Queue
from workload.service import Loop, Operation, Service

__all__ = ["Loading", "make"]

LAKE = "lake"
STREAM = "events"
QUEUE = "lake-loads"
PERIOD_SECONDS = 10.0
BATCHES_AT_ONCE = 10

_FIGURES = {
    "type": "object",
    "required": ["by_type", "by_benefit", "as_of"],
    "properties": {
        "by_type": {"type": "object", "additionalProperties": {"type": "integer"}},
        "by_benefit": {"type": "object", "additionalProperties": {"type": "integer"}},
        "as_of": {"type": "string", "description": "Time of the last event that is counted."},
        "age_seconds": {"type": ["number", "null"]},
    },
}


def make(frame: Frame) -> Service:
    """Events are loaded from the stream into the lake, and counted there."""
    stores = frame.settings.stores
    lake, stream = bucket_of(frame, LAKE), stores.streams.get(STREAM)
    if lake is None or stream is None:
        raise SettingsWrong("Analytics needs the lake and the stream. Look at ESTATE_STORES.")
    loading = Loading(
        frame.settings.region, lake, KinesisStream(STREAM, stream, frame.aws), frame.queue(QUEUE)
    )
    board = Board(frame, loading)
    return Service(
        operations=[
            Operation(
                "GET",
                "/figures",
                board.figures,
                "Counts of events, by type and by benefit.",
                Priority.BULK,
                answers={200: _FIGURES},
            )
        ],
        loops=[Loop("lake", _Rounds(frame, loading).run)],
        workers=_workers(frame, loading),
        probes={LAKE: lake.probe},
    )


def _workers(frame: Frame, loading: "Loading") -> list[Consumer]:
    queue = frame.queue(QUEUE)
    if queue is None:
        return []
    return [Consumer(QUEUE, queue, Patient(queue, loading.take), slots=frame.slots, log=frame.log)]


class Loading:
    """A shard is loaded from where it stopped, by whoever takes its message."""

    def __init__(self, region: str, lake: Bucket, stream: Stream, queue: Queue | None) -> None:
        self._region = region
        self._lake = lake
        self._stream = stream
        self._queue = queue
        self._chains: dict[str, Chain] = {}
        self._loading: dict[str, asyncio.Lock] = {}

    async def ask(self) -> None:
        """Somebody is asked to load each shard; without the queue this task does. Raises: DependencyAway."""
        for shard in await self._stream.shards():
            try:
                await self._send(shard)
            except DependencyAway:
                await self.load(shard)

    async def _send(self, shard: str) -> None:
        if self._queue is None:
            raise DependencyAway(QUEUE, "it is not in this region")
        await self._queue.send({"shard": shard})

    async def take(self, message: Message) -> None:
        """A shard was loaded, or each was asked for where the message names none. Raises: DependencyAway."""
        shard = message.document.get("shard")
        await (self.ask() if shard is None else self.load(str(shard)))

    async def load(self, shard: str) -> int:
        """What is in the stream is in the lake, up to some batches. Returns: how many. Raises: DependencyAway."""
        async with self._loading.setdefault(shard, asyncio.Lock()):
            return await self._chain(shard).load(BATCHES_AT_ONCE)

    async def follow(self) -> None:
        """The figures are of all that is in the lake. Raises: DependencyAway."""
        for shard in await self._stream.shards():
            async with self._loading.setdefault(shard, asyncio.Lock()):
                await self._chain(shard).follow()

    @property
    def figures(self) -> Figures:
        return sum((it.figures for it in self._chains.values()), Figures())

    def _chain(self, shard: str) -> Chain:
        if shard not in self._chains:
            self._chains[shard] = Chain(self._region, shard, self._lake, self._stream)
        return self._chains[shard]


class _Rounds:
    def __init__(self, frame: Frame, loading: Loading) -> None:
        self._frame = frame
        self._loading = loading

    async def run(self) -> None:
        while True:
            try:
                await self._loading.ask()
            except DependencyAway as away:
                self._frame.log.warn("load-waits", dependency=away.dependency, why=away.why)
            await asyncio.sleep(PERIOD_SECONDS)


class Board:
    def __init__(self, frame: Frame, loading: Loading) -> None:
        self._frame = frame
        self._loading = loading

    async def figures(self, _: Request) -> Response:
        """As the lake has them; without lake or stream as they stood, with their age."""
        away: list[str] = []
        try:
            await self._loading.follow()
        except DependencyAway as error:
            away = [error.dependency]
        figures = self._loading.figures
        document: dict[str, object] = {**figures.to_document(), "age_seconds": _age_seconds(figures.as_of)}
        return answer(self._frame.contract.mark(document, away))


def _age_seconds(as_of: str) -> float | None:
    """Of the last event that is counted; None where there is none, or its time cannot be read."""
    try:
        then = datetime.fromisoformat(as_of)
    except ValueError:
        return None
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return round((datetime.now(UTC) - then).total_seconds(), 3)
