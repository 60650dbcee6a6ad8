"""What deployments to AWS, their previews and their drift come to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from catalogue import Environment
from estate.deployer.workspace import Change, Outcome
from estate.drift import Drift, Finding

__all__ = ["Deployed", "Planned", "Removed", "counted", "drift_of", "summary"]

_OPERATIONS = {
    "created": ("create", "import"),
    "updated": ("update",),
    "replaced": ("replace", "import-replacement"),
    "unchanged": ("same", "read", "refresh"),
    "deleted": ("delete", "discard"),
}
_MARKS = {
    "create": ("+", "green"),
    "update": ("~", "yellow"),
    "replace": ("±", "magenta"),
    "delete": ("-", "red"),
}


def counted(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many resources were, or would be, created, updated, replaced, unchanged and deleted."""
    return {
        name: sum(outcome.counts.get(operation, 0) for outcome in outcomes for operation in operations)
        for name, operations in _OPERATIONS.items()
    }


def summary(plans: Mapping[str, Outcome]) -> Table:
    """One row a stack."""
    table = Table("stack", *_OPERATIONS, box=None, pad_edge=False)
    for stack, outcome in plans.items():
        table.add_row(stack, *(str(count) for count in counted([outcome]).values()))
    return table


@dataclass(frozen=True)
class Deployed:
    environment: Environment
    outcomes: Mapping[str, Outcome]
    seconds: float

    @property
    def holds(self) -> bool:
        return True

    def to_json(self) -> Mapping[str, Any]:
        return {
            "environment": self.environment.name,
            "resources": counted(list(self.outcomes.values())),
            "endpoints": {
                "edge": f"https://{self.environment.domain_name}",
                "aws": None,
                "faults": None,
                "console": None,
            },
            "seconds": round(self.seconds, 2),
        }

    def show(self, console: Console) -> None:
        console.print(summary(self.outcomes))
        total = ", ".join(f"{count} {name}" for name, count in counted(list(self.outcomes.values())).items())
        console.print(f"\n{self.environment.name} is deployed after {self.seconds:.0f} s: {total}.")


@dataclass(frozen=True)
class Removed:
    environment: str
    outcomes: Mapping[str, Outcome]

    @property
    def holds(self) -> bool:
        return True

    def to_json(self) -> Mapping[str, Any]:
        return {
            "environment": self.environment,
            "was_up": bool(self.outcomes),
            "resources": counted(list(self.outcomes.values())),
        }

    def show(self, console: Console) -> None:
        if not self.outcomes:
            console.print(f"{self.environment} was not up.")
            return
        deleted = counted(list(self.outcomes.values()))["deleted"]
        console.print(f"{self.environment} is down: {deleted} resources deleted.")


@dataclass(frozen=True)
class Planned:
    """What `up` would do."""

    environment: str
    plans: Mapping[str, Outcome]

    @property
    def holds(self) -> bool:
        return True

    @property
    def changes(self) -> list[Change]:
        return sorted(
            (change for plan in self.plans.values() for change in plan.changes if change.operation in _MARKS),
            key=lambda change: (list(_MARKS).index(change.operation), change.urn),
        )

    def urns(self, operation: str) -> list[str]:
        return [change.urn for change in self.changes if change.operation == operation]

    def to_json(self) -> Mapping[str, Any]:
        return {
            "environment": self.environment,
            **{operation: self.urns(operation) for operation in _MARKS},
            "unchanged": counted(list(self.plans.values()))["unchanged"],
            "properties": {
                change.urn: [{"path": it.path, "old": it.old, "new": it.new} for it in change.differences]
                for change in self.changes
                if change.differences
            },
        }

    def show(self, console: Console) -> None:
        for change in self.changes:
            mark, style = _MARKS[change.operation]
            console.print(Text(f"{mark} {change.urn}", style=style))
            for leaf in change.differences:
                console.print(Text(f"    {leaf.path}: {leaf.old!r} -> {leaf.new!r}"))
        console.print(summary(self.plans))


def drift_of(environment: str, outcomes: Mapping[str, Outcome]) -> Drift:
    """What previews of a refresh found to differ."""
    changes = sorted((it for each in outcomes.values() for it in each.changes), key=lambda it: it.urn)
    compared = sum(count for outcome in outcomes.values() for count in outcome.counts.values())
    return Drift(environment, compared, [found for change in changes for found in _findings(change)])


def _findings(change: Change) -> Iterator[Finding]:
    if change.operation == "delete":
        yield Finding(change.urn, "missing")
    for leaf in change.differences if change.operation == "update" else ():
        yield Finding(change.urn, "changed", leaf.path, leaf.old, leaf.new)
