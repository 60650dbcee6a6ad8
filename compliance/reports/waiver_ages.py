"""Waivers as debt: how old each is, how long it still holds, and what it covers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from compliance.results import Finding, ScanResult, Waiver

__all__ = ["WaiverAge", "scan_day", "waiver_ages"]

SOON_DAYS = 30
"""A waiver that ends within so many days is pointed out."""


@dataclass(frozen=True)
class WaiverAge:
    """Attributes: covers: findings that it waives; days_left: 0 on its last day, negative when it has expired."""

    waiver: Waiver
    age_days: int
    days_left: int
    covers: Sequence[Finding] = ()
    is_unused: bool = False

    @property
    def state(self) -> str:
        if self.days_left < 0:
            return f"expired on {self.waiver.expires.isoformat()}"
        if self.is_unused:
            return "unused: it matches nothing, so it can go"
        if self.days_left == 0:
            return "holds today for the last time"
        return "ends soon" if self.days_left <= SOON_DAYS else "holds"


def scan_day(result: ScanResult) -> date:
    return datetime.fromisoformat(result.scanned_at).date()


def waiver_ages(result: ScanResult) -> Sequence[WaiverAge]:
    """Expired ones first, then by the days that are left."""
    today = scan_day(result)
    covered: dict[Waiver, list[Finding]] = {}
    for it in result.findings:
        if it.waiver:
            covered.setdefault(it.waiver, []).append(it)
    ages = [
        *(_age(it, today, findings) for it, findings in covered.items()),
        *(_age(it, today) for it in result.expired_waivers if it not in covered),
        *(_age(it, today, is_unused=True) for it in result.unused_waivers),
    ]
    return sorted(ages, key=lambda it: (it.days_left, it.waiver.check, it.waiver.urn))


def _age(waiver: Waiver, today: date, covers: Sequence[Finding] = (), is_unused: bool = False) -> WaiverAge:
    return WaiverAge(waiver, (today - waiver.added).days, (waiver.expires - today).days, covers, is_unused)
