"""From a plan to a judgement: the scanner's records become findings, waivers are applied, and the gate is judged."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from compliance.controls import Crosswalk
from compliance.gate import Canaries, Manifest, judge, types_of
from compliance.results import (
    Finding,
    Gate,
    Outcome,
    Resource,
    ScanResult,
    UnknownValue,
    Waiver,
)
from compliance.scanner import Record, Scanner, ScannerRecords, Verdict
from compliance.waivers import apply

__all__ = ["Rules", "Subject", "findings_of", "scan_plan"]

_OUTCOME = {
    Verdict.PASSED: Outcome.PASSED,
    Verdict.FAILED: Outcome.FAILED,
    Verdict.SKIPPED: Outcome.FAILED,
    Verdict.UNDECIDED: Outcome.UNKNOWN,
}
"""A skipped check has judged nothing. What Checkov calls unknown is mostly a check that says nothing of a resource;
what could not be known is listed value by value."""

FINGERPRINT_CHARACTERS = 32


@dataclass(frozen=True)
class Subject:
    """What is scanned. Attributes: resources: by address in the plan; stacks: their names."""

    name: str
    commit: str
    stacks: Sequence[str]
    resources: Mapping[str, Resource]
    unknown: Sequence[UnknownValue] = ()


@dataclass(frozen=True)
class Rules:
    """What the scan is judged by. Attributes: waivers: none where all failures are to be shown."""

    crosswalk: Crosswalk
    waivers: Sequence[Waiver] = ()
    manifest: Manifest = field(default_factory=Manifest.read)
    canaries: Canaries = field(default_factory=Canaries.read)


def scan_plan(
    plan: Path, subject: Subject, scanner: Scanner, rules: Rules, now: datetime, folder: Path
) -> ScanResult:
    """The judgement of a plan document that was written from the subject.

    Args:
        now: with a time zone; waivers hold by its date.
        folder: where the canaries may be written.
    Raises: ScannerFailed: Checkov died.
    """
    records = scanner.scan(plan, rules.canaries.write(folder / "canaries.json"))
    waived = apply(rules.waivers, findings_of(records, subject.resources, rules.crosswalk), now.date())
    gate = judge(subject.resources, records, rules.manifest, rules.canaries)
    types = types_of(subject.resources)
    return ScanResult(
        subject=subject.name,
        commit=subject.commit,
        scanned_at=now.isoformat(timespec="seconds"),
        scanner=records.scanner,
        stacks=subject.stacks,
        resources=len(records.plan.resources),
        checks=len({check for check, _ in records.plan.pairs}),
        pairs=sum(kind in types for _, kind in records.plan.pairs),
        findings=waived.findings,
        gate=Gate([*gate.checks, waived.narrow]),
        unknown=subject.unknown,
        unused_waivers=waived.unused,
        expired_waivers=waived.expired,
    )


def findings_of(
    records: ScannerRecords, resources: Mapping[str, Resource], crosswalk: Crosswalk
) -> Sequence[Finding]:
    """One finding for each verdict, by URN and check. What Checkov gives no verdict on is not among them."""
    judged = [it for it in records.plan.records if it.verdict in _OUTCOME]
    found = [_finding(it, _resource(it.address, resources), crosswalk) for it in judged]
    return sorted(found, key=lambda it: (it.resource.urn, it.check))


def _finding(record: Record, resource: Resource, crosswalk: Crosswalk) -> Finding:
    return Finding(
        check=record.check,
        name=record.name,
        outcome=_OUTCOME[record.verdict],
        resource=resource,
        severity=crosswalk.severity_of(record.check),
        controls=crosswalk.controls_of(record.check),
        guideline=record.guideline,
        fingerprint=_fingerprint(record.check, resource.urn),
    )


def _fingerprint(check: str, urn: str) -> str:
    return hashlib.sha256(f"{check}\n{urn}".encode()).hexdigest()[:FINGERPRINT_CHARACTERS]


def _resource(address: str, resources: Mapping[str, Resource]) -> Resource:
    """The resource at an address; for a provider or a policy document, which are none, what stands for it."""
    kind = address.removeprefix("data.").partition(".")[0]
    return resources.get(address) or Resource(address, kind, kind, address, "")
