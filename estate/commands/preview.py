"""`estate preview`: what the program declares."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from engine import wire
from engine.recorder import Computed
from engine.resource import Registration
from engine.session import StackRun
from estate.evaluation import Evaluation
from estate.places import project_root
from estate.terminal import Terminal
from stacks.names import Layer

__all__ = ["Preview", "run"]


@dataclass(frozen=True)
class Preview:
    environment: str
    runs: Sequence[StackRun]

    @property
    def holds(self) -> bool:
        return True

    @property
    def resource_count(self) -> int:
        return sum(len(run.deployment.registrations) for run in self.runs)

    def to_json(self) -> Mapping[str, Any]:
        return {
            "environment": self.environment,
            "resource_count": self.resource_count,
            "stacks": [{"name": run.stack, "resources": _resources(run)} for run in self.runs],
        }

    def show(self, console: Console) -> None:
        table = Table("stack", "resources", "of AWS", "most of them", box=None, pad_edge=False)
        for run in self.runs:
            registered = run.deployment.registrations.values()
            types = Counter(
                each.type.rsplit(":", 1)[-1] for each in registered if each.type.startswith("aws:")
            )
            most = ", ".join(f"{count} {name}" for name, count in types.most_common(4))
            table.add_row(run.stack, str(len(registered)), str(types.total()), most)
        console.print(table)
        console.print(
            f"\n{self.environment} declares {self.resource_count} resources. Nothing was asked of AWS."
        )


def run(environment: str, terminal: Terminal, layer: Layer | None = None, unknown: bool = False) -> Preview:
    """Evaluates every stack, since later layers read earlier ones, and keeps those of the layer."""
    computed = Computed.UNKNOWN if unknown else Computed.PLACEHOLDER
    with Evaluation.of(environment) as evaluation, terminal.progress() as progress:
        session = evaluation.session(on_step=progress.step, on_trace=terminal.trace)
        names = evaluation.stacks()
        runs = session.every([str(name) for name in names], lambda stack: session.preview(stack, computed))
    shown = [run for name, run in zip(names, runs, strict=True) if layer is None or name.layer == layer]
    return Preview(environment, shown)


def _resources(run: StackRun) -> list[dict[str, Any]]:
    return [_resource(run.deployment.registrations[urn]) for urn in sorted(run.deployment.registrations)]


def _resource(registration: Registration) -> dict[str, Any]:
    source = registration.source
    return {
        "urn": registration.urn,
        "type": registration.type,
        "name": registration.name,
        "parent": registration.parent or None,
        "custom": registration.custom,
        "inputs": wire.redact(dict(registration.inputs)),
        "dependencies": list(registration.dependencies),
        "property_dependencies": {
            key: list(it) for key, it in registration.property_dependencies.items() if it
        },
        "provider": registration.provider or None,
        "source": {"file": os.path.relpath(source.file, project_root()), "line": source.line}
        if source
        else None,
        "trace": [
            {"file": os.path.relpath(it.file, project_root()), "line": it.line} for it in registration.trace
        ],
    }
