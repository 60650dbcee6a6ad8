"""Application Auto Scaling: what its operations share, once the emulator is put together."""

import threading
import time
import traceback
from dataclasses import dataclass

from twin.aws.emulator.extension import Inside
from twin.aws.emulator.extensions.application_autoscaling_scaler import Scaler
from twin.aws.emulator.extensions.application_autoscaling_scheduler import Scheduler

__all__ = ["Parts", "join", "parts"]

_TICK_SECONDS = 1.0


@dataclass(frozen=True)
class Parts:
    inside: Inside
    scaler: Scaler
    scheduler: Scheduler

    def tick(self, now: float) -> None:
        """What is due by now was done."""
        self.scheduler.run_due(now)
        self.scaler.check(now)


_joined: list[Parts] = []


def parts() -> Parts:
    """Those of the emulator that was put together last, which is the one of this process."""
    return _joined[-1]


def join(inside: Inside) -> Parts:
    """The parts are there, and look every second what is due."""
    scaler = Scaler(inside)
    _joined[:] = [Parts(inside, scaler, Scheduler(scaler))]
    threading.Thread(target=_run, args=(_joined[0],), name="application auto scaling", daemon=True).start()
    return _joined[0]


def _run(mine: Parts) -> None:
    """For as long as no other emulator was put together in this process. What fails is tried again."""
    while _joined and _joined[0] is mine:
        try:
            mine.tick(time.time())
        except Exception:
            traceback.print_exc()
        time.sleep(_TICK_SECONDS)
