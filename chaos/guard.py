"""Aborts: as soon as what a tier promises can no longer be kept, every fault is undone."""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass

from load_tests.generator_process import Progress

__all__ = ["LOOK_SECONDS", "Budget", "Guard", "breach"]

LOOK_SECONDS = 0.25
"""The generator writes a line a second, so that an abort comes within two seconds of what it is for."""

SILENT_SECONDS = 5.0
"""Without a line from the generator: nobody knows whether the estate is asked anything."""


@dataclass(frozen=True)
class Budget:
    """What a tier allows to go wrong in one round.

    Attributes: availability_percent: of the tier. expected: operations of the round.
    """

    tier: str
    availability_percent: float
    expected: float

    @property
    def operations(self) -> int:
        """That may fail: with one more, the objective is broken for good."""
        return math.floor((100 - self.availability_percent) / 100 * self.expected + 1e-9)


def breach(progress: Progress, budget: Budget) -> str | None:
    """Why the experiment has to stop, as a sentence; None where it may go on."""
    if progress.unserved <= budget.operations:
        return None
    return (
        f"{progress.unserved} of some {budget.expected:.0f} operations were not served, and tier {budget.tier!r} "
        f"({budget.availability_percent:g}%) allows {budget.operations}"
    )


class Guard:
    """Watches one round, in a thread of its own, until it is stopped.

    Attributes: breached: why it aborted; silent: the generator stopped saying how it is getting on.

    Args: look: the generator's latest; abort: undoes every fault, told why.
    """

    def __init__(
        self,
        look: Callable[[], Progress | None],
        budget: Budget,
        abort: Callable[[str], None],
        clock: Callable[[], float],
    ) -> None:
        self._look, self._budget, self._abort, self._clock = look, budget, abort, clock
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._heard_at = clock()
        self._last: Progress | None = None
        self.breached: str | None = None
        self.silent = False
        self.aborted = threading.Event()

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="guard", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """It has stopped looking."""
        self._stopped.set()
        if self._thread:
            self._thread.join()

    def step(self) -> None:
        """One look."""
        seen = self._look()
        if seen is not None and seen != self._last:
            self._last, self._heard_at = seen, self._clock()
        if self.aborted.is_set():
            return
        if seen is not None and (why := breach(seen, self._budget)):
            self.breached = why
            self._end(why)
        elif self._clock() - self._heard_at > SILENT_SECONDS:
            self.silent = True
            self._end("the generator has said nothing for some seconds")

    def _end(self, why: str) -> None:
        self._abort(why)
        self.aborted.set()

    def _run(self) -> None:
        while not self._stopped.wait(LOOK_SECONDS):
            self.step()
