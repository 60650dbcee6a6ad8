"""What a scan found, for machines and for people: SARIF, JUnit, CSV, JSON, CycloneDX and one HTML page."""

from compliance.reports.comparison import Comparison, compare
from compliance.reports.coverage import FrameworkCoverage, Standing, coverage_of
from compliance.reports.exceptions import ReportUnwritable, ResultUnreadable
from compliance.reports.stored import read
from compliance.reports.writing import FILES, take_away, write_all

__all__ = [
    "FILES",
    "Comparison",
    "FrameworkCoverage",
    "ReportUnwritable",
    "ResultUnreadable",
    "Standing",
    "compare",
    "coverage_of",
    "read",
    "take_away",
    "write_all",
]
