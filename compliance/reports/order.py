"""The one order in which findings stand in every report."""

from collections.abc import Iterable, Sequence

from compliance.controls.crosswalk import natural
from compliance.results import Finding, Outcome, Severity

__all__ = ["GRAVEST_FIRST", "in_order"]

GRAVEST_FIRST = list(Severity)
_OUTCOMES = [Outcome.FAILED, Outcome.WAIVED, Outcome.UNKNOWN, Outcome.PASSED]


def in_order(findings: Iterable[Finding]) -> Sequence[Finding]:
    """Failed, waived, unknown, passed; of those the gravest first; then by check and URN."""
    return sorted(findings, key=_place)


def _place(it: Finding) -> tuple[int, int, object, str, str]:
    return (
        _OUTCOMES.index(it.outcome),
        GRAVEST_FIRST.index(it.severity),
        natural(it.check),
        it.resource.urn,
        it.resource.address,
    )
