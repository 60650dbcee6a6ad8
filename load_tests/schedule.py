"""What a launch is going to ask, drawn from its seed alone: the same in every process, and again afterwards."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from catalogue import Arrivals, LaunchMix, LaunchProfile, OperationKind, Unit
from load_tests.arrivals import Stretch, arrivals, evenly, randomly
from load_tests.exceptions import ScaleInvalid

__all__ = ["ENOUGH", "PREPARATION_SECONDS", "Schedule", "ScheduledOperation"]

ENOUGH = "enough"
"""A file beside the ledgers, whose appearance ends the arrivals: what has begun is carried to its end."""

PREPARED = 40
"""Operations before a launch, after which there are applications to ask about and drafts to return to."""

PREPARATION_SECONDS = 6.0
"""Before the begin. The last of them have two seconds to be answered."""

_PREPARATION_LAST_SECONDS = 2.0
_AGENTS_DO = frozenset({OperationKind.SUBMIT, OperationKind.SAVE, OperationKind.STATUS})


@dataclass(frozen=True)
class ScheduledOperation:
    """One operation to come.

    Attributes:
        at: seconds from the launch's begin. phase: name of its phase.
        key: of idempotency, another one in every run.
        by_agent: whether staff ask, on behalf of a person.
        draw: from 0 to 1: which of the drafts or applications that are known then it is about.
    """

    number: int
    at: float
    phase: str
    kind: OperationKind
    benefit: str
    key: str
    by_agent: bool
    draw: float


@dataclass(frozen=True)
class Schedule:
    """Attributes: run: a name of this run alone, from which keys are made. The scales multiply what the launch says.

    Raises: ScaleInvalid
    """

    launch: LaunchProfile
    mix: LaunchMix
    seed: int
    run: str
    rate_scale: float = 1.0
    duration_scale: float = 1.0

    def __post_init__(self) -> None:
        for name, scale in (("rate", self.rate_scale), ("duration", self.duration_scale)):
            if not 0 < scale <= 100:
                raise ScaleInvalid(
                    f"The {name} scale is above 0 and at most 100, got {scale!r}. Choose another one."
                )
        if self.expected < 1:
            raise ScaleInvalid(
                f"With these scales {self.expected:.2g} operations of {self.launch.name!r} are expected, and nothing "
                "would be shown. Choose larger ones."
            )

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """The phases, in operations a second."""
        factor = self.rate_scale
        if self.launch.unit is Unit.APPLICATIONS:
            factor *= self.mix.operations_per_application
        return tuple(
            Stretch(
                phase.name,
                phase.seconds * self.duration_scale,
                phase.per_second[0] * factor,
                phase.per_second[1] * factor,
            )
            for phase in self.launch.phases
        )

    @property
    def seconds(self) -> float:
        return sum(stretch.seconds for stretch in self.stretches)

    @property
    def expected(self) -> float:
        """Operations, on average over seeds."""
        return sum(stretch.expected for stretch in self.stretches)

    @property
    def peak_per_second(self) -> float:
        return max(max(stretch.first, stretch.last) for stretch in self.stretches)

    @property
    def step_at(self) -> float:
        """Seconds from the launch's begin until its steepest rise begins."""
        steepest = max(self.stretches, key=lambda it: (it.last - it.first) / it.seconds)
        return self.begins()[steepest.name]

    def begins(self) -> Mapping[str, float]:
        """Seconds from the launch's begin until each phase's."""
        names, lengths = zip(*((it.name, it.seconds) for it in self.stretches), strict=True)
        return dict(zip(names, accumulate((0.0, *lengths)), strict=False))

    def operations(self, index: int = 0, of: int = 1) -> Iterator[ScheduledOperation]:
        """All of them in order, or the share of one of several processes: each is in exactly one share."""
        source = Random(f"{self.seed}/{self.launch.name}")  # noqa: S311  a schedule is no secret
        moments = randomly(source) if self.launch.arrivals is Arrivals.POISSON else evenly()
        kinds, weights = list(self.mix.percent), list(accumulate(self.mix.percent.values()))
        for number, arrival in enumerate(arrivals(self.stretches, moments)):
            kind = source.choices(kinds, cum_weights=weights)[0]
            benefit = self.launch.benefits[int(source.random() * len(self.launch.benefits))]
            by_agent = source.random() * 100 < self.mix.agents_percent and kind in _AGENTS_DO
            draw = source.random()
            if number % of == index:
                yield ScheduledOperation(
                    number, arrival.at, arrival.stretch, kind, benefit, self.key(number), by_agent, draw
                )

    def preparation(self, index: int = 0, of: int = 1) -> Iterator[ScheduledOperation]:
        """What somebody did before the launch: every second has applied, the others have saved a draft.

        These are in the ledger, for nothing of them may be lost either, and in no figure of the launch.
        """
        between = (PREPARATION_SECONDS - _PREPARATION_LAST_SECONDS) / PREPARED
        for number in range(index, PREPARED, of):
            kind = OperationKind.SUBMIT if number // of % 2 else OperationKind.SAVE
            benefit = self.launch.benefits[number % len(self.launch.benefits)]
            at = number * between - PREPARATION_SECONDS
            key = self.key(f"preparation/{number}")
            yield ScheduledOperation(-1 - number, at, "preparation", kind, benefit, key, False, 0.0)

    def key(self, number: int | str) -> str:
        """The idempotency key of an operation of this run."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.run}/{number}"))
