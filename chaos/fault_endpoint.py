"""The twin's fault endpoint, as a client knows it: for what AWS has no API for."""

import math
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from chaos.exceptions import EstateAway, FaultRefused

__all__ = ["FaultEndpoint"]

ANSWER_SECONDS = 5.0
SLACK_SECONDS = 1.0
"""By which a fault may seem to have begun or ended before that was asked for: clocks are read twice."""


class FaultEndpoint:
    """Begins and ends faults. Args: url: as `estate env` names it. transport: another one in tests."""

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        self.url = url
        self._client = httpx.Client(
            base_url=url, timeout=ANSWER_SECONDS, trust_env=False, transport=transport
        )

    def begin(self, fault: Mapping[str, Any]) -> str:
        """The fault's id: it is at work. Raises: FaultRefused, EstateAway."""
        answer = self._ask("POST", "/faults", dict(fault))
        if answer.status_code != 201:
            raise FaultRefused(f"The twin refused the fault {dict(fault)!r}: {_said(answer)}")
        return str(answer.json()["id"])

    def end(self, fault_id: str) -> bool:
        """It is not at work. Returns: whether it was until now. Raises: FaultRefused, EstateAway."""
        asked_at = time.time()
        answer = self._ask("DELETE", f"/faults/{fault_id}")
        if answer.status_code == 404:
            return False
        if answer.status_code not in (200, 204):
            raise FaultRefused(f"The twin did not end the fault {fault_id!r}: {_said(answer)}")
        return _ended_at(answer) >= asked_at - SLACK_SECONDS

    def end_like(self, fault: Mapping[str, Any], since: float) -> bool:
        """None is at work that was asked for with these members since then: for a caller that never heard its id.

        Returns: whether one was until now.
        """
        found = self._ask("GET", "/faults").json()["faults"]
        ended = [self.end(it["id"]) for it in found if _is_like(it, fault, since)]
        return any(ended)

    def _ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        try:
            return self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise EstateAway(
                f"The fault endpoint {urlsplit(self.url).netloc} does not answer ({type(error).__name__}). "
                "`estate status` says what runs, `estate up` starts it."
            ) from error


def _said(answer: httpx.Response) -> str:
    try:
        document = answer.json()
    except ValueError:
        return f"{answer.status_code}."
    allowed = [name for it in document.get("fields", ()) for name in it.get("allowed", ())]
    return str(document.get("message", answer.status_code)) + (
        f" There are {', '.join(allowed)}." if allowed else ""
    )


def _ended_at(answer: httpx.Response) -> float:
    """As the fault itself says it; an answer without a document has ended what it answers about."""
    document = answer.json() if answer.status_code == 200 else {}
    ended_at = document.get("ended_at")
    return math.inf if ended_at is None else float(ended_at)


def _is_like(shown: Mapping[str, Any], fault: Mapping[str, Any], since: float) -> bool:
    is_like = all(shown.get(name) == value for name, value in fault.items())
    return is_like and shown["is_active"] and shown["started_at"] >= since - SLACK_SECONDS
