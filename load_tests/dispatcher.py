"""Begins each operation at its time, whatever became of those before it: that is what makes a load open.

Nothing here waits for an answer. A generator that is itself held up begins what it missed at once when it goes on, and
the ledger shows it, for it has when each operation was due and when it was sent. No operation of the schedule is left
out, and each one's latency counts from its scheduled time.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from load_tests.schedule import ScheduledOperation

__all__ = ["Dispatcher"]


@dataclass
class Dispatcher:
    """Attributes:
    begin_at: Unix seconds of the launch's begin. now, sleep: the clock that it keeps to.
    spawn: begins work beside it and returns at once. operate: one operation from begin to end.
    due: is told of each operation when its time has come, before it begins.
    """

    begin_at: float
    now: Callable[[], float]
    sleep: Callable[[float], None]
    spawn: Callable[[Callable[[], None]], object]
    operate: Callable[[ScheduledOperation, float], None]
    due: Callable[[ScheduledOperation, float], None] = lambda operation, at: None
    begun: int = field(default=0, init=False)

    def run(self, operations: Iterable[ScheduledOperation]) -> None:
        """Every operation has begun; those that have not ended yet go on."""
        for operation in operations:
            at = self.begin_at + operation.at
            while (wait := at - self.now()) > 0:
                self.sleep(wait)
            self.due(operation, at)
            self.spawn(lambda operation=operation, at=at: self.operate(operation, at))
            self.begun += 1
