"""CSV: every finding, one a row, for a spreadsheet."""

import csv
import io
from collections.abc import Mapping, Sequence

from compliance.reports.identity import fingerprint_of
from compliance.reports.order import in_order
from compliance.results import Finding, ScanResult

__all__ = ["COLUMNS", "table"]

COLUMNS: Sequence[str] = (
    "check",
    "name",
    "severity",
    "outcome",
    "stack",
    "component",
    "type",
    "urn",
    "file",
    "line",
    "made_at_file",
    "made_at_line",
    "controls",
    "waiver_ticket",
    "waiver_owner",
    "waiver_expires",
    "waiver_reason",
    "guideline",
    "fingerprint",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is run by spreadsheets: https://owasp.org/www-community/attacks/CSV_Injection"""


def table(result: ScanResult) -> str:
    """Passed ones too, in the order of every report; no cell is a formula."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for it in in_order(result.findings):
        writer.writerow({key: _inert(value) for key, value in _row(it).items()})
    return out.getvalue()


def _row(finding: Finding) -> Mapping[str, str]:
    resource, waiver = finding.resource, finding.waiver
    source, made_at = resource.source, resource.instantiated
    return {
        "check": finding.check,
        "name": finding.name,
        "severity": finding.severity,
        "outcome": finding.outcome,
        "stack": resource.stack,
        "component": resource.component,
        "type": resource.type,
        "urn": resource.urn,
        "file": source.file if source else "",
        "line": str(source.line) if source else "",
        "made_at_file": made_at.file if made_at else "",
        "made_at_line": str(made_at.line) if made_at else "",
        "controls": " ".join(f"{it.framework}/{it.control}" for it in finding.controls),
        "waiver_ticket": waiver.ticket if waiver else "",
        "waiver_owner": waiver.owner if waiver else "",
        "waiver_expires": waiver.expires.isoformat() if waiver else "",
        "waiver_reason": waiver.reason if waiver else "",
        "guideline": finding.guideline,
        "fingerprint": fingerprint_of(finding),
    }


def _inert(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
