"""SARIF 2.1.0: what code hosts and editors read.

It holds no time and no duration, so that the same findings give the same bytes.
Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from compliance.controls.crosswalk import Crosswalk
from compliance.reports.identity import fingerprint_of
from compliance.reports.order import in_order
from compliance.reports.sarif_analyses import analysis_results, analysis_rules
from compliance.reports.sarif_form import LEVEL, ROOT, SECURITY_SEVERITY, physical
from compliance.results import Finding, Outcome, ScanResult, Waiver

__all__ = ["SCHEMA", "sarif"]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(result: ScanResult, crosswalk: Crosswalk) -> str:
    """Failures, those that are waived as suppressed, and what could not be judged; each rule with its help.

    What the other scans of the run found comes after it.
    """
    reported = [it for it in in_order(result.findings) if it.outcome != Outcome.PASSED]
    rules = {it.check: it for it in reported}
    number = {check: place for place, check in enumerate(sorted(rules))}
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "estate scan",
                        "fullName": f"estate scan with {result.scanner}",
                        "rules": [
                            *(_rule(rules[it], crosswalk) for it in number),
                            *analysis_rules(result.analyses),
                        ],
                    }
                },
                "automationDetails": {"id": f"estate-scan/{result.subject}/"},
                "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the Pulumi program."}}},
                "invocations": [_invocation(result)],
                "results": [
                    *(_result(it, number[it.check]) for it in reported),
                    *analysis_results(result.analyses, first_rule=len(number)),
                ],
                "columnKind": "unicodeCodePoints",
                "properties": {
                    "commit": result.commit,
                    "resources": result.resources,
                    "checks": result.checks,
                    "pairs": result.pairs,
                    **{it.value: len(result.of(it)) for it in Outcome},
                },
            }
        ],
    }
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _rule(finding: Finding, crosswalk: Crosswalk) -> Mapping[str, Any]:
    topics = [crosswalk.topics[it] for it in crosswalk.topics_by_check.get(finding.check, ())]
    controls = [f"{it.framework}/{it.control}" for it in finding.controls]
    has_page = finding.guideline.startswith(("http://", "https://"))
    return {
        "id": finding.check,
        "shortDescription": {"text": finding.name},
        "fullDescription": {"text": ". ".join([finding.name, *topics])},
        "help": {"text": "\n".join(_help(finding, topics, controls))},
        **({"helpUri": finding.guideline} if has_page else {}),
        "defaultConfiguration": {"level": LEVEL[finding.severity]},
        "properties": {
            "security-severity": SECURITY_SEVERITY[finding.severity],
            "severity": f"{finding.severity} (the project's own)",
            "tags": ["security", *controls],
        },
    }


def _help(finding: Finding, topics: Sequence[str], controls: Sequence[str]) -> Sequence[str]:
    return [
        f"{finding.check}: {finding.name}.",
        *(f"It asks for: {it}." for it in topics),
        f"Severity: {finding.severity}, the project's own judgement.",
        f"Controls, by the project's own mapping: {', '.join(controls) or 'none is mapped'}.",
        *([f"More: {finding.guideline}"] if finding.guideline else []),
    ]


def _result(finding: Finding, rule: int) -> Mapping[str, Any]:
    resource = finding.resource
    is_unknown = finding.outcome == Outcome.UNKNOWN
    return {
        "ruleId": finding.check,
        "ruleIndex": rule,
        "kind": "open" if is_unknown else "fail",
        "level": "none" if is_unknown else LEVEL[finding.severity],
        "message": {"text": _message(finding)},
        "locations": [_location(finding)],
        **_instantiated(finding),
        "partialFingerprints": {"checkAndUrn/v1": fingerprint_of(finding)},
        "suppressions": [_suppression(it) for it in [finding.waiver] if it],
        "properties": {"urn": resource.urn, "stack": resource.stack, "component": resource.component},
    }


def _message(finding: Finding) -> str:
    resource = finding.resource
    of = f" of {resource.component}" if resource.component else ""
    ends = ", which is not known before deployment" if finding.outcome == Outcome.UNKNOWN else ""
    return f"{finding.name}: {resource.terraform_type} {resource.urn.rsplit('::', 1)[-1]}{of}{ends}"


def _location(finding: Finding) -> Mapping[str, Any]:
    resource = finding.resource
    return {
        **({"physicalLocation": physical(resource.source)} if resource.source else {}),
        "logicalLocations": [
            {
                "name": resource.urn.rsplit("::", 1)[-1],
                "fullyQualifiedName": resource.urn,
                "decoratedName": resource.address,
                "kind": "resource",
            }
        ],
    }


def _instantiated(finding: Finding) -> Mapping[str, Any]:
    place = finding.resource.instantiated
    if place is None or place == finding.resource.source:
        return {}
    return {
        "relatedLocations": [
            {
                "id": 1,
                "message": {"text": "The component is made here."},
                "physicalLocation": physical(place),
            }
        ]
    }


def _suppression(waiver: Waiver) -> Mapping[str, Any]:
    return {
        "kind": "external",
        "status": "accepted",
        "justification": f"{waiver.reason} ({waiver.ticket}, {waiver.owner}, until {waiver.expires.isoformat()})",
    }


def _invocation(result: ScanResult) -> Mapping[str, Any]:
    broken = [f"{it.name}: {it.detail}" for it in result.gate.checks if not it.holds]
    silent = [f"{it.name}: {it.could_not}" for it in result.analyses if not it.ran]
    return {
        "executionSuccessful": not result.gate.is_broken and not silent,
        "toolExecutionNotifications": [
            {"level": "error", "message": {"text": it}} for it in (*broken, *silent)
        ],
    }
