"""What partners confirmed, for the time in which that may be relied on without them."""

from collections import OrderedDict
from dataclasses import dataclass

from workload.exchange.check import Check

__all__ = ["LIFETIME_SECONDS", "Confirmation", "Confirmations"]

LIFETIME_SECONDS = 86_400
"""A day, as the degradation contract says (catalogue/services.yaml, exchange-government)."""

MOST = 20_000
"""In one task's memory; the one used longest ago goes first."""


@dataclass(frozen=True)
class Confirmation:
    """Attributes: at: when the partner said so. until: by the loop's clock, when that is a day ago."""

    outcome: str
    at: str
    until: float


class Confirmations:
    """Of this task. A task that has just begun knows none."""

    def __init__(self) -> None:
        self._known: OrderedDict[Check, Confirmation] = OrderedDict()

    def keep(self, check: Check, confirmation: Confirmation) -> None:
        self._known[check] = confirmation
        self._known.move_to_end(check)
        if len(self._known) > MOST:
            self._known.popitem(last=False)

    def find(self, check: Check, now: float) -> Confirmation | None:
        """What was confirmed within a day, or None."""
        found = self._known.get(check)
        if found is None or now > found.until:
            self._known.pop(check, None)
            return None
        self._known.move_to_end(check)
        return found
