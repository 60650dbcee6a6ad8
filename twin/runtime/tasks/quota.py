"""How fast tasks may be launched.

Source: ECS service quotas, "Tasks launch rate" on Fargate: a burst of 100, then 20 a second, an account and region.
"""

from dataclasses import dataclass

__all__ = ["LaunchQuota"]

_BURST = 100.0
_PER_SECOND = 20.0


@dataclass
class LaunchQuota:
    """A bucket of tokens, one a launch. Attributes: tokens: below zero, what is owed; at: when they were counted."""

    tokens: float = _BURST
    at: float = 0.0

    def take(self, now: float) -> float:
        """Seconds after which one more launch is within the quota; it counts as made then."""
        self.tokens = min(_BURST, self.tokens + max(0.0, now - self.at) * _PER_SECOND) - 1
        self.at = max(self.at, now)
        return max(0.0, -self.tokens / _PER_SECOND)
