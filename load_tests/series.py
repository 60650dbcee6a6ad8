"""What people met and what served them, as series of a record: on the one axis of time of its page."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from evidence import Run
from evidence.ledger import Operation, Outcome
from load_tests.scaling import ScalingWatch
from load_tests.tally import buckets, percentile

__all__ = ["write_people", "write_tasks", "write_zones"]

BUCKET_SECONDS = 2.0


def write_people(
    run: Run,
    operations: Sequence[Operation],
    begin_at: float,
    end_at: float,
    kinds: Iterable[str] = (),
    seconds: float = BUCKET_SECONDS,
) -> None:
    """Arrivals, latency and success are in the record, of operations that were due between these times.

    Args: kinds: of operation, of which success is told apart; none: of all together. seconds: of a point.
    """
    stretches = list(buckets(operations, begin_at, end_at, seconds))
    run.series("arrivals/operations", "1/s", [(at, len(held) / seconds) for at, held in stretches])
    for percent in (50, 99):
        run.series(f"latency/p{percent}", "ms", [(at, _latency(held, percent)) for at, held in stretches])
    for kind in kinds:
        points = [(at, _success([it for it in held if it.kind == kind])) for at, held in stretches]
        run.series(f"success/{kind}", "%", points)
    if not kinds:
        run.series("success/operations", "%", [(at, _success(held)) for at, held in stretches])


def write_tasks(run: Run, watch: ScalingWatch) -> None:
    """Healthy tasks by service, beside those that were wanted, are in the record. Names are of one region."""
    found: defaultdict[str, list[tuple[float, float | None]]] = defaultdict(list)
    for at, services in watch.samples:
        for name, capacity in services.items():
            found[f"healthy/{name}"].append((at, capacity.healthy))
            found[f"wanted/{name}"].append((at, capacity.desired))
    for name, points in sorted(found.items()):
        run.series(name, "tasks", points)


def write_zones(run: Run, watch: ScalingWatch) -> None:
    """Healthy tasks by zone are in the record."""
    for zone in sorted({name for _, zones in watch.zones for name in zones}):
        run.series(
            f"tasks/{zone}", "tasks", [(at, zones[zone]) for at, zones in watch.zones if zone in zones]
        )


def _latency(held: Sequence[Operation], percent: float) -> float | None:
    return percentile([1000 * it.seconds for it in held if it.seconds is not None], percent)


def _success(held: Sequence[Operation]) -> float | None:
    succeeded = sum(it.outcome is Outcome.ACKNOWLEDGED for it in held)
    return 100 * succeeded / len(held) if held else None
