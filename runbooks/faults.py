"""The twin's fault endpoint, for what AWS has no call for: made up once, however often it is asked for."""

from collections.abc import Mapping
from typing import Any

import httpx

from runbooks.exceptions import EndpointRefused, NotPossibleHere
from runbooks.surroundings import Surroundings

__all__ = ["SECONDS", "active", "begin", "end"]

SECONDS = 3600.0
"""After which a fault ends by itself, where nobody lives to end it: longer than the steps of any playbook may
take that need it."""
_TIMEOUT_SECONDS = 60.0


def active(around: Surroundings, wanted: Mapping[str, Any]) -> list[str]:
    """Ids of the faults at work that are as wanted. Raises: EndpointRefused, NotPossibleHere, httpx.HTTPError."""
    found = _ask(around, "GET", "/faults")["faults"]
    return [str(it["id"]) for it in found if it.get("is_active", True) and _is(it, wanted)]


def begin(around: Surroundings, wanted: Mapping[str, Any]) -> None:
    """The fault is at work, once."""
    if not active(around, wanted):
        _ask(around, "POST", "/faults", _whole(wanted))


def end(around: Surroundings, wanted: Mapping[str, Any]) -> None:
    """No such fault is at work."""
    for id_ in active(around, wanted):
        _ask(around, "DELETE", f"/faults/{id_}")


def _is(document: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether the endpoint's document is of such a fault, made up by a drill."""
    return all(document.get(name) == value for name, value in _whole(wanted).items())


def _whole(wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {"seconds": SECONDS, **wanted}


def _ask(around: Surroundings, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
    if around.faults is None:
        raise NotPossibleHere("AWS has no call for this fault. Drill it on a twin.")
    with httpx.Client(timeout=_TIMEOUT_SECONDS, trust_env=False, transport=around.transport) as client:
        answer = client.request(method, around.faults + path, json=body)
    if answer.status_code >= 400:
        raise EndpointRefused(f"The fault endpoint refused {method} {path}: {answer.text}")
    return answer.json()
