"""A scan's judgement as a person and a program see it."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from compliance.results import Finding, Outcome, Resource, ScanResult, SourceLine

__all__ = ["Scan"]

_MARK = {True: ("holds", "green"), False: ("BROKEN", "bold red")}
_SEVERITIES = ("critical", "high", "medium", "low")
_LONGEST = 20
"""So many findings of one component are listed; the reports have all."""


@dataclass(frozen=True)
class Scan:
    """Attributes: reports: paths by the name of their format."""

    result: ScanResult
    reports: Mapping[str, Path] = field(default_factory=dict[str, Path])

    @property
    def holds(self) -> bool:
        return self.result.holds

    @property
    def is_void(self) -> bool:
        """Whether the scan proves nothing: neither that it holds nor that it does not."""
        return self.result.gate.is_broken

    def to_json(self) -> Mapping[str, Any]:
        result = self.result
        counts = {str(outcome): len(result.of(outcome)) for outcome in Outcome}
        return {
            "subject": result.subject,
            **{name: counts[name] for name in ("passed", "failed", "waived")},
            "undecided": counts["unknown"],
            "resources": result.resources,
            "checks": result.checks,
            "pairs": result.pairs,
            "scanner": result.scanner,
            "findings": [_finding(it) for it in _shown(result)],
            "gate": {
                "broken": result.gate.is_broken,
                "conditions": [
                    {"name": it.name, "holds": it.holds, "detail": it.detail} for it in result.gate.checks
                ],
            },
            "waivers": {
                "unused": list(dict.fromkeys(it.ticket for it in result.unused_waivers)),
                "expired": list(dict.fromkeys(it.ticket for it in result.expired_waivers)),
            },
            "unknown": [{"urn": it.urn, "property": it.property} for it in result.unknown],
            "analyses": [
                {
                    "name": it.name,
                    "ran": it.ran,
                    "holds": it.holds,
                    "findings": len(it.findings),
                    "could_not": it.could_not,
                }
                for it in result.analyses
            ],
            "reports": {name: str(path) for name, path in self.reports.items()},
            "seconds": round(result.seconds, 1),
        }

    def show(self, console: Console) -> None:
        result = self.result
        _show_findings(result, console)
        _show_undecided(result, console)
        _show_waivers(result, console)
        _show_gate(result, console)
        _show_analyses(result, console)
        if result.unknown:
            console.print(
                f"{len(result.unknown)} values are not known before deployment, so no check could judge them; "
                "the reports list them."
            )
        for name, path in self.reports.items():
            console.print(f"  {name:<10} {path}", style="dim")
        console.print(_verdict(self))


def _shown(result: ScanResult) -> Sequence[Finding]:
    """What did not simply pass."""
    return [it for it in result.findings if it.outcome is not Outcome.PASSED]


def _finding(finding: Finding) -> Mapping[str, Any]:
    return {
        "check": finding.check,
        "name": finding.name,
        "outcome": str(finding.outcome),
        "severity": str(finding.severity),
        "urn": finding.resource.urn,
        "component": finding.resource.component or None,
        "source": _place(finding.resource.source),
        "instantiated": _place(finding.resource.instantiated),
        "controls": [{"framework": it.framework, "control": it.control} for it in finding.controls],
        "guideline": finding.guideline or None,
        "waiver": finding.waiver.ticket if finding.waiver else None,
        "fingerprint": finding.fingerprint,
    }


def _place(source: SourceLine | None) -> Mapping[str, Any] | None:
    return {"file": source.file, "line": source.line} if source else None


def _show_findings(result: ScanResult, console: Console) -> None:
    by_component: dict[str, list[Finding]] = defaultdict(list)
    for it in result.of(Outcome.FAILED):
        by_component[it.resource.component or "outside components"].append(it)
    for component, found in sorted(by_component.items()):
        console.print(Text(component, style="bold"))
        for it in sorted(found, key=lambda it: (_SEVERITIES.index(it.severity), it.check))[:_LONGEST]:
            console.print(Text(f"  {it.severity:<8} {it.check:<13} {it.name}"))
            console.print(Text(f"           {_where(it.resource)}", style="dim"))
        if len(found) > _LONGEST:
            console.print(f"  and {len(found) - _LONGEST} more; --output FOLDER writes all of them")


def _show_undecided(result: ScanResult, console: Console) -> None:
    for it in result.of(Outcome.UNKNOWN)[:_LONGEST]:
        console.print(Text(f"Not known before deployment  {it.check:<13} {it.name}"))
        console.print(Text(f"           {_where(it.resource)}", style="dim"))
    if (more := len(result.of(Outcome.UNKNOWN)) - _LONGEST) > 0:
        console.print(f"  and {more} more; --output FOLDER writes all of them")


def _where(resource: Resource) -> str:
    """Where somebody looks first: the line that made it, then the line that wanted the component."""
    places = dict.fromkeys(it for it in (resource.source, resource.instantiated) if it)
    lines = ", wanted by ".join(f"{it.file}:{it.line}" for it in places)
    return f"{resource.urn.rpartition('::')[2]} ({resource.stack}), {lines or 'no line known'}"


def _show_waivers(result: ScanResult, console: Console) -> None:
    waivers = {it.waiver.ticket: it.waiver for it in result.of(Outcome.WAIVED) if it.waiver}
    waived = Counter(it.waiver.ticket for it in result.of(Outcome.WAIVED) if it.waiver)
    for ticket, count in sorted(waived.items()):
        it = waivers[ticket]
        findings = f"{count} finding{'' if count == 1 else 's'}"
        console.print(Text(f"{it.ticket}  {it.check}, {findings}, {it.owner}, until {it.expires}"))
        console.print(Text(f"          {it.reason.strip()}", style="dim"))
    for it in {it.ticket: it for it in result.expired_waivers}.values():
        console.print(f"Waiver {it.ticket} ({it.check}) expired on {it.expires}: what it waived fails.")
    for it in result.unused_waivers:
        name = it.urn.rpartition("::")[2]
        console.print(
            Text(f"Waiver {it.ticket} matches nothing: no finding of {it.check} on {name}.", style="dim")
        )


def _show_gate(result: ScanResult, console: Console) -> None:
    for it in result.gate.checks:
        word, style = _MARK[it.holds]
        console.print(Text.assemble((f"{word:<6} ", style), f"{it.name}: ", (it.detail, "dim")))


def _show_analyses(result: ScanResult, console: Console) -> None:
    for it in result.analyses:
        told = f"{len(it.findings)} findings" if it.ran else "did not run"
        console.print(Text(f"{it.name} ({it.tool}): {told}{f'; {it.could_not}' if it.could_not else ''}"))


def _verdict(scan: Scan) -> str:
    result = scan.result
    counts = (
        f"{result.resources} resources, {result.checks} checks, {result.pairs} (check, type) pairs: "
        f"{len(result.of(Outcome.PASSED))} passed, {len(result.of(Outcome.FAILED))} failed, "
        f"{len(result.of(Outcome.WAIVED))} waived{_undecided(result)}, in {result.seconds:.1f} s."
    )
    if scan.is_void:
        return f"{result.subject}: the scan proves nothing, for a condition above is broken. {counts}"
    failing = [it.name for it in result.failing_analyses]
    others = f" Of the other scans these do not hold: {', '.join(failing)}." if failing else ""
    return f"{result.subject} {'passes' if scan.holds else 'does not pass'}. {counts}{others}"


def _undecided(result: ScanResult) -> str:
    count = len(result.of(Outcome.UNKNOWN))
    return f", {count} not known before deployment" if count else ""
