"""What a drill needs of its environment: who comes meanwhile, what the estate then has of it, and what differs."""

import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

from catalogue import Catalogue, Estate
from estate.busy_servers import busy_servers
from estate.commands import diff, drift
from estate.terminal import Terminal
from evidence import Outcome, Run, read_operations
from evidence.ledger import Operation
from load_tests.estate_ledger import Books, HttpEstateLedger, PaymentBook
from load_tests.generator_process import GeneratorProcess, busiest_percent, progress_of
from load_tests.objectives import Conduct, voids
from load_tests.observation import LOOK_SECONDS, BusyLooks
from load_tests.plan import Plan, PlanSettings
from load_tests.scaling import ScalingWatch
from load_tests.schedule import PREPARATION_SECONDS
from load_tests.series import write_people, write_tasks, write_zones
from load_tests.surroundings import check_up
from load_tests.tally import Tally, tally

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
    """People who come steadily, whether or not they are served.

    Attributes:
        busy: percent of a core since the last call, by name of what a load must not measure.
        watches: of the tasks that serve them, one a region, the primary's first.
    """

    plan: Plan
    settings: PlanSettings
    busy: Callable[[], Mapping[str, float]] = dict
    watches: Sequence[ScalingWatch] = ()
    _process: GeneratorProcess | None = field(default=None, init=False)
    _begin_at: float = field(default=0.0, init=False)
    _looks: BusyLooks = field(init=False)
    _over: threading.Event = field(default_factory=threading.Event, init=False)

    def __post_init__(self) -> None:
        self._looks = BusyLooks(self.busy)

    def begin(self, folder: Path) -> None:
        """They have come for some seconds. Raises: EstateDown, GeneratorFailed"""
        check_up(self.plan.target)
        self._begin_at = time.time() + PREPARATION_SECONDS + 6.0
        self._process = GeneratorProcess(self.plan, self.settings, self._begin_at, folder)
        while time.time() < self._begin_at + SETTLE_SECONDS:
            self._process.wait(0.5)
            self._process.check()
        for name, look in (("busy servers", self._look_at_servers), ("capacity", self._look_at_tasks)):
            threading.Thread(target=self._watch, args=(look,), name=name, daemon=True).start()

    def end(self) -> Sequence[str]:
        """Everybody has been answered, or has given up. Returns: why what they saw proves nothing."""
        process = self._process
        if process is None:
            return ["Nobody came."]
        died = process.exit_code is not None
        process.enough()
        end_at = time.time()
        self._over.set()
        deadline = end_at + END_SECONDS
        while process.exit_code is None and time.time() < deadline:
            process.wait(1.0)
        exit_code = process.exit_code
        process.stop()
        return list(self._complaints(process.folder, end_at, exit_code, died))

    def show(self, run: Run, operations: Sequence[Operation]) -> None:
        """What they met, healthy tasks by zone, and the primary region's by service are in the record as series."""
        due = [it.scheduled_at for it in operations]
        if due:
            write_people(run, operations, min(due), max(due))
        for watch in self.watches:
            write_zones(run, watch)
        for watch in self.watches[:1]:
            write_tasks(run, watch)

    def _watch(self, look: Callable[[], None]) -> None:
        """One look after another. A region that does not answer is a gap in a series, and does not end a drill."""
        while not self._over.wait(LOOK_SECONDS):
            with suppress(Exception):
                look()

    def _look_at_servers(self) -> None:
        self._looks.look(time.time())

    def _look_at_tasks(self) -> None:
        for watch in self.watches:
            watch.look(time.time)

    def _complaints(self, folder: Path, end_at: float, exit_code: int | None, died: bool) -> Sequence[str]:
        """By the rules of a launch that was over when the drill was."""
        operations = read_operations(sorted(folder.glob("ledger-*.jsonl")))
        early = {it.key for it in self.plan.schedule.preparation()}
        conduct = Conduct(
            0 if died else exit_code,
            busiest_percent(progress_of(folder), self._begin_at, end_at),
            sum(it.key in early and it.outcome is Outcome.ACKNOWLEDGED for it in operations),
            self._looks.busiest(self._begin_at, end_at),
        )
        found = voids(self._tally(operations, end_at - self._begin_at), conduct)
        return [*([f"The generator ended with {exit_code} before the drill did."] if died else []), *found]

    def _tally(self, operations: Sequence[Operation], seconds: float) -> Tally:
        """Of what was due within so many seconds."""
        due = takewhile(lambda it: it.at < seconds, self.plan.schedule.operations())
        return tally({it.key: str(it.kind) for it in due}, operations)


def crowd(
    catalogue: Catalogue,
    environment: str,
    edge: str | None,
    seed: int,
    per_second: float,
    launch: str = LAUNCH,
) -> Crowd:
    """Args: per_second: operations. Raises: load_tests.exceptions.LoadError, NotUp."""
    usual = catalogue.launches[launch].phases[0].per_second[0]
    settings = PlanSettings(
        environment, launch, seed, uuid.uuid4().hex, per_second / usual, DURATION_SCALE, edge
    )
    plan = Plan.of(catalogue, settings)
    return Crowd(plan, settings, busy_servers(catalogue.estate(environment).environment))


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
