"""What deployments to AWS, their previews and their drift come to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from catalogue import Environment
from estate.deployer.workspace import Change, Outcome

__all__ = ["Deployed", "Drift", "Planned", "Removed", "counted", "summary"]

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


@dataclass(frozen=True)
class Drift:
    environment: str
    outcomes: Mapping[str, Outcome]

    @property
    def holds(self) -> bool:
        return not self.findings

    @property
    def findings(self) -> list[dict[str, Any]]:
        changes = sorted(
            (it for each in self.outcomes.values() for it in each.changes), key=lambda it: it.urn
        )
        return [finding for change in changes for finding in _findings(change)]

    @property
    def compared(self) -> int:
        return sum(count for outcome in self.outcomes.values() for count in outcome.counts.values())

    def to_json(self) -> Mapping[str, Any]:
        return {"environment": self.environment, "compared": self.compared, "findings": self.findings}

    def show(self, console: Console) -> None:
        for it in self.findings:
            if it["kind"] == "missing":
                console.print(Text(f"missing  {it['urn']}", style="red"))
            else:
                console.print(Text(f"changed  {it['urn']}", style="yellow"))
                console.print(
                    Text(f"    {it['property']}: {it['declared']!r} declared, {it['actual']!r} there")
                )
        console.print(
            f"{self.environment}: {self.compared} resources compared, {len(self.findings)} findings."
        )


def _findings(change: Change) -> Iterator[dict[str, Any]]:
    if change.operation == "delete":
        yield {"urn": change.urn, "kind": "missing", "property": None, "declared": None, "actual": None}
    for leaf in change.differences if change.operation == "update" else ():
        yield {
            "urn": change.urn,
            "kind": "changed",
            "property": leaf.path,
            "declared": leaf.old,
            "actual": leaf.new,
        }
