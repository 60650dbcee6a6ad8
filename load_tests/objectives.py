"""What a launch must show, and what makes it show nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from catalogue import LaunchProfile, OperationKind
from evidence.facts import Objective
from load_tests.generator_process import CPU_PERCENT
from load_tests.tally import LATE_SECONDS, Tally

__all__ = ["P99_MS", "SCHEDULE_PERCENT", "SERVED_PERCENT", "Conduct", "objectives", "voids"]

P99_MS = 500.0
"""From the scheduled time, of every operation of an announced launch: an assumption of this project."""

SERVED_PERCENT = 99.99
"""Of submissions and saves of a launch that nobody announced: an assumption of this project."""

SCHEDULE_PERCENT = 99.9
MUST_SERVE = (OperationKind.SUBMIT, OperationKind.SAVE)


@dataclass(frozen=True)
class Conduct:
    """How the harness itself did.

    Attributes:
        exit_code: of the generator; None where it had to be stopped.
        busiest_percent: of a core, by the generator; None where it wrote nothing.
        prepared: operations of the preparation that were acknowledged.
        others: percent of a core by what else a load must not measure, such as a twin's emulator.
        minimum_raised, minimum_lowered: of an announced launch; None where nobody looked.
    """

    exit_code: int | None
    busiest_percent: float | None
    prepared: int
    others: Mapping[str, float] = field(default_factory=dict[str, float])
    minimum_raised: bool | None = None
    minimum_lowered: bool | None = None


def objectives(launch: LaunchProfile, seen: Tally, conduct: Conduct) -> Iterator[Objective]:
    """Of an announced launch that all are served, fast, with capacity that was there before; of others who must be."""
    if not launch.is_announced:
        yield _served(seen)
        return
    yield Objective(
        "Everybody is served",
        "0 operations failed",
        f"{seen.operations_failed}",
        seen.operations_failed == 0,
        True,
    )
    yield Objective(
        "Answers come soon, from the scheduled time",
        f"99 in 100 within {P99_MS:g} ms",
        "nothing ended" if seen.p99_ms is None else f"{seen.p99_ms:.0f} ms",
        None if seen.p99_ms is None else seen.p99_ms < P99_MS,
        True,
    )
    yield _minimum("The minimum is raised before people come", conduct.minimum_raised)
    yield _minimum("The minimum is lowered afterwards", conduct.minimum_lowered)


def voids(seen: Tally, conduct: Conduct) -> Iterator[str]:
    """Why the run proves nothing, a sentence each."""
    if conduct.exit_code != 0:
        ended = "had to be stopped" if conduct.exit_code is None else f"ended with {conduct.exit_code}"
        yield f"The generator {ended} before its schedule was over."
    if seen.sent_percent < SCHEDULE_PERCENT:
        yield (
            f"The schedule was not kept: {seen.sent} of {seen.scheduled} operations ({seen.sent_percent:.2f}%) began "
            f"within {LATE_SECONDS:g} s of their time, and at least {SCHEDULE_PERCENT}% must."
        )
    if conduct.busiest_percent is None:
        yield "The generator wrote nothing of how busy it was."
    elif conduct.busiest_percent > CPU_PERCENT:
        yield (
            f"The generator used {conduct.busiest_percent:.0f}% of a core, and above {CPU_PERCENT:g}% it measures "
            "itself."
        )
    for name, percent in conduct.others.items():
        if percent > CPU_PERCENT:
            yield f"Of a core, {name} used {percent:.0f}%: above {CPU_PERCENT:g}% the run measures that instead."
    if conduct.prepared == 0:
        yield "The estate took nothing of what was sent before the launch: there was nothing to return to or ask about."


def _served(seen: Tally) -> Objective:
    percent = seen.success_percent(MUST_SERVE)
    return Objective(
        "Who submits or saves is served",
        f"at least {SERVED_PERCENT}%",
        "nobody came" if percent is None else f"{percent:.4g}%" if percent < 99.9 else f"{percent:.4f}%",
        None if percent is None else percent >= SERVED_PERCENT,
        True,
    )


def _minimum(name: str, holds: bool | None) -> Objective:
    seen = {True: "it was", False: "it was not", None: "nobody looked"}[holds]
    return Objective(name, "by a scheduled action", seen, holds)
