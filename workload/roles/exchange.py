"""The data exchange with partners of one kind."""

import asyncio
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from workload.answers import answer, body_of
from workload.bucket import Bucket, bucket_of
from workload.clock import monotonic
from workload.consumer import Consumer
from workload.event import event
from workload.events import bus_sender
from workload.exceptions import DependencyAway, Refused
from workload.exchange import (
    Adapter,
    Adapters,
    Announcements,
    AuditTrail,
    Check,
    Confirmation,
    Credentials,
    QueueRound,
    Requests,
)
from workload.frame import Frame
from workload.partner import Partner
from workload.patience import Patient
from workload.queue import Message, Queue
from workload.service import Loop, Operation, Probe, Service

__all__ = ["make"]

BUCKET_FILES = "file-gateway"
BUCKET_AUDIT = "exchange-audit"
BUS = "agency"
MESSAGES_QUEUE = "third-sector-messages"
MESSAGES_PARTNER = "third-sector"
DISCOVER_SECONDS = 30.0
"""Between looks for new partners, whose queues then come on the round."""

AWAY_SECONDS = 5.0

_CHECK = {
    "type": "object",
    "required": ["check", "client_reference"],
    "properties": {"check": {"type": "string"}, "client_reference": {"type": "string"}},
}
_ANSWER = {
    "type": "object",
    "required": ["partner", "check", "client_reference", "outcome", "confirmed_at", "source"],
    "properties": {
        "partner": {"type": "string"},
        "check": {"type": "string"},
        "client_reference": {"type": "string"},
        "outcome": {"enum": ["confirmed", "not-confirmed"]},
        "confirmed_at": {"type": "string", "format": "date-time"},
        "source": {"enum": ["partner", "cached"]},
    },
}
_LATER = {
    "type": "object",
    "required": ["partner", "state", "request_id"],
    "properties": {
        "partner": {"type": "string"},
        "state": {"const": "later"},
        "request_id": {"type": "string"},
    },
}


def make(frame: Frame) -> Service:
    """The exchange of the kinds whose partners the task is told of."""
    exchange = _Exchange(frame)
    return Service(
        operations=[
            Operation(
                "POST",
                "/partners/{partner}/checks",
                exchange.check,
                "Asks a partner about a client; the same question may be asked again.",
                request=_CHECK,
                answers={200: _ANSWER, 202: _LATER},
            )
        ],
        loops=[Loop("partners", exchange.discover)],
        workers=[exchange.audit, exchange.announcements, exchange.round, *exchange.message_workers()],
        probes=exchange.probes(),
    )


