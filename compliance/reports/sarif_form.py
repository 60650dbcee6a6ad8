"""What every result in SARIF has alike: its level, its severity and its place."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from compliance.results import Severity, SourceLine

__all__ = ["LEVEL", "ROOT", "SECURITY_SEVERITY", "physical"]

ROOT = "%SRCROOT%"
LEVEL = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
SECURITY_SEVERITY = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.0",
    Severity.LOW: "2.0",
}
"""Within the bounds by which GitHub names them: over 9.0, 7.0, 4.0, 0.1.

Source: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""


def physical(source: SourceLine) -> Mapping[str, Any]:
    """A line of a file, relative to the root of the program."""
    return {
        "artifactLocation": {"uri": quote(source.file), "uriBaseId": ROOT},
        "region": {"startLine": source.line},
    }
