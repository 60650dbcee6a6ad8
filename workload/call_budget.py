"""How many calls may be made in a second."""

import math
from dataclasses import dataclass, field

__all__ = ["CallBudget"]


@dataclass
class CallBudget:
    """A token bucket that holds one second's calls. The caller passes the time in."""

    calls_per_second: float
    tokens: float = field(default=math.inf)
    filled_at: float = -math.inf

    def take(self, now: float) -> float:
        """Seconds until a call would be taken: 0 where this one was."""
        self._fill(now)
        if self.tokens >= 1:
            self.tokens -= 1
            return 0.0
        return (1 - self.tokens) / self.calls_per_second

    def _fill(self, now: float) -> None:
        burst = max(1.0, self.calls_per_second)
        earned = (now - self.filled_at) * self.calls_per_second
        self.tokens = min(burst, self.tokens + max(0.0, earned))
        self.filled_at = max(now, self.filled_at)
