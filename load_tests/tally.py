"""What became of a launch, counted from its ledgers against its schedule, and not by the generator's own opinion."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from evidence.ledger import Attempt, Operation, Outcome
from load_tests.operation import SHED_WORDS

__all__ = ["LATE_SECONDS", "KindTally", "Tally", "buckets", "percentile", "tally"]

LATE_SECONDS = 0.25
"""An operation that begins later than this after its time was not sent as scheduled. Its latency counts from its time
in any case, so nothing is hidden by a late begin; the bound keeps the shape of the arrivals, and is half of the
strictest latency that a launch is judged by. An assumption of this project."""


@dataclass(frozen=True)
class KindTally:
    """Of one kind of operation. Attributes: p99_ms: None where none ended."""

    scheduled: int
    succeeded: int
    p99_ms: float | None

    @property
    def success_percent(self) -> float:
        return 100 * self.succeeded / self.scheduled if self.scheduled else 100.0


@dataclass(frozen=True)
class Tally:
    """Attributes:
    scheduled: operations of the schedule. sent: those that began in time. latest_ms: the longest that one began late.
    operations_failed: all that did not succeed: failed, shed, timed out, or not ended. unserved: the same by sort.
    shed: attempts that were refused on purpose, and marked so; shed_p50_ms, shed_p99_ms: how fast that was said.
    p50_ms, p99_ms: of operations that ended, from their scheduled time, with all attempts; None where none ended.
    """

    scheduled: int
    sent: int
    latest_ms: float | None
    attempts: int
    attempts_failed: int
    operations_failed: int
    unserved: Mapping[str, int]
    shed: int
    shed_p50_ms: float | None
    shed_p99_ms: float | None
    p50_ms: float | None
    p99_ms: float | None
    kinds: Mapping[str, KindTally]

    @property
    def sent_percent(self) -> float:
        """Of the schedule, in time."""
        return 100 * self.sent / self.scheduled if self.scheduled else 0.0

    def success_percent(self, kinds: Iterable[str]) -> float | None:
        """Of operations of these kinds together; None where there was none."""
        chosen = [self.kinds[kind] for kind in kinds if kind in self.kinds]
        scheduled = sum(it.scheduled for it in chosen)
        return 100 * sum(it.succeeded for it in chosen) / scheduled if scheduled else None


def tally(kind_by_key: Mapping[str, str], operations: Iterable[Operation]) -> Tally:
    """Args: kind_by_key: the whole schedule. operations: of the ledgers; others than the schedule's are not counted."""
    known = {it.key: it for it in operations if it.key in kind_by_key}
    ended = [it for it in known.values() if it.ended_at is not None]
    attempts = list(chain.from_iterable(it.attempts for it in known.values()))
    late = [max(0.0, it.sent_at - it.scheduled_at) for it in known.values() if it.sent_at is not None]
    refused = [1000 * it.seconds for it in attempts if it.error in SHED_WORDS]
    taken = [1000 * (it.seconds or 0.0) for it in ended]
    unserved = _unserved(kind_by_key, known)
    return Tally(
        scheduled=len(kind_by_key),
        sent=sum(it <= LATE_SECONDS for it in late),
        latest_ms=1000 * max(late) if late else None,
        attempts=len(attempts),
        attempts_failed=sum(map(_failed, attempts)),
        operations_failed=unserved.total(),
        unserved=dict(unserved),
        shed=len(refused),
        shed_p50_ms=percentile(refused, 50),
        shed_p99_ms=percentile(refused, 99),
        p50_ms=percentile(taken, 50),
        p99_ms=percentile(taken, 99),
        kinds=dict(_by_kind(kind_by_key, known)),
    )


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The nearest rank: the smallest value that so many percent of all do not exceed; None of nothing."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(percent / 100 * len(ranked)) - 1)] if ranked else None


def buckets(
    operations: Iterable[Operation], begin_at: float, end_at: float, seconds: float
) -> Iterator[tuple[float, list[Operation]]]:
    """Operations by the stretch of time that they were scheduled in, with its begin; empty stretches as well."""
    held: defaultdict[int, list[Operation]] = defaultdict(list)
    for it in operations:
        if begin_at <= it.scheduled_at < end_at:
            held[int((it.scheduled_at - begin_at) / seconds)].append(it)
    for number in range(math.ceil((end_at - begin_at) / seconds)):
        yield begin_at + number * seconds, held.get(number, [])


def _failed(attempt: Attempt) -> bool:
    return attempt.status is None or attempt.status >= 400


def _unserved(kind_by_key: Mapping[str, str], known: Mapping[str, Operation]) -> Counter[str]:
    found: Counter[str] = Counter()
    found.update(dict.fromkeys(("failed", "shed", "timed-out", "not-ended"), 0))
    for key in kind_by_key:
        outcome = known[key].outcome if key in known else None
        if outcome is not Outcome.ACKNOWLEDGED:
            found["not-ended" if outcome is None else str(outcome)] += 1
    return found


def _by_kind(
    kind_by_key: Mapping[str, str], known: Mapping[str, Operation]
) -> Iterator[tuple[str, KindTally]]:
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for key, kind in kind_by_key.items():
        keys[kind].append(key)
    for kind, of_kind in sorted(keys.items()):
        there = [known[key] for key in of_kind if key in known]
        succeeded = sum(it.outcome is Outcome.ACKNOWLEDGED for it in there)
        taken = [1000 * it.seconds for it in there if it.seconds is not None]
        yield kind, KindTally(len(of_kind), succeeded, percentile(taken, 99))
