"""What a drill needs of its environment: who comes meanwhile, what the estate then has of it, and what differs."""

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from catalogue import Catalogue, Estate
from estate.commands import diff, drift
from estate.terminal import Terminal
from load_tests.estate_ledger import Books, HttpEstateLedger, PaymentBook
from load_tests.generator_process import CPU_PERCENT, GeneratorProcess, busiest_percent, progress_of
from load_tests.plan import Plan, PlanSettings
from load_tests.schedule import PREPARATION_SECONDS
from load_tests.surroundings import check_up

__all__ = ["LAUNCH", "LAUNCH_IN_EITHER_REGION", "Crowd", "books", "changes", "crowd"]

LAUNCH, LAUNCH_IN_EITHER_REGION = "steady", "steady-in-either-region"
"""Of launches.yaml: constant loads."""

DURATION_SCALE = 100.0
"""So that it lasts longer than any drill; it is told when it is enough."""

SETTLE_SECONDS = 10.0
"""Of load before anything is done, so that there is something to compare with."""

END_SECONDS = 90.0
"""Within which every operation has ended: a minute, an attempt, and what a busy machine adds."""


@dataclass
class Crowd:
    """People who come steadily, whether or not they are served."""

    plan: Plan
    settings: PlanSettings
    _process: GeneratorProcess | None = field(default=None, init=False)
    _begin_at: float = field(default=0.0, init=False)

    def begin(self, folder: Path) -> None:
        """They have come for some seconds. Raises: EstateDown, GeneratorFailed"""
        check_up(self.plan.target)
        self._begin_at = time.time() + PREPARATION_SECONDS + 6.0
        self._process = GeneratorProcess(self.plan, self.settings, self._begin_at, folder)
        while time.time() < self._begin_at + SETTLE_SECONDS:
            self._process.wait(0.5)
            self._process.check()

    def end(self) -> Sequence[str]:
        """Everybody has been answered, or has given up. Returns: why what they saw proves nothing."""
        process = self._process
        if process is None:
            return ["Nobody came."]
        died = process.exit_code is not None
        process.enough()
        end_at = time.time()
        deadline = end_at + END_SECONDS
        while process.exit_code is None and time.time() < deadline:
            process.wait(1.0)
        exit_code = process.exit_code
        process.stop()
        return list(self._complaints(process.folder, end_at, exit_code, died))

    def _complaints(self, folder: Path, end_at: float, exit_code: int | None, died: bool) -> Sequence[str]:
        found = []
        if died or exit_code != 0:
            found.append(f"The generator ended with {exit_code} before the drill did.")
        busiest = busiest_percent(progress_of(folder), self._begin_at, end_at)
        if busiest is None:
            found.append("The generator wrote nothing of how busy it was.")
        elif busiest > CPU_PERCENT:
            found.append(
                f"The generator used {busiest:.0f}% of a core, and above {CPU_PERCENT:g}% it measures itself."
            )
        return found


def crowd(
    catalogue: Catalogue,
    environment: str,
    edge: str | None,
    seed: int,
    per_second: float,
    launch: str = LAUNCH,
) -> Crowd:
    """Args: per_second: operations. Raises: load_tests.exceptions.LoadError"""
    usual = catalogue.launches[launch].phases[0].per_second[0]
    settings = PlanSettings(
        environment, launch, seed, uuid.uuid4().hex, per_second / usual, DURATION_SCALE, edge
    )
    return Crowd(Plan.of(catalogue, settings), settings)


def books(estate: Estate, target: str, exports: Mapping[str, str], terminal: Terminal) -> HttpEstateLedger:
    """The estate's side of the ledger."""
    return HttpEstateLedger(
        Books.of(estate, target, PaymentBook.of(estate.environment, exports)),
        told=lambda settled, of: terminal.trace(f"{settled} of {of} applications have their end"),
    )


def changes(environment: str, terminal: Terminal) -> list[str]:
    """What `estate diff` and `estate drift` find, a line each."""
    found = diff.run(environment, terminal).to_json()
    changed = [
        f"{action}: {urn}" for action in ("create", "update", "replace", "delete") for urn in found[action]
    ]
    drifted = drift.run(environment, terminal).to_json()["findings"]
    return [*changed, *(f"{it['kind']}: {it['urn']} {it.get('property') or ''}".rstrip() for it in drifted)]
