"""Whether, and after how long, something is tried again."""

from random import Random

__all__ = ["RetryBudget", "full_jitter_seconds"]

BASE_SECONDS = 0.05
LONGEST_SECONDS = 1.0
"""Source of full jitter: AWS Architecture Blog, "Exponential Backoff And Jitter". The figures are assumptions."""


def full_jitter_seconds(
    attempt: int, random: Random, base_seconds: float = BASE_SECONDS, longest_seconds: float = LONGEST_SECONDS
) -> float:
    """How long to wait after so many attempts, the first being 1: anything up to a bound that doubles."""
    return random.uniform(0, min(longest_seconds, base_seconds * 2 ** min(attempt, 30)))


class RetryBudget:
    """Retries are at most a share of calls and a few a second, so that they never multiply an outage.

    Source of the figures: Finagle's RetryBudget, 20% and 10 a second, https://twitter.github.io/finagle/guide/Clients.html
    """

    def __init__(self, share: float = 0.2, per_second: float = 10.0, most: float = 100.0) -> None:
        self._share = share
        self._per_second = per_second
        self._most = most
        self._tokens = per_second
        self._refilled_at: float | None = None

    def call(self, now: float) -> None:
        """A call was made for the first time."""
        self._refill(now)
        self._tokens = min(self._most, self._tokens + self._share)

    def take(self, now: float) -> bool:
        """Whether a retry may be made; it is counted."""
        self._refill(now)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def _refill(self, now: float) -> None:
        """The share that comes with time never fills the budget beyond one second's worth."""
        if self._refilled_at is not None:
            added = self._per_second * max(0.0, now - self._refilled_at)
            self._tokens = max(self._tokens, min(self._per_second, self._tokens + added))
        self._refilled_at = now
