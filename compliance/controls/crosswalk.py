"""Which controls a check bears on, why that may be said, and how grave its failure is."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from compliance.results import ControlRef, Severity

__all__ = ["OWN", "Basis", "Crosswalk", "Framework", "Source", "natural"]

OWN = "own"
"""The name of the source of a mapping that no published one has."""


def natural(identifier: str) -> tuple[tuple[int, int | str], ...]:
    """Sorts `A.5.9` before `A.5.10`, and `AC-2` before `AC-2(1)`."""
    parts: list[str] = [""]
    for character in identifier:
        if parts[-1] and parts[-1][-1].isdigit() == character.isdigit():
            parts[-1] += character
        else:
            parts.append(character)
    return tuple((0, int(it)) if it.isdigit() else (1, it) for it in parts[1:])


@dataclass(frozen=True)
class Framework:
    """A set of controls.

    Attributes:
        selection: which of its controls are listed here.
        wording: whose words the titles are.
        controls: titles by identifier, in the framework's order.
    """

    id: str
    title: str
    version: str
    source: str
    selection: str
    wording: str
    controls: Mapping[str, str]

    @property
    def name(self) -> str:
        return f"{self.title} {self.version}"


@dataclass(frozen=True)
class Source:
    """A published mapping, at one commit. Attributes: files: its file for each framework."""

    title: str
    url: str
    commit: str
    licence: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class Basis:
    """Why a check is said to bear on a control.

    Attributes:
        topic: what the check asks for, which the control asks for too; '' where only this check bears on it.
        source: the published mapping that says so of `rules`; ``OWN`` where the project alone does.
        rules: rules of that mapping that ask for the same as the check.
    """

    control: ControlRef
    topic: str
    source: str
    rules: Sequence[str] = ()


@dataclass(frozen=True)
class Crosswalk:
    """The project's own mapping of checks to controls.

    Attributes:
        topics: titles by name.
        topics_by_check: what a check asks for.
        says_nothing: checks that run but judge nothing of this estate, with the reason.
    """

    frameworks: Mapping[str, Framework]
    sources: Mapping[str, Source]
    topics: Mapping[str, str]
    topics_by_check: Mapping[str, Sequence[str]]
    basis_by_check: Mapping[str, Sequence[Basis]]
    severity_by_check: Mapping[str, Severity]
    says_nothing: Mapping[str, str]

    @property
    def checks(self) -> Sequence[str]:
        """Every check that is mapped."""
        return sorted(self.basis_by_check, key=natural)

    def is_known(self, check: str) -> bool:
        return check in self.basis_by_check or check in self.says_nothing

    def basis_of(self, check: str) -> Sequence[Basis]:
        return self.basis_by_check.get(check, ())

    def controls_of(self, check: str) -> Sequence[ControlRef]:
        """Each control once, by framework and in the framework's order; none for a check that is not mapped."""
        return list(dict.fromkeys(it.control for it in self.basis_of(check)))

    def severity_of(self, check: str) -> Severity:
        return self.severity_by_check.get(check, Severity.MEDIUM)

    @cached_property
    def checks_by_control(self) -> Mapping[ControlRef, Sequence[str]]:
        found: dict[ControlRef, list[str]] = defaultdict(list)
        for check in self.checks:
            for control in self.controls_of(check):
                found[control].append(check)
        return dict(found)

    def checks_of(self, control: ControlRef) -> Sequence[str]:
        return self.checks_by_control.get(control, ())

    def unassessed(self, framework: str, checks: Collection[str] | None = None) -> Sequence[ControlRef]:
        """Controls on which none of the checks bears.

        Args: checks: those that ran; all that are mapped where not given.
        """
        ran = set(self.checks if checks is None else checks)
        refs = [ControlRef(framework, it) for it in self.frameworks[framework].controls]
        return [it for it in refs if not ran.intersection(self.checks_of(it))]
