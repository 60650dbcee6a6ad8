"""A partner's budget of calls, which tasks share without knowing of each other."""

from workload.call_budget import CallBudget

__all__ = ["SharedBudget"]

LEAST_SHARE = 0.05
"""Of the whole budget, below which a task never goes: twenty tasks still share it."""

GROWTH_SHARE = 0.05
"""Of the whole budget, by which a task tries more with each second in which it was not refused."""


class SharedBudget:
    """At most the partner's whole budget, and half as much each time that the partner says that it is too much.

    Additive increase and multiplicative decrease, by which senders come to equal shares of one limit.
    Source: Chiu and Jain, Analysis of the Increase and Decrease Algorithms for Congestion Avoidance (1989).
    """

    def __init__(self, calls_per_second: float) -> None:
        self._whole = calls_per_second
        self._bucket = CallBudget(calls_per_second)
        self._grown_at: float | None = None
        self._paused_until = float("-inf")

    @property
    def calls_per_second(self) -> float:
        """That this task makes at the most for the time being."""
        return self._bucket.calls_per_second

    def take(self, now: float) -> float:
        """Seconds until a call may be made: 0 where this one may."""
        self._grow(now)
        return max(0.0, self._paused_until - now) or self._bucket.take(now)

    def refused(self, now: float, retry_after_seconds: float) -> None:
        """The partner took no more: this task halves its share and asks nothing until the time that it was told."""
        self._grow(now)
        self._bucket.calls_per_second = max(self._whole * LEAST_SHARE, self.calls_per_second / 2)
        self._paused_until = max(self._paused_until, now + retry_after_seconds)

    def _grow(self, now: float) -> None:
        seconds = 0.0 if self._grown_at is None else max(0.0, now - self._grown_at)
        self._grown_at = now
        grown = self.calls_per_second + seconds * GROWTH_SHARE * self._whole
        self._bucket.calls_per_second = min(self._whole, grown)
