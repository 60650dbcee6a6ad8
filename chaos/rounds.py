"""One experiment over and over: its method repeated, each round with a seed of its own, and what each showed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from typing import Any

from evidence.ledger import Operation

__all__ = ["Round", "bound_on_share", "failed_as", "last_failure_seconds", "repeated"]


@dataclass
class Round:
    """What one fault did.

    Attributes:
        fault_at, undone_at: Unix seconds.
        recovery_seconds: from the fault until the last attempt that failed was over: 0 where none failed.
        capacity_seconds: from the fault until as many healthy tasks stood as are wanted; None where that was not seen.
        aborted: why, where a guard ended it. void: why it proves nothing.
    """

    number: int
    seed: str
    title: str = ""
    fault_at: float | None = None
    undone_at: float | None = None
    operations: int = 0
    operations_failed: int = 0
    attempts: int = 0
    attempts_failed: int = 0
    attempts_failed_as: Mapping[str, int] = field(default_factory=dict[str, int])
    p99_ms: float | None = None
    recovery_seconds: float | None = None
    capacity_seconds: float | None = None
    is_healed: bool | None = None
    aborted: str | None = None
    void: list[str] = field(default_factory=list[str])

    @property
    def fails(self) -> bool:
        """People noticed. Whether promises were kept is asked of all rounds together."""
        return bool(self.operations_failed or self.aborted)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


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
            if _failed(it.status)
        )
    )


def last_failure_seconds(operations: Sequence[Operation], fault_at: float) -> float:
    """From the fault until the last failed attempt that began after it, or was under way, was over."""
    ends = [
        it.at + it.seconds - fault_at
        for operation in operations
        for it in operation.attempts
        if _failed(it.status) and it.at + it.seconds > fault_at
    ]
    return max(ends, default=0.0)


def bound_on_share(rounds: int, failing: int) -> float | None:
    """The 95% upper bound of the share of such faults that fail, where none of so many did: the rule of three.

    Source: Hanley and Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 249 (1983).
    """
    return min(1.0, 3 / rounds) if rounds and not failing else None


def _failed(status: int | None) -> bool:
    return status is None or status == 429 or status >= 500
