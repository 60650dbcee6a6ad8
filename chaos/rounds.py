"""One experiment over and over: its method repeated, each round with a seed of its own, and what each showed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from typing import Any

from evidence.ledger import Attempt, Operation
from load_tests.operation import Tried

__all__ = [
    "WAITING_SHARE",
    "Promises",
    "Round",
    "bound_on_share",
    "failed_as",
    "last_failure_seconds",
    "repeated",
]

WAITING_SHARE = 0.1
"""Of a round's applications that have to wait for it to fail by them: one straggler is one of hundreds, and what nobody
tries again is most of them. An assumption of this project."""


@dataclass(frozen=True)
class Promises:
    """What became of the applications that were acknowledged in one round. Attributes: broken: lost or doubled."""

    given: int = 0
    broken: int = 0
    unfinished: int = 0

    @property
    def is_waiting(self) -> bool:
        """So many have no end that it is no straggler."""
        return bool(self.given) and self.unfinished >= WAITING_SHARE * self.given


@dataclass
class Round:
    """What one fault did.

    Attributes:
        fault_at, undone_at: Unix seconds; aborted_at: likewise, where a guard ended it.
        recovery_seconds: from the fault until the last attempt that failed was over: 0 where none failed.
        capacity_seconds: from the fault until as many healthy tasks stood as are wanted, while the fault lasted; None
            where that was not seen.
        promises: of its own applications. fails_by_waiting: that most of them have no end counts as noticed.
        aborted: why, where a guard ended it. void: why it proves nothing.
    """

    number: int
    seed: str
    title: str = ""
    fault_at: float | None = None
    undone_at: float | None = None
    aborted_at: float | None = None
    operations: int = 0
    operations_failed: int = 0
    attempts: int = 0
    attempts_failed: int = 0
    attempts_failed_as: Mapping[str, int] = field(default_factory=dict[str, int])
    p99_ms: float | None = None
    recovery_seconds: float | None = None
    capacity_seconds: float | None = None
    is_healed: bool | None = None
    promises: Promises = field(default_factory=Promises)
    fails_by_waiting: bool = False
    aborted: str | None = None
    void: list[str] = field(default_factory=list[str])

    @property
    def is_noticed(self) -> bool:
        """People saw an operation fail."""
        return bool(self.operations_failed or self.aborted)

    @property
    def fails(self) -> bool:
        """People noticed, or what was promised to them in this round was not kept."""
        waits = self.fails_by_waiting and self.promises.is_waiting
        return self.is_noticed or bool(self.promises.broken) or waits

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"fails": self.fails}


def repeated(method: Sequence[Mapping[str, Any]], rounds: int) -> list[dict[str, Any]]:
    """The activities of so many rounds. Names tell rounds apart where there are several."""
    return [
        {
            **deepcopy(dict(it)),
            "name": it["name"] if rounds == 1 else f"{it['name']} ({number + 1} of {rounds})",
        }
        for number in range(rounds)
        for it in method
    ]


def failed_as(operations: Sequence[Operation], begin_at: float) -> dict[str, int]:
    """How failed attempts of the window ended: by status, or by why no answer came."""
    return dict(
        Counter(
            str(it.status or it.error or "unknown")
            for operation in operations
            if operation.scheduled_at >= begin_at
            for it in operation.attempts
            if _failed(it)
        )
    )


def last_failure_seconds(operations: Sequence[Operation], fault_at: float) -> float:
    """From the fault until the last failed attempt that began after it, or was under way, was over."""
    ends = [
        it.at + it.seconds - fault_at
        for operation in operations
        for it in operation.attempts
        if _failed(it) and it.at + it.seconds > fault_at
    ]
    return max(ends, default=0.0)


def bound_on_share(rounds: int, failing: int) -> float | None:
    """The 95% upper bound of the share of such faults that fail, where none of so many did: the rule of three.

    Source: Hanley and Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 249 (1983).
    """
    return min(1.0, 3 / rounds) if rounds and not failing else None


def _failed(attempt: Attempt) -> bool:
    """As whoever made the attempt took it: an answer that a retry may not change has not failed."""
    return Tried(attempt.at, attempt.seconds, attempt.status).failed
