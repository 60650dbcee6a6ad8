"""Results of scans that never ran, small enough to be told by heart."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from compliance.controls import load
from compliance.reports.identity import fingerprint_of
from compliance.results import (
    AnalysisResult,
    Finding,
    Gate,
    GateCheck,
    Outcome,
    Resource,
    ScanResult,
    SourceLine,
    UnknownValue,
    Waiver,
)

CROSSWALK = load()
PROGRAM = {
    "stacks/data.py": 'bucket = DocumentStore(\n    "letters",\n    {"versioned": False},\n)\n',
    "components/store.py": 'self.bucket = aws.s3.Bucket(\n    f"{name}-bucket",\n    opts=child,\n)\n',
}
WAIVER = Waiver(
    check="CKV_AWS_144",
    urn="*letters*",
    owner="case-platform",
    reason="Letters are copied by the vault of the region.",
    ticket="DEBT-001",
    added=date(2026, 9, 1),
    expires=date(2026, 12, 1),
)


def resource(name: str = "letters-bucket", **changes: Any) -> Resource:
    made = Resource(
        urn=f"urn:pulumi:data-slice::estate::estate:data:DocumentStore$aws:s3/bucket:Bucket::{name}",
        type="aws:s3/bucket:Bucket",
        terraform_type="aws_s3_bucket",
        address=f"aws_s3_bucket.{name}",
        stack="data-slice",
        source=SourceLine("components/store.py", 1),
        instantiated=SourceLine("stacks/data.py", 1),
        component="estate:data:DocumentStore letters",
    )
    return replace(made, **changes)


def finding(check: str, outcome: Outcome = Outcome.FAILED, **changes: Any) -> Finding:
    made = Finding(
        check=check,
        name=f"What {check} asks",
        outcome=outcome,
        resource=resource(),
        severity=CROSSWALK.severity_of(check),
        controls=CROSSWALK.controls_of(check),
        guideline=f"https://example.org/{check}",
    )
    made = replace(made, **changes)
    return replace(made, fingerprint=fingerprint_of(made))


FAILED = finding("CKV_AWS_19")
WAIVED = finding("CKV_AWS_144", Outcome.WAIVED, waiver=WAIVER)
UNKNOWN = finding("CKV_AWS_145", Outcome.UNKNOWN)
PASSED = finding("CKV_AWS_21", Outcome.PASSED)
GATE = Gate(
    (GateCheck("the plan parsed", True, "1 of 1"), GateCheck("every resource was scanned", True, "4 of 4"))
)


def result(findings: Sequence[Finding] = (FAILED, WAIVED, UNKNOWN, PASSED), **changes: Any) -> ScanResult:
    made = ScanResult(
        subject="slice",
        commit="577a084",
        scanned_at="2026-11-22T09:00:00+00:00",
        scanner="checkov 3.3.30",
        stacks=["data-slice"],
        resources=4,
        checks=3,
        pairs=5,
        findings=list(findings),
        gate=GATE,
        unknown=[UnknownValue(resource().urn, "arn"), UnknownValue(resource().urn, "hostedZoneId")],
        unused_waivers=[replace(WAIVER, check="CKV_AWS_18", ticket="DEBT-002")],
        expired_waivers=[replace(WAIVER, check="CKV_AWS_19", ticket="DEBT-003", expires=date(2026, 11, 21))],
        analyses=[
            AnalysisResult(
                name="Least privilege",
                tool="the project's own",
                ran=True,
                holds=False,
                findings=[
                    {
                        "title": "A wildcard",
                        "place": "stacks/data.py:1",
                        "severity": "high",
                        "rule": "wildcard",
                    }
                ],
                figures={"policies": 3},
            ),
            AnalysisResult("Dependencies", "pip-audit", False, False, could_not="There is no database here."),
        ],
    )
    return replace(made, **changes)
