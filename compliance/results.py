"""What a scan found: facts that the gate judges and the reports show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from pydantic import TypeAdapter

__all__ = [
    "AnalysisResult",
    "ControlRef",
    "Finding",
    "Gate",
    "GateCheck",
    "Outcome",
    "Resource",
    "ScanResult",
    "Severity",
    "SourceLine",
    "UnknownValue",
    "Waiver",
]


class Outcome(StrEnum):
    """`waived` is a failure that a waiver covers; `unknown` could not be judged before deployment."""

    PASSED = "passed"
    FAILED = "failed"
    WAIVED = "waived"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """The project's own; Checkov gives none without its paid service."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True)
class SourceLine:
    """A place in the program. Attributes: file (relative to the program's root), line (from 1)."""

    file: str
    line: int


@dataclass(frozen=True)
class Resource:
    """A resource of the graph as the scanner saw it.

    Attributes:
        address: its address in the plan document.
        source: where the program makes the resource.
        instantiated: where the outermost component was made that it belongs to; equal to `source` outside components.
        component: name and type of that component, such as `estate:data:Database core`; '' outside components.
    """

    urn: str
    type: str
    terraform_type: str
    address: str
    stack: str
    source: SourceLine | None = None
    instantiated: SourceLine | None = None
    component: str = ""


@dataclass(frozen=True)
class ControlRef:
    """A control of a framework, such as ``ControlRef("nist-800-53r5", "AC-3")``."""

    framework: str
    control: str


@dataclass(frozen=True)
class Waiver:
    """Attributes: check; urn (glob); expires: its last day; ticket: of the decision in the register."""

    check: str
    urn: str
    owner: str
    reason: str
    ticket: str
    added: date
    expires: date


@dataclass(frozen=True)
class Finding:
    """One check on one resource.

    Attributes:
        fingerprint: the same over runs for the same check and URN.
        guideline: a page that explains the check; '' where there is none.
    """

    check: str
    name: str
    outcome: Outcome
    resource: Resource
    severity: Severity = Severity.MEDIUM
    controls: Sequence[ControlRef] = ()
    guideline: str = ""
    waiver: Waiver | None = None
    fingerprint: str = ""


@dataclass(frozen=True)
class UnknownValue:
    """A value that is not known before deployment, so that no check could judge it."""

    urn: str
    property: str


@dataclass(frozen=True)
class GateCheck:
    """One condition under which a scan may be believed. Attributes: detail: what was counted, and what was wanted."""

    name: str
    holds: bool
    detail: str


@dataclass(frozen=True)
class Gate:
    """Attributes: checks: the conditions under which the scan may be believed; broken if one does not hold."""

    checks: Sequence[GateCheck] = ()

    @property
    def is_broken(self) -> bool:
        return not self.checks or not all(it.holds for it in self.checks)


@dataclass(frozen=True)
class AnalysisResult:
    """What one of the other scans found.

    Attributes:
        could_not: why it did not run, or what of it could not be done here; '' where it ran whole.
        findings: each with at least `title`, `place` and `severity`.
    """

    name: str
    tool: str
    ran: bool
    holds: bool
    findings: Sequence[Mapping[str, Any]] = ()
    figures: Mapping[str, Any] = field(default_factory=dict[str, Any])
    could_not: str = ""


@dataclass(frozen=True)
class ScanResult:
    """What `estate scan` found in one environment or program.

    Attributes:
        subject: the environment's name, or the path of the program.
        scanned_at: ISO 8601, UTC; the only value that differs between two scans of the same program.
        pairs: (check, Terraform type) pairs that ran.
        unused_waivers: those that match nothing; expired_waivers: those that would have matched.
    """

    subject: str
    commit: str
    scanned_at: str
    scanner: str
    stacks: Sequence[str]
    resources: int
    checks: int
    pairs: int
    findings: Sequence[Finding]
    gate: Gate
    unknown: Sequence[UnknownValue] = ()
    unused_waivers: Sequence[Waiver] = ()
    expired_waivers: Sequence[Waiver] = ()
    analyses: Sequence[AnalysisResult] = ()
    seconds: float = 0.0

    def of(self, outcome: Outcome) -> Sequence[Finding]:
        return [it for it in self.findings if it.outcome == outcome]

    @property
    def failing_analyses(self) -> Sequence[AnalysisResult]:
        """Other scans that found something, and those that were asked for and did not run."""
        return [it for it in self.analyses if not it.holds]

    @property
    def holds(self) -> bool:
        """Nothing failed without a waiver, in a scan that can be believed, and the other scans of the run hold."""
        return not self.gate.is_broken and not self.of(Outcome.FAILED) and not self.failing_analyses

    def to_json(self) -> Mapping[str, Any]:
        """What `from_json` reads: text, numbers, lists and mappings only."""
        return _form().dump_python(self, mode="json")

    @classmethod
    def from_json(cls, document: Any) -> "ScanResult":
        """The result that `to_json` gave.

        Raises: pydantic.ValidationError: where the document is something else.
        """
        return _form().validate_python(document)


@cache
def _form() -> TypeAdapter[ScanResult]:
    return TypeAdapter(ScanResult)
