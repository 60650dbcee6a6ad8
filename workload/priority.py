"""Which work goes first, and which is given up first."""

from enum import IntEnum

__all__ = ["Priority"]


class Priority(IntEnum):
    """The lower, the more urgent."""

    URGENT = 0
    """An application or a payment: what people lose by."""
    NORMAL = 1
    """Saving a draft, asking for a status."""
    BULK = 2
    """Information, reports and whatever can be asked for again at no loss."""

    @property
    def word(self) -> str:
        return self.name.lower()
