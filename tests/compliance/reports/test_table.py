"""CSV: one row a finding, and nothing that a spreadsheet would run."""

import csv
import io

import pytest

from compliance.reports.table import COLUMNS, table
from tests.compliance.reports.samples import FAILED, WAIVED, finding, resource, result


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_every_finding_is_a_row() -> None:
    rows = _rows(table(result()))
    assert [it["outcome"] for it in rows] == ["failed", "waived", "unknown", "passed"]
    assert list(rows[0]) == list(COLUMNS)


def test_a_waived_finding_names_its_waiver() -> None:
    row = _rows(table(result([WAIVED])))[0]
    assert [row[it] for it in ("waiver_ticket", "waiver_owner", "waiver_expires")] == [
        "DEBT-001",
        "case-platform",
        "2026-12-01",
    ]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_a_cell_is_no_formula(sign: str) -> None:
    evil = finding("CKV_AWS_19", resource=resource(component=f"{sign}cmd|' /C calc'!A0"))
    assert _rows(table(result([evil, FAILED])))[0]["component"].startswith("'")
