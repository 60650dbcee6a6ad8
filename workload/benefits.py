"""The benefits of a cell: found below its parameter path, each with its own schema, queue, outbox and work."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Any

from workload.applications import (
    APPLICATION_STATEMENTS,
    Application,
    Applications,
    Draft,
    StoredApplications,
)
from workload.clock import monotonic
from workload.consumer import Consumer
from workload.database import PACE_SECONDS
from workload.events import bus_sender, topic_sender
from workload.exceptions import DependencyAway
from workload.frame import Frame
from workload.known import Known
from workload.outbox import Item, Relay, Sender
from workload.parameters import ParameterSource
from workload.patience import Patient
from workload.queue import Message, Queue
from workload.schema import Schema, SchemaMaker
from workload.upstream import Upstream
from workload.waiting import is_set_within

__all__ = ["Benefit", "Benefits", "case_sender", "read_settings", "sweep_once", "take"]

LOOK_SECONDS = 10.0
SWEEP_SECONDS = 10.0
CASE_SECONDS = 3.0


@dataclass(frozen=True)
class Benefit:
    """Attributes: away: names of those to whom it cannot announce at the moment. loops: to be run for it."""

    slug: str
    name: str
    applications: Applications
    queue: Queue
    wake: Callable[[], None] = lambda: None
    away: Callable[[], list[str]] = list
    consumer: Consumer | None = None
    loops: Sequence[Callable[[], Awaitable[None]]] = ()


def read_settings(documents: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Settings and database of each benefit, of those parameters that are complete."""
    found: dict[str, dict[str, Any]] = {}
    for name, document in documents.items():
        slug, _, part = name.rpartition("/")
        if slug and part in ("settings", "database"):
            found.setdefault(slug, {})[part] = document
    return {slug: parts for slug, parts in found.items() if len(parts) == 2}


class Benefits:
    """A worker that keeps every benefit of the cell at work; one that is added later is found by itself."""

    name = "benefits"

    def __init__(self, frame: Frame, source: ParameterSource) -> None:
        self._frame = frame
        self._source = source
        self._known = Known(self._read)
        self._made: dict[str, Benefit] = {}
        self._stopping = asyncio.Event()
        self._loops: dict[str, asyncio.Task[None]] = {}
        self._consumers: dict[str, asyncio.Task[None]] = {}

    async def named(self, slug: str) -> Benefit | None:
        return await self._known.named(slug)

    async def all(self) -> Mapping[str, Benefit]:
        return await self._known.all()

    def stop(self) -> None:
        self._stopping.set()
        for benefit in self._made.values():
            if benefit.consumer:
                benefit.consumer.stop()

    async def run(self) -> None:
        try:
            while not self._stopping.is_set():
                await self._look()
                await is_set_within(self._stopping, LOOK_SECONDS)
            await asyncio.gather(*self._consumers.values(), return_exceptions=True)
        finally:
            for task in (*self._loops.values(), *self._consumers.values()):
                task.cancel()

    async def _look(self) -> None:
        """Every known benefit is at work."""
        try:
            benefits = await self._known.all()
        except DependencyAway as away:
            self._frame.log.warn("benefits-unknown", why=away.why)
            return
        for slug, benefit in benefits.items():
            self._keep_at_work(slug, benefit)

    def _keep_at_work(self, slug: str, benefit: Benefit) -> None:
        """What ended in an error is begun again."""
        for place, loop in enumerate(benefit.loops):
            self._begin(self._loops, f"{slug}/{place}", loop)
        if benefit.consumer and not self._stopping.is_set():
            self._begin(self._consumers, slug, benefit.consumer.run)

    def _begin(
        self, tasks: dict[str, asyncio.Task[None]], name: str, run: Callable[[], Awaitable[None]]
    ) -> None:
        task = tasks.get(name)
        if task and not task.done():
            return
        error = task.exception() if task and not task.cancelled() else None
        if error:
            self._frame.log.error("loop-failed", error, loop=name)
        elif task:
            return
        # A context of its own: what a request began is no part of that request.
        tasks[name] = asyncio.create_task(_as_coroutine(run), context=Context())

    async def _read(self) -> Mapping[str, Benefit]:
        path = self._frame.settings.benefits_path
        documents = await self._source.below(path) if path else {}
        for slug, parts in read_settings(documents).items():
            if slug not in self._made and parts["database"]["database"] in self._frame.databases:
                self._made[slug] = _made(self._frame, slug, parts)
                self._keep_at_work(slug, self._made[slug])
        return dict(self._made)


