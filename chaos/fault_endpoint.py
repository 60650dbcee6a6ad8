"""The twin's fault endpoint, as a client knows it: for what AWS has no API for."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from chaos.exceptions import EstateAway, FaultRefused

__all__ = ["FaultEndpoint"]

ANSWER_SECONDS = 5.0
SLACK_SECONDS = 1.0
"""By which a fault may seem to have begun before it was asked for: two clocks are read."""


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

    def end(self, fault_id: str) -> None:
        """It is not at work, and has perhaps not been for long. Raises: FaultRefused, EstateAway."""
        answer = self._ask("DELETE", f"/faults/{fault_id}")
        if answer.status_code not in (200, 204, 404):
            raise FaultRefused(f"The twin did not end the fault {fault_id!r}: {_said(answer)}")

    def end_like(self, fault: Mapping[str, Any], since: float) -> None:
        """None is at work that was asked for with these members since then: for a caller that never heard its id."""
        for it in self._ask("GET", "/faults").json()["faults"]:
            is_like = all(it.get(name) == value for name, value in fault.items())
            if is_like and it["is_active"] and it["started_at"] >= since - SLACK_SECONDS:
                self.end(it["id"])

    def active(self) -> list[dict[str, Any]]:
        """Faults that are at work. Raises: EstateAway."""
        return [it for it in self._ask("GET", "/faults").json()["faults"] if it["is_active"]]

    def status(self) -> dict[str, Any]:
        """What the twin says of itself. Raises: EstateAway."""
        return self._ask("GET", "/status").json()

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
