"""What is there against what was declared: the same report of a twin and of AWS."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

__all__ = ["Drift", "Finding"]


@dataclass(frozen=True)
class Finding:
    """Attributes: kind: ``missing`` or ``changed``; property, declared, actual: None where it is missing."""

    urn: str
    kind: str
    property: str | None = None
    declared: Any = None
    actual: Any = None


@dataclass(frozen=True)
class Drift:
    environment: str
    compared: int
    findings: Sequence[Finding]

    @property
    def holds(self) -> bool:
        return not self.findings

    def to_json(self) -> Mapping[str, Any]:
        return {
            "environment": self.environment,
            "compared": self.compared,
            "findings": [vars(each) for each in self.findings],
        }

    def show(self, console: Console) -> None:
        for each in self.findings:
            if each.kind == "missing":
                console.print(Text(f"missing  {each.urn}", style="red"))
            else:
                console.print(Text(f"changed  {each.urn}", style="yellow"))
                console.print(Text(f"    {each.property}: {each.declared!r} declared, {each.actual!r} there"))
        console.print(
            f"{self.environment}: {self.compared} resources compared, {len(self.findings)} findings."
        )
