"""The mediator between systems: events from bus and topics go to the stream, once, with a trail of each."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from workload.answers import answer, body_of, key_of
from workload.bucket import bucket_of
from workload.clock import timestamp
from workload.consumer import Consumer
from workload.events import Together, bus_sender, stream_sender
from workload.exceptions import DependencyAway, Refused, SettingsWrong, TryLater
from workload.exchange import AuditTrail
from workload.frame import Frame
from workload.lake import LoadRequests
from workload.once import Once
from workload.outbox import Item, Sender
from workload.patience import NOT_BEFORE, Patient
from workload.queue import Message, Queue
from workload.service import Operation, Probe, Service

__all__ = ["Router", "make"]

BUS = "agency"
STREAM = "events"
TRAIL = "exchange-audit"
CACHE = "sessions"
LOADS = "lake-loads"

_EVENT = {
    "type": "object",
    "required": ["type", "subject"],
    "properties": {
        "type": {"type": "string"},
        "subject": {"type": "string"},
        "at": {"type": "string", "format": "date-time"},
    },
}
_TAKEN = {
    "type": "object",
    "required": ["id", "state"],
    "properties": {"id": {"type": "string"}, "state": {"const": "routed"}},
}


def make(frame: Frame) -> Service:
    """Queues bring events of the bus and of topics; over HTTP systems hand in theirs.

    Every queue that the hub is given brings events, but the one in which it asks for them to be loaded.
    """
    stores, aws = frame.settings.stores, frame.aws
    bus, stream = stores.buses.get(BUS), stores.streams.get(STREAM)
    if bus is None or stream is None:
        raise SettingsWrong("The hub needs the bus and the stream. Look at ESTATE_STORES.")
    trail = AuditTrail(frame.settings.service, bucket_of(frame, TRAIL), frame.log)
    loads = LoadRequests(STREAM, _loads(frame), frame.log)
    once = Once(frame.caches.get(CACHE), frame.log)
    router = Router(Together(stream_sender(aws, STREAM, stream)), once, trail, loads)
    queues = [queue for name in stores.queues if name != LOADS and (queue := frame.queue(name))]
    desk = Desk(frame, router, bus_sender(aws, BUS, bus, f"estate.{frame.settings.service}"), not queues)
    return Service(
        operations=[
            Operation(
                "POST",
                "/events",
                desk.take,
                "Takes an event from a system that cannot announce it itself.",
                request=_EVENT,
                answers={202: _TAKEN},
                headers={"Idempotency-Key": "The event's id."},
            )
        ],
        workers=[trail, loads, *(_consumer(frame, queue, router) for queue in queues)],
        probes=_probes(frame),
    )


def _loads(frame: Frame) -> Queue | None:
    """None in the standby region: the lake has no copy there, so nobody takes what would be asked for."""
    return frame.queue(LOADS) if frame.settings.region_role == "primary" else None


def _consumer(frame: Frame, queue: Queue, router: "Router") -> Consumer:
    return Consumer(queue.name, queue, Patient(queue, router.take), slots=frame.slots, log=frame.log)


def _probes(frame: Frame) -> dict[str, Probe]:
    trail = bucket_of(frame, TRAIL)
    probes: dict[str, Probe] = {name: cache.probe for name, cache in frame.caches.items()}
    return probes | ({TRAIL: trail.probe} if trail else {})


class Router:
    """Args: stream: where events go, in order for each subject. loads: asks for them to be loaded from there."""

    def __init__(self, stream: Sender, once: Once, trail: AuditTrail, loads: LoadRequests) -> None:
        self._stream = stream
        self._once = once
        self._trail = trail
        self._loads = loads

    async def take(self, message: Message) -> None:
        """The event is in the stream, once, though the bus and a topic brought it. Raises: as `route`."""
        await self.route(event_of(message.document))

    async def route(self, event: dict[str, Any]) -> None:
        """Raises: DependencyAway: the stream does not take it. TryLater: somebody is about the same event."""
        if await self._once.run(f"event/{event['id']}", lambda: self._put(event)):
            self._trail.add(event_id=event["id"], type=event["type"], to=STREAM)
            self._loads.note()

    async def _put(self, event: dict[str, Any]) -> None:
        if await self._stream([Item(0, str(event["id"]), None, event)]):
            raise DependencyAway(STREAM, "it did not take the event")


def event_of(document: dict[str, Any]) -> dict[str, Any]:
    """The event in EventBridge's envelope, or as it is where it came from a topic.

    Source: EventBridge user guide, "Events": the member `detail`.
    """
    event = document.get("detail", document)
    return {name: value for name, value in event.items() if name != NOT_BEFORE}


class Desk:
    """Args: is_alone: no queue brings the hub what it puts on the bus, so it goes to the stream from here."""

    def __init__(self, frame: Frame, router: Router, bus: Sender, is_alone: bool) -> None:
        self._frame = frame
        self._router = router
        self._bus = bus
        self._is_alone = is_alone

    async def take(self, request: Request) -> Response:
        """The event is on the bus; without the bus its sender keeps it.

        Raises: DependencyAway: the bus is away. Refused: it is no event.
        """
        event = _event(key_of(request), await body_of(request))
        if await self._bus([Item(0, event["id"], None, event)]):
            raise DependencyAway(BUS, "it did not take the event")
        away = await self._route(event) if self._is_alone else []
        document: dict[str, object] = {"id": event["id"], "state": "routed"}
        return answer(self._frame.contract.mark(document, away), 202)

    async def _route(self, event: dict[str, Any]) -> list[str]:
        """What was away."""
        try:
            await self._router.route(event)
        except DependencyAway as away:
            self._frame.log.warn("stream-waits", event_id=event["id"], why=away.why)
            return [STREAM]
        except TryLater:
            self._frame.log.info("event-repeated", event_id=event["id"])
        return []


def _event(id_: str, document: dict[str, Any]) -> dict[str, Any]:
    for member in ("type", "subject"):
        if not isinstance(document.get(member), str) or not document[member]:
            raise Refused(
                422, "event-invalid", f"An event has a text {member!r}, got {document.get(member)!r}. Add it."
            )
    return {"at": timestamp()} | document | {"id": id_}
