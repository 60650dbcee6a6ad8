"""The Central Payments System: a payment takes effect once, and the ledger says which did."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from workload.partners.call import book_of, json_object, page_of
from workload.partners.exceptions import CallRefused
from workload.partners.record_book import Entry, Verdict

__all__ = ["BOOK", "ROUTES"]

BOOK = "central-payments"


async def _pay(request: Request) -> JSONResponse:
    payment_id = request.headers.get("idempotency-key", "")
    content = await json_object(request)
    _check(payment_id, content)
    outcome = await book_of(request).record(BOOK, payment_id, content)
    match outcome.verdict:
        case Verdict.NEW:
            return JSONResponse(_receipt(outcome.entry), 201)
        case Verdict.REPEATED:
            return JSONResponse(_receipt(outcome.entry))
        case Verdict.DIFFERENT:
            raise CallRefused(
                409,
                "payment-differs",
                f"Payment {payment_id!r} was made with other content. Look at it first.",
            )


def _check(payment_id: str, content: dict[str, Any]) -> None:
    if not payment_id:
        raise CallRefused(
            400, "key-missing", "A payment has its id in the header Idempotency-Key, got none. Send it."
        )
    if content.get("payment_id", payment_id) != payment_id:
        raise CallRefused(
            422,
            "invalid",
            f"'payment_id' is the Idempotency-Key {payment_id!r}, got {content['payment_id']!r}.",
        )
    amount = content.get("amount_pence")
    if not isinstance(amount, int) or isinstance(amount, bool) or amount <= 0:
        raise CallRefused(422, "invalid", f"'amount_pence' is a whole number above 0, got {amount!r}.")


async def _payment(request: Request) -> JSONResponse:
    payment_id = request.path_params["payment_id"]
    entry = await book_of(request).find(BOOK, payment_id)
    if entry is None:
        raise CallRefused(404, "unknown-payment", f"No payment {payment_id!r} was made.")
    return JSONResponse(_receipt(entry) | {"content": entry.content})


async def _ledger(request: Request) -> JSONResponse:
    after, limit = page_of(request)
    entries = await book_of(request).page(BOOK, after, limit)
    last = entries[-1].sequence if entries else after
    return JSONResponse({"payments": [_line(it) for it in entries], "last": last})


async def _totals(request: Request) -> JSONResponse:
    totals = await book_of(request).totals(BOOK)
    return JSONResponse(
        {
            "payments": totals.entries,
            "amount_pence": totals.amount_pence,
            "repeats": totals.repeats,
            "refused": totals.refused,
        }
    )


def _receipt(entry: Entry) -> dict[str, Any]:
    return {
        "payment_id": entry.id,
        "sequence": entry.sequence,
        "recorded_at": entry.recorded_at,
        "state": "made",
    }


def _line(entry: Entry) -> dict[str, Any]:
    told = {name: entry.content.get(name) for name in ("client_reference", "benefit", "amount_pence")}
    return {
        "sequence": entry.sequence,
        "payment_id": entry.id,
        **told,
        "recorded_at": entry.recorded_at,
    }


ROUTES = (
    Route("/central-payments/payments", _pay, methods=["POST"]),
    Route("/central-payments/payments/{payment_id}", _payment),
    Route("/central-payments/ledger", _ledger),
    Route("/central-payments/totals", _totals),
)
