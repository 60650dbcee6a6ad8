"""JUnit's XML: what build servers show. A broken gate is an error in it, so that it cannot be green by silence.

Source of the form: https://github.com/testmoapp/junitxml
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from compliance.reports.order import in_order
from compliance.results import AnalysisResult, Finding, GateCheck, Outcome, ScanResult

__all__ = ["junit"]

_OF_NO_COMPONENT = "providers"
"""The configuration of a provider is in no stack and no component."""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write."""


def junit(result: ScanResult) -> str:
    """A suite for the gate, one in which each of the other scans is a case, then one for each component.

    In a component's suite each check on each resource is a case.
    """
    root = Element("testsuites", {"name": _text(f"estate scan {result.subject}")})
    _suite(root, "gate", [_gate_case(it) for it in result.gate.checks] or [_nothing_checked()])
    if result.analyses:
        _suite(root, "other scans", [_analysis_case(it) for it in result.analyses])
    for name, findings in _by_component(result.findings).items():
        _suite(root, name, [_case(it) for it in findings])
    for key in ("tests", "errors", "failures", "skipped"):
        root.set(key, str(sum(int(it.get(key, "0")) for it in root)))
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _by_component(findings: Sequence[Finding]) -> Mapping[str, Sequence[Finding]]:
    found: dict[str, list[Finding]] = {}
    for it in in_order(findings):
        name = f"{it.resource.stack} {it.resource.component}".strip()
        found.setdefault(name or _OF_NO_COMPONENT, []).append(it)
    return dict(sorted(found.items()))


def _suite(root: Element, name: str, cases: Sequence[Element]) -> None:
    suite = SubElement(root, "testsuite", {"name": _text(name), "tests": str(len(cases))})
    for key, tag in (("errors", "error"), ("failures", "failure"), ("skipped", "skipped")):
        suite.set(key, str(sum(it.find(tag) is not None for it in cases)))
    suite.extend(cases)


def _gate_case(check: GateCheck) -> Element:
    case = Element("testcase", {"classname": "gate", "name": _text(check.name)})
    if not check.holds:
        SubElement(case, "error", {"message": _text(check.detail)})
    return case


def _nothing_checked() -> Element:
    return _gate_case(
        GateCheck("the scan can be believed", False, "No condition was checked, so it proves nothing.")
    )


def _analysis_case(analysis: AnalysisResult) -> Element:
    """One that was asked for and did not run is an error, for it says nothing."""
    case = Element("testcase", {"classname": "other scans", "name": _text(analysis.name)})
    if not analysis.ran:
        SubElement(case, "error", {"message": _text(analysis.could_not)})
    elif not analysis.holds:
        count = len(analysis.findings)
        failure = SubElement(case, "failure", {"message": f"{count} finding{'' if count == 1 else 's'}"})
        failure.text = _text("\n".join(_told(it) for it in analysis.findings))
    return case


def _told(found: Mapping[str, Any]) -> str:
    return f"{found['severity']}: {found['title']} ({found['place']})"


def _case(finding: Finding) -> Element:
    resource = finding.resource
    case = Element("testcase", {"classname": finding.check, "name": _text(resource.urn)})
    if resource.source:
        case.set("file", _text(resource.source.file))
        case.set("line", str(resource.source.line))
    match finding.outcome:
        case Outcome.FAILED:
            failure = SubElement(case, "failure", {"type": finding.severity, "message": _text(finding.name)})
            failure.text = _text(_detail(finding))
        case Outcome.WAIVED:
            SubElement(case, "skipped", {"message": _text(_waived(finding))})
        case Outcome.UNKNOWN:
            SubElement(case, "skipped", {"message": "Not known before deployment"})
    return case


def _detail(finding: Finding) -> str:
    source = finding.resource.source
    place = f" at {source.file}:{source.line}" if source else ""
    return f"{finding.check} on {finding.resource.urn}{place}. {finding.guideline}".strip()


def _waived(finding: Finding) -> str:
    waiver = finding.waiver
    return (
        f"Waived until {waiver.expires.isoformat()} ({waiver.ticket}): {waiver.reason}"
        if waiver
        else "Waived"
    )


def _text(value: str) -> str:
    return _NOT_XML.sub("\ufffd", value)
