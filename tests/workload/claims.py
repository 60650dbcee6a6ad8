"""What tasks share, in memory."""

import asyncio

from workload.clock import monotonic
from workload.exceptions import DependencyAway

__all__ = ["SharedClaims"]


class SharedClaims:
    """A cache whose values expire in virtual time. Attributes: is_away: nobody is answered."""

    def __init__(self) -> None:
        self.is_away = False
        self._values: dict[str, tuple[str, float]] = {}

    async def get(self, key: str) -> str | None:
        await self._turn()
        value, until = self._values.get(key, ("", 0.0))
        return value if monotonic() < until else None

    async def set(self, key: str, value: str, seconds: float) -> None:
        await self._turn()
        self._values[key] = (value, monotonic() + seconds)

    async def set_once(self, key: str, value: str, seconds: float) -> bool:
        await self._turn()
        if self._values.get(key, ("", 0.0))[1] > monotonic():
            return False
        self._values[key] = (value, monotonic() + seconds)
        return True

    async def probe(self) -> None:
        await self._turn()

    async def _turn(self) -> None:
        """Others get theirs before every answer."""
        await asyncio.sleep(0)
        if self.is_away:
            raise DependencyAway("sessions", "the test took it away")
