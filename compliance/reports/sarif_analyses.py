"""What the other scans found, as rules and results of SARIF."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from compliance.reports.sarif_form import LEVEL, SECURITY_SEVERITY, physical
from compliance.results import AnalysisResult, Severity, SourceLine

__all__ = ["analysis_results", "analysis_rules"]

_PLACE = re.compile(r"(?P<file>[^:]+):(?P<line>[1-9][0-9]*)")

_Found = Mapping[str, Any]


def analysis_rules(analyses: Sequence[AnalysisResult]) -> Sequence[Mapping[str, Any]]:
    """One for each kind of finding, in the order that `analysis_results` numbers them."""
    return [_rule(name, found) for name, found in _first_by_rule(analyses).items()]


def analysis_results(analyses: Sequence[AnalysisResult], first_rule: int) -> Sequence[Mapping[str, Any]]:
    """Every finding in its analysis's order. Args: first_rule: the place of the first of `analysis_rules`."""
    number = {name: place for place, name in enumerate(_first_by_rule(analyses), first_rule)}
    return [_result(name, number[name], found) for name, found in _findings(analyses)]


def _findings(analyses: Sequence[AnalysisResult]) -> Iterator[tuple[str, _Found]]:
    for analysis in analyses:
        for found in analysis.findings:
            yield f"{analysis.name}/{found.get('rule', 'finding')}", found


def _first_by_rule(analyses: Sequence[AnalysisResult]) -> Mapping[str, _Found]:
    found: dict[str, _Found] = {}
    for name, it in _findings(analyses):
        found.setdefault(name, it)
    return dict(sorted(found.items()))


def _rule(name: str, found: _Found) -> Mapping[str, Any]:
    severity = Severity(found["severity"])
    page = str(found.get("source", ""))
    return {
        "id": name,
        "shortDescription": {"text": name},
        **({"helpUri": page} if page.startswith(("http://", "https://")) else {}),
        "defaultConfiguration": {"level": LEVEL[severity]},
        "properties": {"security-severity": SECURITY_SEVERITY[severity], "tags": ["security"]},
    }


def _result(name: str, rule: int, found: _Found) -> Mapping[str, Any]:
    told = "\n".join(str(found.get(it, "")) for it in ("subject", "title", "text"))
    return {
        "ruleId": name,
        "ruleIndex": rule,
        "kind": "fail",
        "level": LEVEL[Severity(found["severity"])],
        "message": {"text": found["title"]},
        "locations": [_location(found)],
        "partialFingerprints": {"ruleAndSubject/v1": hashlib.sha256(f"{name}\n{told}".encode()).hexdigest()},
        "suppressions": [],
    }


def _location(found: _Found) -> Mapping[str, Any]:
    place = _PLACE.fullmatch(found["place"])
    subject = str(found.get("subject") or found["place"])
    return {
        **({"physicalLocation": physical(SourceLine(place["file"], int(place["line"])))} if place else {}),
        "logicalLocations": [{"name": subject.rsplit("::", 1)[-1], "fullyQualifiedName": subject}],
    }
