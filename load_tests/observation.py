"""What is looked at while a launch runs: the estate's capacity, and what else must not be the bottleneck."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from load_tests.generator_process import busiest
from load_tests.scaling import ScalingWatch
from load_tests.surroundings import Surroundings

__all__ = ["LOOK_SECONDS", "BusyLooks", "Observation", "busiest_of"]

LOOK_SECONDS = 2.0
LAST_LOOK_SECONDS = 60.0
"""That the last look may take: three tries of twenty seconds, as estate's clients have."""

BUSY_LOOKS = 3
"""Over which the use of a core is averaged: some six seconds, as for the generator."""

Busy = tuple[float, Mapping[str, float]]


@dataclass
class BusyLooks:
    """Attributes: busy: percent of a core since the last call, by name of what a load must not measure."""

    busy: Callable[[], Mapping[str, float]]
    _looks: list[Busy] = field(default_factory=list[Busy], init=False)

    def look(self, at: float) -> None:
        """How busy each is at this moment is remembered."""
        self._looks.append((at, self.busy()))

    def busiest(self, begin_at: float, end_at: float) -> dict[str, float]:
        """The most of a core that each used on average over some looks between these times."""
        return busiest_of([used for at, used in self._looks if begin_at <= at <= end_at])


def busiest_of(looks: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The most of a core that each used on average over some of the looks, by its name."""
    names = sorted({name for used in looks for name in used})
    found = {name: busiest([used[name] for used in looks if name in used], BUSY_LOOKS) for name in names}
    return {name: percent for name, percent in found.items() if percent is not None}


@dataclass
class Observation:
    """Attributes: complaint: why a look failed, the last time that one did; empty where none has."""

    surroundings: Surroundings
    watch: ScalingWatch = field(init=False)
    complaint: str = field(default="", init=False)
    _busy: BusyLooks = field(init=False)
    _over: threading.Event = field(default_factory=threading.Event, init=False)

    def __post_init__(self) -> None:
        around = self.surroundings
        self.watch = ScalingWatch(around.aws, around.cluster, around.services)
        self._busy = BusyLooks(around.busy)

    def __enter__(self) -> Self:
        """AWS's API is looked at from now on, beside whatever else is done: it may take long to answer."""
        self._thread = threading.Thread(target=self._watch, name="capacity", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(LAST_LOOK_SECONDS)

    def look(self, at: float) -> None:
        """How busy what else must not be measured is at this moment, is remembered."""
        self._busy.look(at)

    def _watch(self) -> None:
        """One sample after another. A control plane that does not answer is remembered, and does not end a launch."""
        while not self._over.wait(LOOK_SECONDS):
            try:
                self.watch.look(time.time)
            except Exception as error:
                self.complaint = f"{type(error).__name__}: {error}"

    def busiest(self, begin_at: float, end_at: float) -> dict[str, float]:
        """The most of a core that each used on average over some looks of the launch."""
        return self._busy.busiest(begin_at, end_at)
