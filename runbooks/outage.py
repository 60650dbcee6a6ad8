"""How long people were not served, and what they had been promised and lost: from ledgers alone."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evidence.ledger import Account, Acknowledgement, Attempt, Operation, Outcome

__all__ = ["CALM_SECONDS", "Outage", "failed", "given_up", "outage", "rpo_seconds"]

CALM_SECONDS = 10
"""For so long people must come and every attempt be answered before they count as served again: an assumption."""

FAILED_STATUSES = frozenset({429, 500, 502, 503, 504})
"""Answers that serve nobody. Source: RFC 9110, section 15.6, and RFC 6585, section 4."""


@dataclass(frozen=True)
class Outage:
    """From the trouble's begin until people were served again.

    Attributes:
        restored_at: end of the last attempt that failed before a calm stretch; the onset, where none failed.
        attempts_failed: from the onset on. operations_failed: that ended without being done.
    """

    onset: float
    restored_at: float
    attempts_failed: int
    operations_failed: int

    @property
    def seconds(self) -> float:
        return self.restored_at - self.onset


def failed(attempt: Attempt) -> bool:
    return attempt.status is None or attempt.status in FAILED_STATUSES


def outage(operations: Iterable[Operation], onset: float, back_at: float | None = None) -> Outage | None:
    """None where it cannot be told: no calm stretch followed, or nobody came for some of the time before it.

    Args: back_at: when the resource itself was back; calm that came before does not count, for trouble may reach people
        late.
    """
    known = list(operations)
    attempts = [it for each in known for it in each.attempts if it.at + it.seconds >= onset]
    failures = sorted((it.at, it.at + it.seconds) for it in attempts if failed(it))
    until = max(onset, back_at or onset)
    restored_at = _restored_at(onset, until, failures, [it.at for it in attempts])
    if restored_at is None:
        return None
    lost = [
        it for it in known if it.outcome not in (None, Outcome.ACKNOWLEDGED) and (it.ended_at or 0) >= onset
    ]
    return Outage(onset, restored_at, len(failures), len(lost))


def _restored_at(
    onset: float, until: float, failures: Sequence[tuple[float, float]], begins: Sequence[float]
) -> float | None:
    """The end of the last failure that a calm stretch follows, with people in every second until its end.

    Args: until: before which nothing counts as calm. failures: begin and end of attempts, in order of their begin.
    """
    restored_at = onset
    for begin, end in failures:
        if begin > max(restored_at, until) + CALM_SECONDS:
            break
        restored_at = max(restored_at, end)
    is_calm_seen = _somebody_came(onset, max(restored_at, until) + CALM_SECONDS, begins)
    return restored_at if is_calm_seen else None


def _somebody_came(since: float, until: float, begins: Sequence[float]) -> bool:
    """Whether attempts began in every second: silence is not service."""
    seen = {math.floor(it - since) for it in begins}
    return seen >= set(range(math.floor(until - since)))


def given_up(
    account: Account, promises: Iterable[Acknowledgement], rpo_seconds: float, onset: float, lost_at: float
) -> tuple[str, ...]:
    """Keys of what was lost and was promised so shortly before the trouble that it may be.

    Args: rpo_seconds: the target; where it is 0, nothing may be lost. lost_at: when the trouble was whole: until then
        the store that is lost still made promises.
    """
    if not rpo_seconds:
        return ()
    times: dict[str, list[float]] = {}
    for it in promises:
        times.setdefault(it.key, []).append(it.at)
    return tuple(
        key
        for key in account.lost
        if all(onset - rpo_seconds <= at <= lost_at for at in times.get(key, [0.0]))
    )


def rpo_seconds(account: Account, promises: Iterable[Acknowledgement], onset: float) -> float | None:
    """How far back before the trouble the oldest promise lies that was not kept; 0 where all were.

    None where it cannot be told, because the end of some was not seen.
    """
    if account.holds is None:
        return None
    lost = set(account.lost)
    return max((0.0, *(onset - it.at for it in promises if it.key in lost)))
