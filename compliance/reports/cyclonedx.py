"""CycloneDX 1.6: the resources that were judged, as components, and what failed of them.

Source: https://cyclonedx.org/docs/1.6/json/
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from compliance.reports.order import in_order
from compliance.results import Finding, Outcome, Resource, ScanResult, Waiver

__all__ = ["cyclonedx"]

_REPORTED = (Outcome.FAILED, Outcome.WAIVED)


def cyclonedx(result: ScanResult) -> str:
    """Without serial number or time, so that the same findings give the same bytes."""
    resources = {it.resource.urn: it.resource for it in result.findings}
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "platform",
                "bom-ref": f"subject:{result.subject}",
                "name": result.subject,
                **({"version": result.commit} if result.commit else {}),
            },
            "tools": {"components": [_tool("estate scan"), _tool(result.scanner)]},
        },
        "components": [_component(resources[it]) for it in sorted(resources)],
        "vulnerabilities": [_failure(it) for it in _failures(result.findings)],
    }
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _tool(name: str) -> Mapping[str, Any]:
    return {"type": "application", "name": name}


def _component(resource: Resource) -> Mapping[str, Any]:
    source = resource.source
    properties = {
        "type": resource.type,
        "stack": resource.stack,
        "component": resource.component,
        "source": f"{source.file}:{source.line}" if source else "",
    }
    return {
        "type": "platform",
        "bom-ref": resource.urn,
        "name": resource.urn.rsplit("::", 1)[-1],
        "properties": [
            {"name": f"estate:{key}", "value": value} for key, value in properties.items() if value
        ],
    }


def _failures(findings: Sequence[Finding]) -> Sequence[Sequence[Finding]]:
    """Together where check and waiver are the same, since CycloneDX says why once for all that is affected."""
    found: dict[tuple[str, Waiver | None], list[Finding]] = {}
    for it in in_order(findings):
        if it.outcome in _REPORTED:
            found.setdefault((it.check, it.waiver), []).append(it)
    return list(found.values())


def _failure(findings: Sequence[Finding]) -> Mapping[str, Any]:
    first = findings[0]
    has_page = first.guideline.startswith(("http://", "https://"))
    return {
        "bom-ref": f"{first.check} {first.waiver.ticket if first.waiver else 'open'} {findings[0].resource.urn}",
        "id": first.check,
        "description": first.name,
        **({"advisories": [{"url": first.guideline}]} if has_page else {}),
        "ratings": [{"severity": first.severity, "method": "other", "source": {"name": "the project's own"}}],
        "affects": [{"ref": it} for it in sorted({it.resource.urn for it in findings})],
        **({"analysis": _analysis(first.waiver)} if first.waiver else {}),
    }


def _analysis(waiver: Waiver) -> Mapping[str, Any]:
    return {
        "state": "exploitable",
        "response": ["will_not_fix"],
        "detail": f"Waived until {waiver.expires.isoformat()} ({waiver.ticket}, {waiver.owner}): {waiver.reason}",
    }
