"""Which services answer at the moment, asked every few seconds and not for every page."""

import asyncio
from collections.abc import Sequence

from workload.exceptions import DependencyAway
from workload.frame import Frame

__all__ = ["Availability"]

LOOK_SECONDS = 5.0
ASK_SECONDS = 1.0


class Availability:
    """Until it was first asked, a service is taken to answer."""

    def __init__(self, frame: Frame, services: Sequence[str]) -> None:
        self._frame = frame
        self._services = services
        self._away: list[str] = []

    @property
    def away(self) -> list[str]:
        return list(self._away)

    async def run(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Every service was asked once."""
        answers = await asyncio.gather(*(self._answers(it) for it in self._services))
        self._away = [it for it, is_there in zip(self._services, answers, strict=True) if not is_there]

    async def _answers(self, service: str) -> bool:
        try:
            await self._frame.service(service).call("GET", "/health", seconds=ASK_SECONDS)
        except DependencyAway:
            return False
        return True
