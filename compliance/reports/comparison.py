"""What changed since an earlier scan of the same subject."""

from collections.abc import Sequence
from dataclasses import dataclass

from compliance.reports.identity import fingerprint_of
from compliance.reports.order import in_order
from compliance.results import Finding, Outcome, ScanResult

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True)
class Comparison:
    """Failures, waived ones too, of two scans.

    Attributes:
        fixed: failed before, and the same check passes there now.
        gone: failed before, and the check says nothing of that resource now: it is gone, or is not checked any more.
        newly_waived: failed before without a waiver, and has one now.
    """

    before: str
    commit: str
    same_subject: bool
    new: Sequence[Finding] = ()
    fixed: Sequence[Finding] = ()
    gone: Sequence[Finding] = ()
    same: Sequence[Finding] = ()
    newly_waived: Sequence[Finding] = ()


def compare(now: ScanResult, before: ScanResult) -> Comparison:
    """Findings are the same where check and URN are."""
    failing, failed = _failing(now), _failing(before)
    passing = {fingerprint_of(it) for it in now.of(Outcome.PASSED)}
    open_before = {fingerprint_of(it) for it in before.of(Outcome.FAILED)}
    ended = [it for key, it in failed.items() if key not in failing]
    return Comparison(
        before=before.scanned_at,
        commit=before.commit,
        same_subject=now.subject == before.subject,
        new=in_order(it for key, it in failing.items() if key not in failed),
        fixed=in_order(it for it in ended if fingerprint_of(it) in passing),
        gone=in_order(it for it in ended if fingerprint_of(it) not in passing),
        same=in_order(it for key, it in failing.items() if key in failed),
        newly_waived=in_order(
            it for key, it in failing.items() if key in open_before and it.outcome == Outcome.WAIVED
        ),
    )


def _failing(result: ScanResult) -> dict[str, Finding]:
    return {
        fingerprint_of(it): it for it in result.findings if it.outcome in (Outcome.FAILED, Outcome.WAIVED)
    }
