"""The waiting room: while the estate is full, people get a place in a line and are admitted in order, at a rate."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from workload import signature
from workload.exceptions import DependencyAway

__all__ = ["Place", "RoomCache", "WaitingRoom", "admitted_up_to"]

ADMITTED_PER_SECOND = 10.0
OPEN_SECONDS = 30.0
"""It stays open so long after the estate was last full: assumptions both."""

LAPSE_SECONDS = 120.0
"""After which nobody has asked for a place, and the next line begins anew."""

TICKETS_SECONDS = 86_400.0
KEY_SECONDS = 86_400.0


class RoomCache(Protocol):
    async def get(self, key: str) -> str | None: ...
    async def set(self, key: str, value: str, seconds: float) -> None: ...
    async def set_once(self, key: str, value: str, seconds: float) -> bool: ...
    async def increment(self, key: str, seconds: float) -> int: ...


@dataclass(frozen=True)
class Place:
    """Attributes: position: people before this one; 0 is admitted. token: to be shown with the next request."""

    position: int
    token: str
    is_degraded: bool = False

    @property
    def is_admitted(self) -> bool:
        return self.position == 0


def admitted_up_to(opened_at: float, now: float, per_second: float = ADMITTED_PER_SECOND) -> int:
    """The number of the last ticket that is admitted: it grows with time alone, so every task says the same."""
    return int(max(0.0, now - opened_at) * per_second)


class WaitingRoom:
    """Closed while load is normal: then everybody is admitted and nothing is counted.

    A ticket's number and the time at which the room opened are in the cache, for all tasks. Without the cache, a
    signed token says when a person came, and whoever came earlier is admitted earlier, at this task's rate.
    Args: cache: None where there is none.
    """

    def __init__(self, cache: RoomCache | None, per_second: float = ADMITTED_PER_SECOND) -> None:
        self._cache = cache
        self._per_second = per_second
        self._key = secrets.token_bytes(32)
        self._is_key_shared = False
        self._open_until = 0.0
        self._opened_at = 0.0
        self._alone_count = 0

    def is_open(self, now: float) -> bool:
        return now < self._open_until

    def observe(self, is_full: bool, now: float) -> None:
        """The room opens when the estate is full, and closes when it has not been for a while."""
        if not is_full:
            return
        if not self.is_open(now):
            self._opened_at, self._alone_count = now, 0
        self._open_until = now + OPEN_SECONDS

    async def enter(self, token: str | None, now: float) -> Place:
        """The person's place, which is kept when the token is shown again.

        Args: now: seconds since 1970, which all tasks agree on.
        """
        if not self.is_open(now):
            return Place(0, token or "")
        try:
            await self._share_key()
            return await self._in_cache(self._read(token), now)
        except DependencyAway:
            return self._alone(self._read(token), now)

    async def _in_cache(self, held: Mapping[str, Any], now: float) -> Place:
        if self._cache is None:
            raise DependencyAway("sessions", "there is none")
        await self._cache.set_once("room/opened", str(now), LAPSE_SECONDS)
        opened_at = float(await self._cache.get("room/opened") or now)
        await self._cache.set("room/opened", str(opened_at), LAPSE_SECONDS)
        ticket = held.get("ticket") if held.get("room") == opened_at else None
        if ticket is None:
            ticket = await self._cache.increment(f"room/{opened_at}/tickets", TICKETS_SECONDS)
        position = max(0, ticket - admitted_up_to(opened_at, now, self._per_second))
        return Place(
            position, self._signed({"ticket": ticket, "room": opened_at, "came": held.get("came", now)})
        )

    def _alone(self, held: Mapping[str, Any], now: float) -> Place:
        """A task by itself admits whoever came before a moment that moves on, slower the more have come."""
        came = float(held.get("came", now))
        if "came" not in held:
            self._alone_count += 1
        ahead = self._alone_count * (came - self._opened_at) / max(1e-9, now - self._opened_at)
        position = max(0, round(ahead) - admitted_up_to(self._opened_at, now, self._per_second))
        token = self._signed({**held, "came": came})
        return Place(position, token, is_degraded=True)

    async def _share_key(self) -> None:
        """All tasks sign with the one key that the first of them put into the cache."""
        if self._is_key_shared or self._cache is None:
            return
        await self._cache.set_once("room/key", self._key.hex(), KEY_SECONDS)
        found = await self._cache.get("room/key")
        if found:
            self._key = bytes.fromhex(found)
            self._is_key_shared = True

    def _signed(self, held: Mapping[str, Any]) -> str:
        return signature.sign(dict(held), self._key)

    def _read(self, token: str | None) -> Mapping[str, Any]:
        return (signature.read(token, self._key) if token else None) or {}
