"""`estate diff`: what `up` would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

from catalogue import Kind, load_estate
from engine import wire
from engine.deployment import Action, Step
from engine.diff import PropertyDifference, differences
from engine.session import StackRun
from engine.state import StateStore
from estate import deployer
from estate.evaluation import Evaluation
from estate.places import Places
from estate.terminal import Terminal
from twin.aws.emulator.process import find
from twin.aws.provider import EmulatorProvider

__all__ = ["Difference", "run"]

_SHOWN = (Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE)
_MARKS = {Action.CREATE: "+", Action.UPDATE: "~", Action.REPLACE: "±", Action.DELETE: "-"}
_STYLES = {Action.CREATE: "green", Action.UPDATE: "yellow", Action.REPLACE: "magenta", Action.DELETE: "red"}


@dataclass(frozen=True)
class Difference:
    environment: str
    steps: Sequence[Step]
    details: Mapping[str, Sequence[PropertyDifference]]

    @property
    def holds(self) -> bool:
        return True

    def urns(self, action: Action) -> list[str]:
        return sorted(step.urn for step in self.steps if step.action is action)

    def to_json(self) -> Mapping[str, Any]:
        return {
            "environment": self.environment,
            **{str(action): self.urns(action) for action in _SHOWN},
            "unchanged": len(self.urns(Action.SAME)),
            "properties": {
                urn: [{"path": it.path, "old": it.old, "new": it.new} for it in leaves]
                for urn, leaves in sorted(self.details.items())
            },
        }

    def show(self, console: Console) -> None:
        changed = [step for step in self.steps if step.action in _SHOWN]
        for step in sorted(changed, key=lambda it: (_SHOWN.index(it.action), it.urn)):
            console.print(Text(f"{_MARKS[step.action]} {step.urn}", style=_STYLES[step.action]))
            for leaf in self.details.get(step.urn, ()):
                console.print(Text(f"    {leaf.path}: {leaf.old!r} -> {leaf.new!r}"))
        counts = ", ".join(f"{len(self.urns(action))} to {action}" for action in _SHOWN)
        console.print(f"{self.environment}: {counts}, {len(self.urns(Action.SAME))} unchanged.")


def run(environment: str, terminal: Terminal) -> Any:
    """Against the state of what is up: nothing where a twin is down, Pulumi's own state for AWS."""
    if load_estate(environment).environment.kind is Kind.AWS:
        return deployer.diff(environment, terminal)
    places = Places.of(environment)
    with Evaluation.of(environment) as evaluation, terminal.progress() as progress:
        emulator = find(places.folder)
        store = StateStore(places.state) if emulator else None
        session = evaluation.session(
            store=store,
            boot=emulator.nonce if emulator else "",
            provider=EmulatorProvider(emulator.endpoint if emulator else "http://127.0.0.1:1"),
            on_step=progress.step,
            on_trace=terminal.trace,
        )
        runs = session.every([str(name) for name in evaluation.stacks()], session.difference)
        removals = [session.removal(stack) for stack in evaluation.undeclared(store)] if store else []
    steps = [step for each in (*runs, *removals) for step in each.steps]
    return Difference(environment, steps, {urn: it for each in runs for urn, it in _details(each)})


def _details(run: StackRun) -> list[tuple[str, list[PropertyDifference]]]:
    """Which leaves change in what is updated or replaced, with secrets hidden."""
    return [
        (step.urn, _leaves(run, step))
        for step in run.steps
        if step.action in (Action.UPDATE, Action.REPLACE) and step.changed
    ]


def _leaves(run: StackRun, step: Step) -> list[PropertyDifference]:
    old = run.deployment.state.resources[step.urn].inputs
    new = run.deployment.registrations[step.urn].inputs
    pick = lambda inputs: {key: wire.redact(inputs.get(key)) for key in step.changed}  # noqa: E731
    return list(differences(pick(old), pick(new)))