def _made(frame: Frame, slug: str, parts: Mapping[str, Any]) -> Benefit:
    settings, place = parts["settings"], parts["database"]
    database = frame.databases[place["database"]]
    maker = SchemaMaker(database, Schema(place["schema"], APPLICATION_STATEMENTS, place["role"]), frame.log)
    applications = StoredApplications(database, slug, place["schema"], maker)
    relay = Relay(database, place["schema"], _senders(frame), frame.log, lambda: maker.is_made)
    queue = frame.queue_at("queue", settings["queue_url"])
    consumer = Consumer(
        f"queue of {slug}",
        queue,
        Patient(queue, lambda message: take(applications, message, relay.wake, frame)),
        slots=frame.slots,
        log=frame.log,
        pace=lambda: database.pace_seconds() if maker.is_made else PACE_SECONDS,
    )
    loops = (maker.run, relay.run, lambda: _sweep(applications, maker, frame, relay.wake))
    return Benefit(
        slug, settings["name"], applications, queue, relay.wake, lambda: relay.away, consumer, loops
    )


def _senders(frame: Frame) -> dict[str, Sender]:
    stores = frame.settings.stores
    source = f"estate.{frame.settings.service}"
    senders = {"case": case_sender(frame.service("case"))}
    for name, arn in stores.topics.items():
        senders[name] = topic_sender(frame.aws, name, arn)
    for name, bus in stores.buses.items():
        senders[name] = bus_sender(frame.aws, name, bus, source)
    return senders


def case_sender(case: Upstream) -> Sender:
    """Hands changes to case, many in one call; it takes each once."""

    async def send(items: Sequence[Item]) -> list[int]:
        key = f"changes-{items[0].key}-{len(items)}"
        document = {"changes": [item.document for item in items]}
        got = await case.call("POST", "/changes", document=document, key=key, seconds=CASE_SECONDS)
        if got.status >= 300:
            return [item.id for item in items]
        taken = set(got.json()["taken"])
        return [item.id for item in items if item.key not in taken]

    return send


async def take(applications: Applications, message: Message, wake: Callable[[], None], frame: Frame) -> None:
    """What was accepted while the writer was away is stored, once. Raises: DependencyAway: it is still away."""
    document = message.document
    if document["kind"] == "draft":
        await applications.save(Draft(document["id"], document["content"], document["saved_at"]))
        return
    accepted = Application(**{name: document[name] for name in _FIELDS})
    _, digest = await applications.store(accepted)
    if digest != accepted.digest:
        frame.log.warn("key-used-twice", application=accepted.id)
    wake()


_FIELDS = ("id", "benefit", "client_reference", "content", "received_at")


async def _as_coroutine(run: Callable[[], Awaitable[None]]) -> None:
    await run()


async def _sweep(
    applications: Applications, maker: SchemaMaker, frame: Frame, wake: Callable[[], None]
) -> None:
    while True:
        await asyncio.sleep(SWEEP_SECONDS * frame.random.uniform(0.8, 1.2))
        if maker.is_made:
            try:
                await sweep_once(applications, frame.service("case"))
                wake()
            except DependencyAway as away:
                frame.log.info("sweep-waits", dependency=away.dependency, at=monotonic())


async def sweep_once(applications: Applications, case: Upstream) -> int:
    """Applications that case does not know, half a minute after it was told, were told again. How many were."""
    asked = await applications.to_sweep()
    if not asked:
        return 0
    got = await case.call("POST", "/cases/known", document={"ids": [it.id for it in asked]}, key="known")
    states = got.json()["states"] if got.status == 200 else {}
    if states:
        await applications.confirm(states)
    missing = [it for it in asked if it.id not in states]
    if missing:
        await applications.send_again(missing)
    return len(missing)
