"""Which work goes first, and which is given up first."""

from enum import IntEnum

__all__ = ["HEADER", "Priority", "attempt_of"]

HEADER = "Estate-Attempt"
"""Which attempt of an operation a request is, from 1. Whoever says more than is so gains a place in a line, no more."""

REFUSED_OFTEN = 3
"""The attempt from which on a person's work goes before that of who has just come: an assumption."""


class Priority(IntEnum):
    """The lower, the more urgent."""

    URGENT = 0
    """An application or a payment: what people lose by."""
    AGAIN = 1
    """Normal work of somebody who was sent away twice, and who has waited longest, all attempts together."""
    NORMAL = 2
    """Saving a draft, asking for a status."""
    BULK = 3
    """Information, reports and whatever can be asked for again at no loss."""

    @property
    def word(self) -> str:
        return self.name.lower()

    def on_attempt(self, attempt: int) -> "Priority":
        return Priority.AGAIN if self is Priority.NORMAL and attempt >= REFUSED_OFTEN else self


def attempt_of(header: str | None) -> int:
    """What the header says; 1 where it says nothing that can be read."""
    return int(header) if header and header.isascii() and header.isdigit() and len(header) < 4 else 1
