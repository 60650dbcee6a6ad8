"""The load of one round: people who come whether or not the estate keeps up, and what became of each."""

import math
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from catalogue import Catalogue, OperationKind
from evidence.ledger import Operation, Outcome, read_operations
from load_tests.generator_process import GeneratorProcess, Progress, busiest_percent, progress_of
from load_tests.launching import TAIL_SECONDS
from load_tests.objectives import Conduct, voids
from load_tests.plan import Plan, PlanSettings
from load_tests.tally import Tally, tally

__all__ = ["LAUNCH", "RoundLoad"]

LAUNCH = "steady"


@dataclass
class RoundLoad:
    """Attributes: folder: of the round's ledgers. begin_at: Unix seconds at which the window begins."""

    plan: Plan
    settings: PlanSettings
    folder: Path
    begin_at: float = 0.0
    exit_code: int | None = None
    _generator: GeneratorProcess | None = field(default=None, init=False)

    @classmethod
    def of(
        cls,
        catalogue: Catalogue,
        environment: str,
        edge: str,
        seed: int,
        rate: float,
        seconds: float,
        folder: Path,
    ) -> "RoundLoad":
        """Raises: load_tests.LoadError."""
        base = catalogue.launches[LAUNCH]
        whole = sum(it.seconds for it in base.phases)
        usual = max(max(it.per_second) for it in base.phases)
        settings = PlanSettings(
            environment, LAUNCH, seed, uuid.uuid4().hex, rate / usual, seconds / whole, edge
        )
        return cls(Plan.of(catalogue, settings), settings, folder)

    @property
    def end_at(self) -> float:
        """When the last of them comes."""
        return self.begin_at + self.plan.schedule.seconds

    @property
    def expected(self) -> float:
        return self.plan.schedule.expected

    def start(self, lead_seconds: float) -> None:
        """The generator runs, and the window will begin at `begin_at`. To be called from the main thread."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.begin_at = time.time() + lead_seconds
        self._generator = GeneratorProcess(self.plan, self.settings, self.begin_at, self.folder)

    def progress(self) -> Progress | None:
        return self._generator.progress() if self._generator else None

    def wait(self, until: Callable[[], bool], each: Callable[[], None], look_seconds: float = 0.5) -> None:
        """Everybody's operation has ended, or `until` says so, or the time in which all must have is over."""
        assert self._generator
        while self._generator.exit_code is None and not until():
            if time.time() > self.end_at + TAIL_SECONDS:
                return
            each()
            self._generator.wait(look_seconds)

    def stop(self) -> None:
        """The generator has ended. `exit_code` is what it ended with by itself; None where it had to be stopped."""
        if self._generator:
            self.exit_code = self._generator.exit_code
            self._generator.stop()
            self._generator = None

    def operations(self) -> list[Operation]:
        """Of the window, and of what came before it."""
        return read_operations(sorted(self.folder.glob("ledger-*.jsonl")))

    def tally(self, until: float = math.inf) -> Tally:
        """Args: until: Unix seconds; what is due later is left out."""
        due = until - self.begin_at
        kinds = {it.key: str(it.kind) for it in self.plan.schedule.operations() if it.at < due}
        return tally(kinds, self.operations())

    def voids(self, others: Mapping[str, float], cut_at: float | None = None) -> list[str]:
        """Why this round proves nothing, a sentence each.

        Args:
            others: percent of a core by what else a load must not measure.
            cut_at: Unix seconds, where a guard ended it: what was due until then has to have begun in time as well.
        """
        until = math.inf if cut_at is None else cut_at
        operations = self.operations()
        busiest = busiest_percent(progress_of(self.folder), self.begin_at, min(until, self.end_at))
        before = [it for it in operations if it.scheduled_at < self.begin_at]
        prepared = sum(it.outcome is Outcome.ACKNOWLEDGED for it in before)
        exit_code = self.exit_code if cut_at is None else 0
        found = list(voids(self.tally(until), Conduct(exit_code, busiest, prepared, others)))
        if cut_at is None and not self._acknowledged(operations):
            found.append("No application of the round was acknowledged, so none could have been lost.")
        return found

    def _acknowledged(self, operations: list[Operation]) -> int:
        """Applications of the window; those of the preparation came before the fault."""
        return sum(
            it.scheduled_at >= self.begin_at
            and it.kind == OperationKind.SUBMIT
            and it.outcome is Outcome.ACKNOWLEDGED
            for it in operations
        )
