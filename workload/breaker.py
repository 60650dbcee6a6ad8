"""A circuit breaker: what failed several times in a row is left alone for a while."""

__all__ = ["Breaker"]

FAILURES = 5
OPEN_SECONDS = 3.0
"""Of dependencies inside the estate: assumptions. Partners' are in their settings."""


class Breaker:
    """Closed, then open after failures in a row, then one call at a time is let through until one succeeds.

    Invariant: while it is open, no more than one call is let through in ``open_seconds``.
    """

    def __init__(self, failures: int = FAILURES, open_seconds: float = OPEN_SECONDS) -> None:
        self._limit = failures
        self._open_seconds = open_seconds
        self._failures = 0
        self._closed_from: float | None = None

    @property
    def is_open(self) -> bool:
        return self._closed_from is not None

    def admit(self, now: float) -> bool:
        """Whether a call may be made now. One that is let through an open breaker keeps others out meanwhile."""
        if self._closed_from is None:
            return True
        if now < self._closed_from:
            return False
        self._closed_from = now + self._open_seconds
        return True

    def wait_seconds(self, now: float) -> float:
        """Until a call may be made."""
        return 0.0 if self._closed_from is None else max(0.0, self._closed_from - now)

    def succeeded(self) -> None:
        self._failures = 0
        self._closed_from = None

    def failed(self, now: float) -> None:
        self._failures += 1
        if self._failures >= self._limit:
            self._closed_from = now + self._open_seconds
