"""The payment gateway: a payment takes effect once, whatever is repeated."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from workload.answers import answer, body_of
from workload.consumer import consumers_of
from workload.events import topic_sender
from workload.exceptions import Refused
from workload.frame import Frame
from workload.identity import read_id
from workload.ledger import LEDGER_STATEMENTS, SCHEMA, Ledger, Payment, StoredLedger
from workload.outbox import Relay, Sender
from workload.payment_backend import CentralPayments, PaymentBackend
from workload.payment_run import PaymentRun
from workload.priority import Priority
from workload.queue import Message
from workload.schema import Schema, SchemaMaker
from workload.service import Loop, Operation, Probe, Service

__all__ = ["PaymentsService", "make", "read_payment"]

REQUESTS = "payment-requests"
_ANY: Mapping[str, Any] = {"type": "object"}


def make(frame: Frame) -> Service:
    """The gateway in front of the Central Payments System."""
    return with_backend(frame, CentralPayments(frame.partners))


def with_backend(frame: Frame, backend: PaymentBackend) -> Service:
    """The gateway in front of any backend."""
    database = frame.databases["core"]
    maker = SchemaMaker(database, Schema(SCHEMA, LEDGER_STATEMENTS), frame.log)
    senders: dict[str, Sender] = {
        name: topic_sender(frame.aws, name, arn) for name, arn in frame.settings.stores.topics.items()
    }
    ledger = StoredLedger(database, maker, frozenset(senders))
    relay = Relay(database, SCHEMA, senders, frame.log, lambda: maker.is_made)
    run = PaymentRun(ledger, backend, frame.slots, frame.log)
    service = PaymentsService(frame, ledger, run, relay)
    queue = frame.queue(REQUESTS)
    consumers = consumers_of(
        REQUESTS, queue, service.take, slots=frame.slots, log=frame.log, pace=database.wait_seconds
    )
    loops = [Loop("schema", maker.run), Loop("outbox", relay.run), Loop("payments", run.run)]
    return Service(service.operations(), loops, consumers, _probes(frame, database.probe))


def _probes(frame: Frame, core: Probe) -> dict[str, Probe]:
    async def government() -> None:
        await frame.partners.all()

    return {"core": core, "government": government}


def read_payment(document: Any) -> Payment:
    """The payment that a message asks for.

    Raises: Refused: a member is missing or of another kind.
    """
    try:
        id_, amount = read_id(document["payment_id"]), document["amount_pence"]
        if id_ is None or not isinstance(amount, int) or amount <= 0:
            raise TypeError("payment_id is a UUID, and amount_pence above 0")
        return Payment(
            id_,
            str(document["case_id"]),
            str(document["benefit"]),
            str(document["client_reference"]),
            amount,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise Refused(
            400,
            "payment-incomplete",
            f"A payment names payment_id, case_id, benefit, client_reference and amount_pence: {error!r}.",
        ) from error


class PaymentsService:
    """Operations of payments."""

    def __init__(self, frame: Frame, ledger: Ledger, run: PaymentRun, relay: Relay) -> None:
        self._frame = frame
        self._ledger = ledger
        self._run = run
        self._relay = relay

    def operations(self) -> list[Operation]:
        ok = {200: _ANY}
        return [
            Operation(
                "POST",
                "/payments/outcomes",
                self.outcomes,
                "Says what became of some payments.",
                Priority.URGENT,
                request=_ANY,
                answers=ok,
            ),
            Operation(
                "GET", "/payments/totals", self.totals, "Adds the ledger up.", Priority.BULK, answers=ok
            ),
            Operation("GET", "/payments/{payment_id}", self.show, "Shows a payment.", answers=ok),
        ]

    async def take(self, message: Message) -> None:
        """The payment is in the ledger, from where it is sent.

        One that asks for other terms under the same id is written to the log, and changes nothing.
        """
        payment = read_payment(message.document)
        entered = await self._ledger.enter(payment)
        if entered.terms != payment.terms:
            self._frame.log.warn("payment-differs", payment=payment.id)
        self._run.wake()
        self._relay.wake()

    async def outcomes(self, request: Request) -> Response:
        ids = [id_ for it in (await body_of(request)).get("ids", []) if (id_ := read_id(str(it)))]
        found = await self._ledger.of(ids)
        known = {it.id for it in found}
        unknown = [id_ for id_ in ids if id_ not in known]
        document = {"outcomes": [_document(it) for it in found], "unknown": unknown}
        return answer(self._marked(document))

    async def show(self, request: Request) -> Response:
        id_ = read_id(request.path_params["payment_id"])
        found = await self._ledger.of([id_]) if id_ else []
        if not found:
            raise Refused(404, "unknown-payment", "There is no such payment in the ledger.")
        return answer(self._marked(_document(found[0])))

    async def totals(self, _: Request) -> Response:
        return answer({"states": await self._ledger.totals()})

    def _marked(self, document: dict[str, Any]) -> dict[str, Any]:
        return self._frame.contract.mark(document, ["government"] if self._run.is_away else [])


def _document(payment: Payment) -> dict[str, Any]:
    return {
        "payment_id": payment.id,
        "case_id": payment.case_id,
        "benefit": payment.benefit,
        "amount_pence": payment.amount_pence,
        "state": payment.state,
        "why": payment.why,
    }
