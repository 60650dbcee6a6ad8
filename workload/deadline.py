"""Until when somebody waits for the answer, handed on from caller to callee."""

from dataclasses import dataclass

from workload.exceptions import DeadlinePassed

__all__ = ["HEADER", "Deadline"]

HEADER = "Estate-Deadline"
"""Milliseconds that are left, when the request was sent. Remaining time, because clocks differ."""

LONGEST_SECONDS = 30.0


@dataclass(frozen=True)
class Deadline:
    """Attributes: at: on the event loop's clock."""

    at: float

    @classmethod
    def read(cls, header: str | None, now: float, default_seconds: float) -> "Deadline":
        """What the header says, within bounds; the default where it says nothing that can be read."""
        try:
            seconds = float(header) / 1000 if header else default_seconds
        except ValueError:
            seconds = default_seconds
        bounded = min(seconds, LONGEST_SECONDS) if seconds == seconds else default_seconds
        return cls(now + bounded)

    def remaining_seconds(self, now: float) -> float:
        return max(0.0, self.at - now)

    def check(self, now: float) -> None:
        """Raises: DeadlinePassed: nobody waits any more."""
        if now >= self.at:
            raise DeadlinePassed

    def header(self, now: float) -> str:
        return str(int(1000 * self.remaining_seconds(now)))

    def within(self, seconds: float, now: float) -> "Deadline":
        """The earlier of this and so many seconds from now."""
        return Deadline(min(self.at, now + seconds))
