"""How each control of a framework stands after a scan."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from compliance.controls.crosswalk import Crosswalk, Framework, natural
from compliance.results import ControlRef, Finding, Outcome, ScanResult

__all__ = ["ControlCoverage", "FrameworkCoverage", "Standing", "coverage_of"]


class Standing(StrEnum):
    """The first that applies, read from the top."""

    FAILING = "failing"
    WAIVED = "waived"
    UNKNOWN = "unknown"
    PASSING = "passing"
    NOT_ASSESSED = "not assessed"


_WORST_FIRST = [
    (Outcome.FAILED, Standing.FAILING),
    (Outcome.WAIVED, Standing.WAIVED),
    (Outcome.UNKNOWN, Standing.UNKNOWN),
    (Outcome.PASSED, Standing.PASSING),
]


@dataclass(frozen=True)
class ControlCoverage:
    """Attributes: checks: that ran and bear on it; outcomes: how many findings of them had each outcome."""

    control: str
    title: str
    checks: Sequence[str]
    outcomes: Mapping[Outcome, int]

    @property
    def standing(self) -> Standing:
        return next((it for outcome, it in _WORST_FIRST if self.outcomes.get(outcome)), Standing.NOT_ASSESSED)


@dataclass(frozen=True)
class FrameworkCoverage:
    framework: Framework
    controls: Sequence[ControlCoverage]

    def count(self, *standings: Standing) -> int:
        return sum(it.standing in standings for it in self.controls)

    @property
    def assessed(self) -> int:
        return len(self.controls) - self.count(Standing.NOT_ASSESSED)

    def of(self, standing: Standing) -> Sequence[ControlCoverage]:
        return [it for it in self.controls if it.standing == standing]


def coverage_of(result: ScanResult, crosswalk: Crosswalk) -> Sequence[FrameworkCoverage]:
    """Every framework of the crosswalk; a control is assessed where a check that bears on it judged something."""
    outcomes = _outcomes_by_control(result.findings)
    return [_framework(it, outcomes) for it in crosswalk.frameworks.values()]


def _framework(
    framework: Framework, found: Mapping[ControlRef, Mapping[str, Counter[Outcome]]]
) -> FrameworkCoverage:
    return FrameworkCoverage(
        framework,
        [
            _control(control, title, found.get(ControlRef(framework.id, control), {}))
            for control, title in framework.controls.items()
        ],
    )


def _control(control: str, title: str, by_check: Mapping[str, Counter[Outcome]]) -> ControlCoverage:
    total = sum(by_check.values(), Counter[Outcome]())
    return ControlCoverage(control, title, sorted(by_check, key=natural), total)


def _outcomes_by_control(findings: Sequence[Finding]) -> Mapping[ControlRef, Mapping[str, Counter[Outcome]]]:
    """Counted by check first: there are a thousand times more findings than checks."""
    outcomes: dict[str, Counter[Outcome]] = defaultdict(Counter)
    controls: dict[str, Sequence[ControlRef]] = {}
    for it in findings:
        outcomes[it.check][it.outcome] += 1
        controls[it.check] = it.controls
    found: dict[ControlRef, dict[str, Counter[Outcome]]] = defaultdict(dict)
    for check, refs in controls.items():
        for ref in refs:
            found[ref][check] = outcomes[check]
    return found
