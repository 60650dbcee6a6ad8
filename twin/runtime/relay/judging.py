"""Whether a user may log in to a store with a token: the control plane judges, by IAM's policies.

What AWS verifies a log-in with goes on while its control plane is ill. So while the emulator does not answer, or does
not know everything yet, the last verdict on the user stands; of a user that nobody has asked for there is none, and it
is refused. That a verdict on the very same token is not asked for again within a minute, unless IAM changes, is the
twin's.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from twin.runtime.control_plane import ControlPlane
from twin.runtime.directory import StoreLogin
from twin.runtime.exceptions import ControlPlaneAway

__all__ = ["Judging", "LoginAttempt"]

_log = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.5
"""Until the last verdict stands. An assumption: clients give a connection a second or so."""

REPEATED_SECONDS = 60.0
_SERVICES = ("iam",)


@dataclass(frozen=True)
class LoginAttempt:
    """Attributes: hosts: for which a token may have been signed."""

    region: str
    store: StoreLogin
    hosts: tuple[str, ...]
    user: str
    token: str = field(repr=False)

    @property
    def key(self) -> tuple[str, str, str]:
        return self.region, self.store.store_id, self.user


@dataclass(frozen=True)
class _Admitted:
    """Attributes: until: seconds since the epoch. seen: versions of what it rests on."""

    until: float
    seen: tuple[int, ...]


class Judging:
    """Args: clock: seconds since the epoch."""

    def __init__(self, plane: ControlPlane, clock: Callable[[], float] = time.time) -> None:
        self._plane, self._clock = plane, clock
        self._last: dict[tuple[str, str, str], str] = {}
        self._admitted: dict[tuple[tuple[str, str, str], str], _Admitted] = {}
        self._asking: dict[tuple[tuple[str, str, str], str], asyncio.Task[str]] = {}

    async def is_admitted(self, attempt: LoginAttempt) -> bool:
        if not attempt.store.takes_tokens:
            return self._tell(attempt, "IAM authentication is not switched on there.") == ""
        known = self._admitted.get((attempt.key, attempt.token))
        if known and known.until > self._clock() and known.seen == self._plane.seen.of(_SERVICES):
            return True
        return await self._judged(attempt) == ""

    async def _judged(self, attempt: LoginAttempt) -> str:
        """Why not; the last verdict where no other comes in time. All that come with one token meanwhile ask once."""
        place = attempt.key, attempt.token
        asking = self._asking.get(place)
        if asking is None:
            asking = self._asking[place] = asyncio.create_task(self._ask(attempt))
            asking.add_done_callback(lambda _: self._asking.pop(place))
        patience = PATIENCE_SECONDS if attempt.key in self._last else None
        await asyncio.wait({asking}, timeout=patience)
        return asking.result() if asking.done() else self._last[attempt.key]

    async def _ask(self, attempt: LoginAttempt) -> str:
        seen, asked_at = self._plane.seen.of(_SERVICES), self._clock()
        try:
            verdict = await self._plane.ask("login", _document(attempt))
        except ControlPlaneAway as error:
            return self._last.get(attempt.key, f"Nobody can say: {error}")
        if not verdict["refusal"]:
            until = min(float(verdict["expires_at"]), asked_at + REPEATED_SECONDS)
            self._admitted = {key: it for key, it in self._admitted.items() if it.until > asked_at}
            self._admitted[attempt.key, attempt.token] = _Admitted(until, seen)
        return self._tell(attempt, verdict["refusal"])

    def _tell(self, attempt: LoginAttempt, refusal: str) -> str:
        """A new refusal stands in the log."""
        if refusal and self._last.get(attempt.key) != refusal:
            _log.warning(
                "%s may not log in to %s %s: %s",
                attempt.user,
                attempt.store.kind,
                attempt.store.store_id,
                refusal,
            )
        self._last[attempt.key] = refusal
        return refusal


def _document(attempt: LoginAttempt) -> dict[str, Any]:
    return {
        "kind": attempt.store.kind,
        "region": attempt.region,
        "store_id": attempt.store.store_id,
        "hosts": list(attempt.hosts),
        "user": attempt.user,
        "token": attempt.token,
    }
