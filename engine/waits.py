"""Which stack waits for which other's outputs, so that no circle of them waits for ever."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from engine.exceptions import ProgramError

__all__ = ["Waits"]


class Waits:
    """Safe to use from several threads: one stack may wait for several others at once, and for one of them twice."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waits: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def waiting(self, stack: str, other: str) -> Iterator[None]:
        """Inside, the stack waits for the other.

        Raises: ProgramError: the other waits for this stack, directly or through more.
        """
        with self._lock:
            if path := self._path(other, stack):
                raise ProgramError(
                    f"Stacks wait for each other's outputs: {' reads '.join([stack, *path])}. "
                    "Take one of these references out, or move what is read into a stack that comes before both."
                )
            self._waits[stack, other] += 1
        try:
            yield
        finally:
            with self._lock:
                self._waits[stack, other] -= 1

    def _path(self, start: str, end: str, seen: Sequence[str] = ()) -> list[str]:
        """From one stack to another along what is waited for; empty where there is no way."""
        if start == end:
            return [start]
        reads = [other for (stack, other), times in self._waits.items() if stack == start and times]
        for other in reads:
            if other not in seen and (rest := self._path(other, end, (*seen, start))):
                return [start, *rest]
        return []
