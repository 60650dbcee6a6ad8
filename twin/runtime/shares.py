"""The part of the data plane by which it stands back: each session's share of the cores follows its leader's."""

import asyncio
import contextlib
import os
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from twin.niceness import group, leads_with

__all__ = ["SharesPart", "descendants"]

_LOOK_SECONDS = 1.0
_AGAIN_SECONDS = 0.1


class SharesPart:
    """Looks for new sessions among all that the supervisor started: tasks, servers, and PostgreSQL's backends.

    Args: group: as `twin.niceness.group`.
    """

    name = "shares"

    def __init__(self, group: Callable[[int, int], bool] = group) -> None:
        self._group = group
        self._grouped: dict[int, int] = {}

    async def run(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS if self.step() else _AGAIN_SECONDS)

    def step(self) -> bool:
        """One look. Returns: whether no session is left over for another soon."""
        leading = {pid: niceness for pid in descendants(os.getpid()) if (niceness := leads_with(pid))}
        self._grouped = {pid: it for pid, it in self._grouped.items() if leading.get(pid) == it}
        for pid, niceness in leading.items():
            if pid not in self._grouped:
                if not self._group(pid, niceness):
                    return False
                self._grouped[pid] = niceness
        return True


def descendants(pid: int) -> Iterator[int]:
    """The process, and all that main threads started from there on; itself alone where the kernel lists no children."""
    waiting = deque([pid])
    while waiting:
        yield (pid := waiting.popleft())
        with contextlib.suppress(OSError):
            waiting.extend(int(it) for it in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
