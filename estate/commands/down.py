"""`estate down`: the environment is taken away."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from catalogue import load_estate
from catalogue.environment import Kind
from estate import data_plane, deployer
from estate.lock import applying
from estate.places import Places
from estate.terminal import Terminal
from twin.aws.emulator.process import alive
from twin.runtime import process

__all__ = ["TakenAway", "run"]


@dataclass(frozen=True)
class TakenAway:
    environment: str
    was_up: bool

    @property
    def holds(self) -> bool:
        return True

    def to_json(self) -> Mapping[str, Any]:
        return {"environment": self.environment, "was_up": self.was_up}

    def show(self, console: Console) -> None:
        console.print(f"{self.environment} is down." if self.was_up else f"{self.environment} was not up.")


def run(environment: str, terminal: Terminal, yes: bool = False) -> Any:
    """On a twin everything that ran is ended, and everything that it wrote is removed."""
    if load_estate(environment).environment.kind is Kind.AWS:
        return deployer.down(environment, terminal, yes)
    places = Places.of(environment)
    if not places.folder.exists():
        return TakenAway(environment, was_up=False)
    with applying(places.lock, environment):
        # The data plane first: it would take the control plane's end for its death.
        # Whatever runs has to end, whether or not it answers: a machine may be too busy for that.
        supervisor = process.alive(places.runtime)
        if supervisor:
            supervisor.stop()
        emulator = alive(places.folder)
        if emulator:
            emulator.stop()
        data_plane.remove(places)
        shutil.rmtree(places.folder)
    return TakenAway(environment, was_up=emulator is not None or supervisor is not None)
