"""One process that sends its share of a launch, on Locust's greenlets."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, takewhile
from pathlib import Path
from typing import TextIO

import gevent
from gevent.pool import Group

from evidence.ledger import Ledger
from load_tests.clock import steady_clock
from load_tests.customers import Customers, Ended
from load_tests.dispatcher import Dispatcher
from load_tests.operation import Request, Tried
from load_tests.plan import Plan
from load_tests.schedule import ENOUGH, ScheduledOperation
from load_tests.wire import EdgeWire

__all__ = ["Generator", "Share", "ledger_file", "progress_file"]

PROGRESS_SECONDS = 1.0


def ledger_file(folder: Path, index: int) -> Path:
    """What one process sent, and what became of it."""
    return folder / f"ledger-{index}.jsonl"


def progress_file(folder: Path, index: int) -> Path:
    """How one process is getting on, a line a second."""
    return folder / f"generator-{index}.jsonl"


@dataclass(frozen=True)
class Share:
    """Attributes: begin_at: Unix seconds of the launch's begin. index, of: which of how many processes."""

    begin_at: float
    index: int = 0
    of: int = 1


@dataclass
class Generator:
    """Attributes: folder: where ledger and progress are written."""

    plan: Plan
    share: Share
    folder: Path
    attempted: Callable[[Request, Tried], None]
    ended: Ended
    _now: Callable[[], float] = field(default_factory=steady_clock, init=False)
    _is_enough: bool = field(default=False, init=False)

    def run(self) -> None:
        """Every operation of the share has ended, and the ledger is on the disk."""
        wire, working = EdgeWire(self.plan.target), Group()
        with Ledger(ledger_file(self.folder, self.share.index)) as ledger:
            seed = self.plan.schedule.seed
            customers = Customers(wire, ledger, seed, self._now, gevent.sleep, self.attempted, self.ended)
            reporter = gevent.spawn(self._report, customers, working)
            Dispatcher(
                self.share.begin_at, self._now, gevent.sleep, working.spawn, customers.operate, customers.due
            ).run(self._operations())
            working.join()
            reporter.kill()
        wire.close()

    def _operations(self) -> Iterator[ScheduledOperation]:
        schedule, share = self.plan.schedule, (self.share.index, self.share.of)
        wanted = chain(schedule.preparation(*share), schedule.operations(*share))
        return takewhile(lambda _: not self._is_enough, wanted)

    def _report(self, customers: Customers, working: Group) -> None:
        """A line a second, and a last one when it is killed: what was counted, and how much of a core it took."""
        with progress_file(self.folder, self.share.index).open("a", encoding="utf-8") as file:
            used, at = time.process_time(), time.monotonic()
            is_over = False
            while not is_over:
                try:
                    gevent.sleep(PROGRESS_SECONDS)
                except gevent.GreenletExit:
                    is_over = True
                self._is_enough = (self.folder / ENOUGH).exists()
                spent, now = time.process_time(), time.monotonic()
                self._tell(file, customers, len(working), 100 * (spent - used) / max(0.001, now - at))
                used, at = spent, now

    def _tell(self, file: TextIO, customers: Customers, under_way: int, cpu_percent: float) -> None:
        line = {"at": self._now(), "under_way": under_way, "cpu_percent": round(cpu_percent, 1)}
        file.write(json.dumps(line | dict(customers.counts)) + "\n")
        file.flush()