class _Exchange:
    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._credentials = Credentials(frame.aws)
        self._adapters = Adapters(frame.partners, self._credentials)
        self._files = bucket_of(frame, BUCKET_FILES)
        self._requests: dict[str, tuple[Adapter, Requests]] = {}
        bus = frame.settings.stores.buses.get(BUS)
        sender = bus_sender(frame.aws, BUS, bus, f"estate.{frame.settings.service}") if bus else None
        self.announcements = Announcements(sender, frame.log)
        self.audit = AuditTrail(frame.settings.service, self._audit_bucket(), frame.log)
        self.round = QueueRound()

    def _audit_bucket(self) -> Bucket | None:
        return bucket_of(self._frame, BUCKET_AUDIT)

    async def check(self, request: Request) -> Response:
        name = request.path_params["partner"]
        partner = await self._frame.partners.named(name)
        if partner is None:
            raise Refused(
                404, "unknown-partner", f"No partner {name!r} is reached from here. Look at its kind."
            )
        check, adapter = Check.of(partner, await body_of(request)), self._adapters.of(partner)
        began = monotonic()
        answered = await (
            self._ask_now(request, adapter, check)
            if adapter.transport == "api"
            else self._ask_later(adapter, check)
        )
        milliseconds = round(1000 * (monotonic() - began), 1)
        self.audit.add(
            partner=name,
            check=check.check,
            request_id=check.request_id,
            milliseconds=milliseconds,
            status=answered.status_code,
        )
        return answered

    async def _ask_now(self, request: Request, adapter: Adapter, check: Check) -> Response:
        try:
            deadline = getattr(request.state, "deadline", None)
            return answer(_told(check, await adapter.ask(check, deadline), "partner"))
        except DependencyAway as away:
            known = adapter.known(check)
            degraded = self._frame.contract.without(adapter.kind)
            if known is None:
                raise _partner_away(adapter, away, degraded) from away
            return answer(_told(check, known, "cached") | {"degraded": degraded})

    async def _ask_later(self, adapter: Adapter, check: Check) -> Response:
        requests = self._requests_of(adapter)
        known = await requests.find(check)
        if known:
            return answer(_told(check, known, "partner"))
        try:
            await requests.ask(check)
        except DependencyAway as away:
            raise _partner_away(adapter, away, self._frame.contract.without(adapter.kind)) from away
        self.round.wake(check.partner)
        document: dict[str, object] = {
            "partner": check.partner,
            "state": "later",
            "request_id": check.request_id,
        }
        return answer(self._frame.contract.mark(document, [adapter.kind] if adapter.is_away else []), 202)

    async def discover(self) -> None:
        """Every partner that is asked by its queue is on the round."""
        while True:
            try:
                await self.look_for_partners()
            except DependencyAway as away:
                self._frame.log.warn("partners-unknown", why=away.why)
            await asyncio.sleep(DISCOVER_SECONDS)

    async def look_for_partners(self) -> None:
        """Those that are known now are on the round. Raises: DependencyAway."""
        for partner in (await self._frame.partners.all()).values():
            adapter = self._adapters.of(partner)
            if adapter.transport != "api":
                self._requests_of(adapter)

    def _requests_of(self, adapter: Adapter) -> Requests:
        """The same ones for as long as the partner's settings stay."""
        name = adapter.partner.name
        if name not in self._requests or self._requests[name][0] is not adapter:
            queue = self._queue_of(adapter.partner)
            requests = Requests(adapter, queue, self._files, self._answered)
            self._requests[name] = (adapter, requests)
            consumer = Consumer(
                name,
                queue,
                Patient(queue, requests.take),
                slots=self._frame.slots,
                log=self._frame.log,
                wait_seconds=0,
            )
            self.round.add(name, partial(_turn, adapter, requests, consumer))
        return self._requests[name][1]

    def _queue_of(self, partner: Partner) -> Queue:
        return self._frame.queue_at(partner.kind, str(partner.settings["queue_url"]))

    async def _answered(self, check: Check, outcome: str) -> None:
        document = event("partner.answered", check.request_id, partner=check.partner, outcome=outcome)
        self.announcements.add(check.request_id, document)
        self.audit.add(partner=check.partner, check=check.check, request_id=check.request_id, status=200)

    def message_workers(self) -> list[Consumer]:
        """Of organisations that help clients: their messages come by a queue of the exchange's own."""
        queue = self._frame.queue(MESSAGES_QUEUE)
        if queue is None:
            return []
        handle = Patient(queue, self._send_message)
        return [Consumer(MESSAGES_QUEUE, queue, handle, slots=self._frame.slots, log=self._frame.log)]

    async def _send_message(self, message: Message) -> None:
        """The organisation has the message, once: it knows it by its id."""
        partner = await self._frame.partners.named(MESSAGES_PARTNER)
        if partner is None:
            raise DependencyAway(MESSAGES_PARTNER, "its settings are not there yet", 30.0)
        document = {key: value for key, value in message.document.items() if key != "not_before"}
        got = await self._adapters.of(partner).call("POST", "/messages", document=document)
        if got.status >= 300:
            raise Refused(
                502, "partner-refused", f"{partner.name} answered {got.status}. Look at the message."
            )
        self.audit.add(partner=partner.name, message_id=document.get("message_id"), status=got.status)

    def probes(self) -> dict[str, Probe]:
        kinds = [path.rpartition("/")[2] for path in self._frame.settings.partners_paths]
        probes: dict[str, Probe] = {kind: partial(self._probe_kind, kind) for kind in kinds}
        for name in (BUCKET_FILES, BUCKET_AUDIT):
            bucket = bucket_of(self._frame, name)
            if bucket:
                probes[name] = bucket.probe
        return probes

    async def _probe_kind(self, kind: str) -> None:
        """Returns where no partner is away, and every one that was called has credentials."""
        await self._frame.partners.all()
        away = self._adapters.away(kind)
        if away:
            raise DependencyAway(kind, f"{', '.join(away)} did not answer several times", AWAY_SECONDS)
        complaints = self._credentials.complaints()
        if complaints:
            raise DependencyAway(kind, " ".join(complaints))


async def _turn(adapter: Adapter, requests: Requests, consumer: Consumer) -> bool:
    """One look into a partner's queue, unless the partner is away. Returns: whether to look again soon."""
    if adapter.wait_seconds > 0:
        return False
    await consumer.run_once()
    return requests.has_waiting


def _told(check: Check, confirmation: Confirmation, source: str) -> dict[str, Any]:
    return {
        "partner": check.partner,
        **check.question,
        "outcome": confirmation.outcome,
        "confirmed_at": confirmation.at,
        "source": source,
    }


def _partner_away(adapter: Adapter, away: DependencyAway, degraded: list[dict[str, str]]) -> Refused:
    """429, for the exchange itself is well: 5xx would have its callers' breakers and the mesh take it for broken, and
    with it every other partner."""
    return Refused(
        429,
        "partner-away",
        f"{adapter.partner.name} does not answer now ({away.why}). Ask again after the seconds in Retry-After.",
        retry_after_seconds=away.retry_after_seconds or AWAY_SECONDS,
        details={"degraded": degraded},
    )
