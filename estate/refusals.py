"""Calls that a twin's roles were refused: what CloudTrail would tell on AWS."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

__all__ = ["RECENT_SECONDS", "Refusal", "complaints", "read_refusals", "roles_of"]

RECENT_SECONDS = 30.0
"""For so long a refusal is complained of: what goes on to be wrong is asked for again within it."""

_PATH = "/moto-api/estate/permissions"


@dataclass(frozen=True)
class Refusal:
    """One kind of call that a role was refused. Attributes: at: of the last, seconds since the epoch."""

    role: str
    action: str
    resource: str
    reason: str
    count: int
    at: float


def roles_of(endpoint: str) -> list[dict[str, Any]]:
    """What every role may do, did, and was refused, with its name. Raises: httpx.HTTPError"""
    with httpx.Client(timeout=30, trust_env=False) as client:
        answer = client.get(f"{endpoint}{_PATH}")
    answer.raise_for_status()
    return [{"name": role["role_arn"].rpartition("/")[2], **role} for role in answer.json()["roles"]]


def read_refusals(roles: Iterable[Mapping[str, Any]]) -> list[Refusal]:
    """The latest first."""
    found = [Refusal(role["name"], **it) for role in roles for it in role["refused"]]
    return sorted(found, key=lambda it: (-it.at, it.role, it.action))


def complaints(refusals: Sequence[Refusal], now: float) -> list[str]:
    """A sentence for each role and action of which something was refused a short while ago."""
    found: dict[tuple[str, str], list[Refusal]] = {}
    for it in refusals:
        if now - it.at <= RECENT_SECONDS:
            found.setdefault((it.role, it.action), []).append(it)
    return [_complaint(some, now) for some in found.values()]


def _complaint(some: Sequence[Refusal], now: float) -> str:
    latest, count = some[0], sum(it.count for it in some)
    times = "once" if count == 1 else f"{count} times"
    return (
        f"the role {latest.role} was refused {latest.action} {times}, last {max(0, now - latest.at):.0f} s ago on "
        f"{latest.resource}, {latest.reason}"
    )
