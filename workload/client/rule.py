"""How often, and when, an operation is tried again."""

import random
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["RETRIED_STATUSES", "OperationRule"]

RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})
"""Answers after which the same request may yet succeed. Source: RFC 9110, section 15.6, and RFC 6585, section 4."""


@dataclass(frozen=True)
class OperationRule:
    """At most three retries with backoff, within a minute: what this project calls an operation.

    Attributes:
        backoff_seconds: before each retry. jitter: the part of it by which it varies, up and down.
        within_seconds: of the operation's begin; no attempt begins later. attempt_seconds: for one attempt.
        lanes: ways into the estate that take turns, as the addresses of a name do.
    """

    backoff_seconds: tuple[float, ...] = (1.0, 5.0, 15.0)
    jitter: float = 0.2
    within_seconds: float = 60.0
    attempt_seconds: float = 8.0
    lanes: int = 3

    def attempt_timeout(self, elapsed_seconds: float) -> float:
        """Seconds for an attempt that begins now: never beyond the operation's own end."""
        return min(self.attempt_seconds, self.within_seconds - elapsed_seconds)

    def wait_seconds(
        self,
        attempts: int,
        elapsed_seconds: float,
        retry_after_seconds: float = 0.0,
        draw: Callable[[], float] = random.random,
    ) -> float | None:
        """Seconds until the next attempt, or None where there is none.

        Args:
            attempts: that were made. retry_after_seconds: that the last answer asked for.
            draw: a number from 0 to 1.
        """
        if attempts > len(self.backoff_seconds):
            return None
        spread = 1 + self.jitter * (2 * draw() - 1)
        wait = max(self.backoff_seconds[attempts - 1] * spread, retry_after_seconds)
        return wait if elapsed_seconds + wait < self.within_seconds else None
