"""`estate up`: what the program declares is there."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from catalogue import Estate
from catalogue.environment import Kind
from engine.deployment import Action
from engine.session import StackRun
from engine.state import StateStore
from estate import deployer
from estate.evaluation import Evaluation, load_estate
from estate.lock import applying
from estate.places import Places, as_called
from estate.terminal import Terminal
from twin.aws.emulator.process import Emulator, start
from twin.aws.provider import EmulatorProvider

__all__ = ["Provisioned", "run"]

_COUNTED = {
    "created": (Action.CREATE,),
    "updated": (Action.UPDATE,),
    "replaced": (Action.REPLACE,),
    "unchanged": (Action.SAME,),
    "deleted": (Action.DELETE,),
}


@dataclass(frozen=True)
class Provisioned:
    environment: str
    runs: Sequence[StackRun]
    emulator: Emulator
    estate: Estate
    seconds: float

    @property
    def holds(self) -> bool:
        return True

    def counts(self, run: StackRun | None = None) -> dict[str, int]:
        steps = Counter(step.action for each in ([run] if run else self.runs) for step in each.steps)
        return {name: sum(steps[it] for it in actions) for name, actions in _COUNTED.items()}

    def to_json(self) -> Mapping[str, Any]:
        return {
            "environment": self.environment,
            "resources": self.counts(),
            "endpoints": {"edge": None, "aws": self.emulator.endpoint, "faults": None, "console": None},
            "seconds": round(self.seconds, 2),
        }

    def show(self, console: Console) -> None:
        table = Table("stack", *_COUNTED, "region", box=None, pad_edge=False)
        for run in self.runs:
            counts = self.counts(run)
            region = run.deployment.settings.config.get("aws:region", "")
            table.add_row(run.stack, *(str(counts[name]) for name in _COUNTED), region)
        console.print(table)
        total = self.counts()
        command = as_called()
        console.print(
            f"\n{self.environment} is up on this machine after {self.seconds:.1f} s: "
            + ", ".join(f"{count} {name}" for name, count in total.items())
            + f".\nEmulated AWS control plane: {self.emulator.endpoint}"
            + f"\nLook around:  {command} status {self.environment}"
            + f'\n              eval "$({command} env {self.environment})"; aws ecs list-clusters'
        )


def run(environment: str, terminal: Terminal, port: int | None = None, yes: bool = False) -> Any:
    """A twin is started where it is not running and made as declared; AWS is deployed to by Pulumi itself."""
    if load_estate(environment).environment.kind is Kind.AWS:
        return deployer.up(environment, terminal, yes)
    return _up_twin(environment, terminal, port)


def _up_twin(environment: str, terminal: Terminal, port: int | None) -> Provisioned:
    started = time.monotonic()
    places = Places.of(environment)
    with applying(places.lock, environment), Evaluation.of(environment) as evaluation:
        emulator = start(places.folder, port)
        store = StateStore(places.state)
        with terminal.progress() as progress:
            session = evaluation.session(
                store=store,
                boot=emulator.nonce,
                provider=EmulatorProvider(emulator.endpoint),
                on_step=progress.step,
                on_trace=terminal.trace,
            )
            stacks = [str(name) for name in evaluation.stacks()]
            runs = session.every(stacks, session.apply, progress.finished)
            runs += [session.destroy(stack) for stack in evaluation.undeclared(store)]
        return Provisioned(environment, runs, emulator, evaluation.estate, time.monotonic() - started)
