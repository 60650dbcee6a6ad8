"""Findings as a reviewer reads them: by component, then by check and line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from compliance.reports.order import GRAVEST_FIRST, in_order
from compliance.results import Finding, Outcome, ScanResult, Severity, SourceLine

__all__ = ["ComponentFindings", "Group", "by_component"]

_SHOWN = (Outcome.FAILED, Outcome.WAIVED, Outcome.UNKNOWN)


@dataclass(frozen=True)
class Group:
    """One check, at one line of the program. Attributes: findings: one for each resource that the line makes."""

    findings: Sequence[Finding]

    @property
    def first(self) -> Finding:
        return self.findings[0]


@dataclass(frozen=True)
class ComponentFindings:
    """Attributes: component: '' for what stands outside components; made_at: where the program makes it."""

    component: str
    stacks: Sequence[str]
    made_at: Sequence[SourceLine]
    groups: Sequence[Group]

    @property
    def findings(self) -> Sequence[Finding]:
        return [it for group in self.groups for it in group.findings]

    def count(self, outcome: Outcome) -> int:
        return sum(it.outcome == outcome for it in self.findings)

    @property
    def worst(self) -> Severity:
        return min((it.severity for it in self.findings), key=GRAVEST_FIRST.index)


def by_component(result: ScanResult) -> Sequence[ComponentFindings]:
    """All that did not pass: components with open failures first, and of those the gravest."""
    found: dict[str, list[Finding]] = {}
    for it in in_order(result.findings):
        if it.outcome in _SHOWN:
            found.setdefault(it.resource.component, []).append(it)
    return sorted((_component(*it) for it in found.items()), key=_place)


def _component(name: str, findings: Sequence[Finding]) -> ComponentFindings:
    made_at = {it.resource.instantiated for it in findings if it.resource.instantiated}
    return ComponentFindings(
        component=name,
        stacks=sorted({it.resource.stack for it in findings if it.resource.stack}),
        made_at=sorted(made_at, key=lambda it: (it.file, it.line)),
        groups=[Group(it) for it in _groups(findings).values()],
    )


def _groups(findings: Sequence[Finding]) -> Mapping[object, Sequence[Finding]]:
    found: dict[object, list[Finding]] = {}
    for it in findings:
        found.setdefault((it.check, it.outcome, it.resource.source, it.waiver), []).append(it)
    return found


def _place(it: ComponentFindings) -> tuple[bool, int, str]:
    return not it.count(Outcome.FAILED), GRAVEST_FIRST.index(it.worst), it.component
