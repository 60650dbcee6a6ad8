"""The supervisor: holds the parts together, starts again what fails, and takes everything with it when it ends."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from twin.runtime.ground import Part

__all__ = ["PartState", "supervise"]

_log = logging.getLogger(__name__)

_AGAIN_SECONDS = 1.0


@dataclass
class PartState:
    """Attributes: restarts: how often it failed; last_error: of the last time."""

    name: str
    is_running: bool = False
    restarts: int = 0
    last_error: str | None = None


async def supervise(parts: Sequence[Part], states: dict[str, PartState], ending: asyncio.Event) -> None:
    """All parts have run until the event was set."""
    tasks = [asyncio.create_task(_keep(part, states), name=part.name) for part in parts]
    await ending.wait()
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=5)


async def _keep(part: Part, states: dict[str, PartState]) -> None:
    state = states.setdefault(part.name, PartState(part.name))
    while True:
        state.is_running = True
        try:
            await part.run()
            raise RuntimeError("it returned")
        except asyncio.CancelledError:
            raise
        except Exception as error:
            _log.exception("%s failed and is started again", part.name)
            state.is_running, state.last_error = False, f"{type(error).__name__}: {error}"
            state.restarts += 1
        await asyncio.sleep(_AGAIN_SECONDS)
