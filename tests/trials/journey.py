"""The way of an applicant from end to end: the pages, a draft, an application, and what becomes of it."""

import asyncio
import uuid
from collections.abc import Mapping
from typing import Any

import httpx

from tests.trials.surroundings import Surroundings
from workload.client import OperationClient

__all__ = ["BENEFIT", "journey"]

BENEFIT = "scottish-child-payment"
JOURNEY_SECONDS = 40.0
_LOOK_SECONDS = 0.5
_DECIDED_AT = "in-decision"
_DECISION = {"outcome": "awarded", "amount_pence": 2670}


async def journey(surroundings: Surroundings, end: str) -> str | None:
    """What of it does not work; None where the application came to its end.

    Where nobody decides, as in the slice, a caseworker does: at a task of case, past the load balancer.
    """
    at = "the first page"
    try:
        async with asyncio.timeout(JOURNEY_SECONDS), OperationClient(surroundings.edge) as client:
            key = str(uuid.uuid4())
            application = ""
            for method, path, body in _steps(key):
                at = f"{method} {path.replace(key, 'KEY')}"
                outcome = await client.operate(method, path, json=body, key=key if body else None)
                if not outcome.succeeded:
                    return f"{at}: {outcome.status}"
                application = outcome.json().get("application_id", "") if method == "POST" else application
            at = "its first state"
            while at != end:
                outcome = await client.operate("GET", f"/benefits/{BENEFIT}/applications/{application}")
                state = outcome.json().get("state") if outcome.succeeded else None
                if state == _DECIDED_AT != at and end != _DECIDED_AT:
                    await _decide(surroundings, application, key)
                at = str(state or at)
                await asyncio.sleep(_LOOK_SECONDS)
            return None
    except TimeoutError:
        return f"not {end} within {JOURNEY_SECONDS:g} s: it stayed at {at}"


def _steps(key: str) -> tuple[tuple[str, str, Mapping[str, Any] | None], ...]:
    draft = f"/benefits/{BENEFIT}/drafts/{key}"
    submitted = {"client_reference": f"client-{key}", "answers": {"children": 1}}
    return (
        ("GET", "/benefits", None),
        ("PUT", draft, {"answers": {"page": 3}}),
        ("GET", draft, None),
        ("POST", f"/benefits/{BENEFIT}/applications", submitted),
    )


async def _decide(surroundings: Surroundings, application: str, key: str) -> None:
    """A caseworker has decided, at the first task that takes it. Nothing happens where a service decides."""
    if "decision" in await asyncio.to_thread(surroundings.places):
        return
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        for address in await asyncio.to_thread(surroundings.addresses, "case"):
            try:
                answer = await client.post(
                    f"http://{address}:8080/cases/{application}/decision",
                    json=_DECISION,
                    headers={"Idempotency-Key": key},
                )
            except httpx.HTTPError:
                continue
            if answer.is_success:
                return
