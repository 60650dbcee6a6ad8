"""Eligibility, from facts. The agency's own rules are law and not in this project: these stand in for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from workload.decisions import Decision

__all__ = ["HIGHEST_INCOME_PENCE", "Request", "amount_pence", "checks_needed", "decide", "is_refused_at_once"]

HIGHEST_INCOME_PENCE = 60_000
"""A week: a placeholder, the same for every benefit."""

LOWEST_AMOUNT_PENCE = 1_000
AMOUNT_RANGE_PENCE = 20_000
DEFAULT_CHECKS = ("government:dwp",)
"""Kind and name of a partner: the exchange service of the kind asks it."""


@dataclass(frozen=True)
class Request:
    """Attributes: facts: as far as the case knows them."""

    case_id: str
    benefit: str
    client_reference: str
    facts: Mapping[str, Any]

    @property
    def weekly_income_pence(self) -> int:
        income = self.facts.get("weekly_income_pence", 0)
        return income if isinstance(income, int) else 0


def amount_pence(benefit: str) -> int:
    """What the benefit pays: always the same for one benefit."""
    return LOWEST_AMOUNT_PENCE + crc32(benefit.encode()) % AMOUNT_RANGE_PENCE


def is_refused_at_once(request: Request) -> bool:
    """Whether what the client says is enough to refuse, so that nobody else need be asked."""
    return request.weekly_income_pence > HIGHEST_INCOME_PENCE


def checks_needed(request: Request) -> tuple[str, ...]:
    """Partners that must confirm something, as kind and name: those that the application names, or DWP."""
    named = request.facts.get("checks")
    return tuple(str(it) for it in named) if isinstance(named, list) else DEFAULT_CHECKS


def decide(request: Request, outcomes: Mapping[str, bool], to_confirm: tuple[str, ...] = ()) -> Decision:
    """The decision; the same facts and outcomes always give the same one.

    Args: outcomes: whether each partner confirmed.
    """
    if is_refused_at_once(request):
        return _refused(request, "income above the limit", to_confirm)
    denied = sorted(name for name, confirmed in outcomes.items() if not confirmed)
    if denied:
        return _refused(request, f"not confirmed by {', '.join(denied)}", to_confirm)
    return Decision(
        request.case_id,
        request.benefit,
        "awarded",
        amount_pence(request.benefit),
        "conditions met",
        to_confirm,
    )


def _refused(request: Request, reason: str, to_confirm: tuple[str, ...]) -> Decision:
    return Decision(request.case_id, request.benefit, "refused", None, reason, to_confirm)
