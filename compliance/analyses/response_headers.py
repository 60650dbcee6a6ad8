"""Headers that a public answer has to carry, and those that it must not.

Source: OWASP Secure Headers Project and OWASP HTTP Headers Cheat Sheet,
https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from compliance.analyses.finding import AnalysisFinding
from compliance.results import Severity

__all__ = ["RULES", "HeaderRule", "header_findings"]

SOURCE = "https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html"
ONE_YEAR_SECONDS = 31_536_000
"""The least that the cheat sheet's and the preload list's rules ask of Strict-Transport-Security.
Source: https://hstspreload.org/#submission-requirements."""


@dataclass(frozen=True)
class HeaderRule:
    """Attributes: is_met: given the header's value, '' where it is missing. pages_only: asked of HTML alone."""

    header: str
    wanted: str
    severity: Severity
    is_met: Callable[[str], bool]
    pages_only: bool = False


def _is_long(value: str) -> bool:
    age = re.search(r"max-age=(\d+)", value)
    return age is not None and int(age[1]) >= ONE_YEAR_SECONDS


def _names_no_version(value: str) -> bool:
    return not re.search(r"\d", value)


RULES = (
    HeaderRule("strict-transport-security", "max-age of a year or more", Severity.MEDIUM, _is_long),
    HeaderRule("x-content-type-options", "nosniff", Severity.LOW, lambda it: it.lower() == "nosniff"),
    HeaderRule("content-security-policy", "a policy", Severity.MEDIUM, bool, pages_only=True),
    HeaderRule("referrer-policy", "a policy", Severity.LOW, bool, pages_only=True),
    HeaderRule("server", "no version of a server", Severity.LOW, _names_no_version),
    HeaderRule("x-powered-by", "to be absent", Severity.LOW, lambda it: not it),
)


def header_findings(url: str, headers: Mapping[str, str]) -> Iterator[AnalysisFinding]:
    """What an answer's headers lack. A page that may be framed is caught by its policy or X-Frame-Options."""
    given = {name.lower(): value for name, value in headers.items()}
    is_page = given.get("content-type", "").startswith("text/html")
    for rule in RULES:
        if (is_page or not rule.pages_only) and not rule.is_met(given.get(rule.header, "")):
            yield _finding(url, rule.header, rule.wanted, given.get(rule.header, ""), rule.severity)
    framing = given.get("x-frame-options", "") or "frame-ancestors" in given.get(
        "content-security-policy", ""
    )
    if is_page and not framing:
        yield _finding(url, "x-frame-options", "DENY, or frame-ancestors in a policy", "", Severity.MEDIUM)


def _finding(url: str, header: str, wanted: str, got: str, severity: Severity) -> AnalysisFinding:
    return AnalysisFinding(
        rule=f"header-{header}",
        title=f"{header} has to be {wanted}, got {got or 'none'!r}",
        place=url,
        severity=severity,
        subject="edge",
        text=got,
        source=SOURCE,
    )
