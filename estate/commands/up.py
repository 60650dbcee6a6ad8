"""`estate up`: what the program declares is there."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rich.console import Console
from rich.table import Table

from catalogue import Estate, load_estate
from catalogue.environment import Kind
from engine.deployment import Action
from engine.session import StackRun
from engine.state import StateStore
from estate import data_plane, deployer
from estate.clock import Clock, clock_of
from estate.data_plane import Pace
from estate.evaluation import Evaluation
from estate.exceptions import OnTwinsOnly
from estate.lock import applying
from estate.places import Places, as_called
from estate.terminal import Terminal
from twin.aws.emulator.exceptions import PortTaken
from twin.aws.emulator.process import Emulator, start
from twin.aws.provider import EmulatorProvider
from twin.runtime import process
from twin.runtime.process import Supervisor

__all__ = ["Provisioned", "run"]

_COUNTED = {
    "created": (Action.CREATE,),
    "updated": (Action.UPDATE,),
    "replaced": (Action.REPLACE,),
    "unchanged": (Action.SAME,),
    "deleted": (Action.DELETE,),
}


HEALTHY_SECONDS = 180.0
"""How long what was provisioned may take to become healthy: three times what is aimed at."""


@dataclass(frozen=True)
class Provisioned:
    environment: str
    runs: Sequence[StackRun]
    emulator: Emulator
    supervisor: Supervisor | None
    estate: Estate
    provisioned_seconds: float
    seconds: float
    """Until everything was healthy; without a data plane, until everything was provisioned."""

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
            "endpoints": self.endpoints(),
            "clock": self.clock.to_json() if self.clock else None,
            "provisioned_seconds": round(self.provisioned_seconds, 2),
            "seconds": round(self.seconds, 2),
        }

    @cached_property
    def _status(self) -> Mapping[str, Any]:
        return (self.supervisor.status() if self.supervisor else None) or {}

    @property
    def clock(self) -> Clock | None:
        """None without a data plane."""
        return clock_of(self._status)

    def endpoints(self) -> dict[str, str | None]:
        status = self._status
        return {
            "edge": status.get("edge", {}).get(self.estate.environment.primary.name),
            "aws": self.emulator.endpoint,
            "faults": self.supervisor.faults if self.supervisor else None,
            "console": None,
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
            f"\n{self.environment} is up on this machine after {self.seconds:.1f} s "
            f"(provisioned after {self.provisioned_seconds:.1f} s): "
            + ", ".join(f"{count} {name}" for name, count in total.items())
            + ".\n"
            + "\n".join(self._hints(command))
        )
        if self.clock and self.clock.warning:
            console.print(self.clock.warning)

    def _hints(self, command: str) -> list[str]:
        endpoints = self.endpoints()
        lines = [
            ("People come in at", endpoints["edge"]),
            ("AWS's API is at", endpoints["aws"]),
            ("Faults are asked for at", endpoints["faults"]),
            ("Look around", f"{command} status {self.environment}"),
            ("", f'eval "$({command} env {self.environment})"; aws ecs list-clusters'),
        ]
        return [f"{what:<24} {where}" for what, where in lines if where]


def run(
    environment: str,
    terminal: Terminal,
    port: int | None = None,
    yes: bool = False,
    pace: Pace | None = None,
    control_plane_only: bool = False,
) -> Any:
    """A twin is started where it is not running and made as declared; AWS is deployed to by Pulumi itself."""
    if load_estate(environment).environment.kind is Kind.AWS:
        if pace and pace != Pace():
            why = "AWS waits as it does: leave out --profile and --clock-factor."
            raise OnTwinsOnly("up --profile, --clock-factor", environment, why)
        return deployer.up(environment, terminal, yes)
    return _up_twin(environment, terminal, port, None if control_plane_only else pace or Pace())


def _up_twin(environment: str, terminal: Terminal, port: int | None, pace: Pace | None) -> Provisioned:
    """Args: pace: of the data plane; None starts no data plane."""
    started = time.monotonic()
    places = Places.of(environment)
    with applying(places.lock, environment):
        if pace:
            data_plane.check(environment, places, pace)
        with Evaluation.of(environment) as evaluation:
            return _started(evaluation, places, terminal, port, pace, started)


def _started(
    evaluation: Evaluation,
    places: Places,
    terminal: Terminal,
    port: int | None,
    pace: Pace | None,
    began: float,
) -> Provisioned:
    """It runs, and is as declared. Args: began: by the monotonic clock."""
    estate = evaluation.estate
    emulator = _control_plane(places, port)
    supervisor = data_plane.start(estate, places, pace) if pace else process.find(places.runtime)
    runs = _apply(evaluation, places, emulator, terminal)
    emulator.settle()
    provisioned = time.monotonic() - began
    if supervisor:
        with terminal.progress() as progress:
            data_plane.wait_until_healthy(estate, emulator.endpoint, HEALTHY_SECONDS, progress.say)
    seconds = time.monotonic() - began
    return Provisioned(estate.environment.name, runs, emulator, supervisor, estate, provisioned, seconds)


def _control_plane(places: Places, port: int | None) -> Emulator:
    """The emulator; a new one on the port that the last one had, if that is free."""
    last = int(places.port.read_text()) if places.port.exists() else None
    try:
        emulator = start(places.folder, port or last)
    except PortTaken:
        if port:
            raise
        emulator = start(places.folder)
    places.port.write_text(emulator.endpoint.rpartition(":")[2])
    return emulator


def _apply(evaluation: Evaluation, places: Places, emulator: Emulator, terminal: Terminal) -> list[StackRun]:
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
        return runs + [session.destroy(stack) for stack in evaluation.undeclared(store)]
