"""The client's side of the truth: what was asked of the estate, what it acknowledged, and what it then has of it."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, Self

from evidence.exceptions import EvidenceError, RecordUnreadable
from evidence.lines import append_line, drop_cut_line, read_lines

__all__ = [
    "Account",
    "Acknowledgement",
    "Attempt",
    "Effect",
    "EstateLedger",
    "Ledger",
    "Operation",
    "Outcome",
    "acknowledged",
    "compare",
    "read_operations",
    "unpromised",
]


class Outcome(StrEnum):
    """How an operation ended. SHED: it was refused on purpose, and told so."""

    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"
    SHED = "shed"
    TIMED_OUT = "timed-out"


@dataclass(frozen=True)
class Attempt:
    """One request on the wire. Attributes: status: None where no answer came. error: why none came."""

    at: float
    seconds: float
    status: int | None = None
    error: str = ""


@dataclass(frozen=True)
class Operation:
    """What a person wanted done, and what became of it.

    Attributes:
        key: of idempotency, the same for every attempt; of what changes nothing, any name that is used once.
        kind: such as "submit" or "save". sent_at: None where its time came and nothing was sent.
        outcome, ended_at, status, id: None until it ended; id is what the estate calls what it acknowledged.
    """

    key: str
    kind: str
    benefit: str
    scheduled_at: float
    sent_at: float | None = None
    attempts: tuple[Attempt, ...] = ()
    outcome: Outcome | None = None
    ended_at: float | None = None
    status: int | None = None
    id: str = ""

    @property
    def seconds(self) -> float | None:
        """From the time it was scheduled for, not from when it could be sent, to its end."""
        return None if self.ended_at is None else self.ended_at - self.scheduled_at


@dataclass(frozen=True)
class Acknowledgement:
    """A promise of the estate: this was taken.

    Attributes:
        at: when the client had it.
        status: of the answer; None where nothing was promised, and it may have been taken all the same.
    """

    key: str
    id: str
    kind: str
    benefit: str
    scheduled_at: float
    at: float
    status: int | None

    @property
    def is_promised(self) -> bool:
        return self.status is not None


@dataclass(frozen=True)
class Effect:
    """What the estate has of one operation.

    Attributes: times: it took effect; 0 is lost, 2 is doubled. finished: nothing more will come of it.
    """

    times: int
    finished: bool = True


class EstateLedger(Protocol):
    """The estate's side of the truth, however it is read."""

    def effects(self, promises: Sequence[Acknowledgement]) -> Mapping[str, Effect]:
        """What the estate has of each, by its key. A key that is left out is one of which nothing could be learned.

        Args: promises: and what was sent and not promised, of which only what took effect twice is counted.
        """
        ...


@dataclass(frozen=True)
class Account:
    """The two sides compared. Attributes: acknowledged: how many keys; the others: the keys of each sort.

    unknown: the estate could not be asked. unfinished: it has it, and more should come of it than has.
    kinds: of operations that were compared. unpromised: how many were sent and not acknowledged: of those, only what
    took effect twice is told, among the doubled.
    """

    acknowledged: int
    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    kinds: tuple[str, ...] = field(default=(), compare=False)
    unpromised: int = field(default=0, compare=False)

    @property
    def holds(self) -> bool | None:
        """None where it cannot be judged: nothing was acknowledged, or of some of it the end was not seen."""
        if self.lost or self.doubled:
            return False
        if not self.acknowledged or self.unfinished or self.unknown:
            return None
        return True

    @property
    def in_words(self) -> str:
        counts = {name: len(getattr(self, name)) for name in ("lost", "doubled", "unfinished", "unknown")}
        told = ", ".join(f"{count} {name}" for name, count in counts.items())
        of = f" ({', '.join(self.kinds)})" if self.kinds else ""
        others = (
            f"; {self.unpromised} not acknowledged, looked at for doubling only" if self.unpromised else ""
        )
        return f"{self.acknowledged} acknowledged{of}: {told}{others}"


class Ledger:
    """An append-only file of operations. Each call has been handed to the kernel when it returns.

    So a process that is killed has lost nothing it was told of; `close` (and `sync`) also reach the disk. One process
    writes a file: a worker of a distributed generator has a ledger of its own, and they are read together.

    Each operation is `scheduled` first; every later call names it by its key.
    """

    def __init__(self, file: Path) -> None:
        """The file is open for what follows; what it held is kept, but for a line that a kill has cut short."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self.file = file
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        drop_cut_line(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def scheduled(self, key: str, kind: str, benefit: str, at: float) -> None:
        """The schedule has an operation at that time. Args: at: when it is due, whatever the time is now."""
        self._write(what="scheduled", key=key, kind=kind, benefit=benefit, at=at)

    def sent(self, key: str, at: float) -> None:
        """Its first attempt has begun."""
        self._write(what="sent", key=key, at=at)

    def attempt(
        self, key: str, at: float, seconds: float, status: int | None = None, error: str = ""
    ) -> None:
        """One attempt is over. Args: at: when it began."""
        self._write(what="attempt", key=key, at=at, seconds=seconds, status=status, error=error)

    def acknowledged(self, key: str, id_: str, at: float, status: int) -> None:
        """The estate has promised that it has taken it. Args: id_: by which the estate can be asked for it."""
        self._write(what=str(Outcome.ACKNOWLEDGED), key=key, id=id_, at=at, status=status)

    def ended(self, key: str, outcome: Outcome, at: float, status: int | None = None) -> None:
        """It has ended without a promise."""
        self._write(what=str(Outcome(outcome)), key=key, at=at, status=status)

    def sync(self) -> None:
        """What was written so far survives a loss of power."""
        os.fsync(self._descriptor)

    def close(self) -> None:
        """What was written survives a loss of power, and nothing more is taken. Closing again does nothing."""
        if self._descriptor >= 0:
            self.sync()
            os.close(self._descriptor)
            self._descriptor = -1

    def _write(self, **line: Any) -> None:
        if self._descriptor < 0:
            raise EvidenceError(f"Ledger {self.file} is closed and takes nothing more. Open another one.")
        append_line(self._descriptor, line)


def read_operations(files: Iterable[Path]) -> list[Operation]:
    """Every operation that the ledgers hold, in order of schedule; of a killed writer's, what it had written.

    Raises: RecordUnreadable: a line that no ledger has written.
    """
    found: dict[str, Operation] = {}
    for file in files:
        for line in read_lines(file):
            key = str(line.get("key"))
            found[key] = _with(found.get(key), line)
    return sorted(found.values(), key=lambda it: it.scheduled_at)


def acknowledged(files: Iterable[Path]) -> list[Acknowledgement]:
    """Every promise in the ledgers, also one that was given twice for the same key."""
    files = list(files)
    scheduled = {it.key: it for it in read_operations(files)}
    return [
        _promise(scheduled[line["key"]], line)
        for file in files
        for line in read_lines(file)
        if line["what"] == Outcome.ACKNOWLEDGED
    ]


def unpromised(files: Iterable[Path]) -> list[Operation]:
    """What was sent and not acknowledged: the estate may have it all the same, and must not have it twice."""
    return [
        it
        for it in read_operations(files)
        if it.sent_at is not None and it.outcome is not Outcome.ACKNOWLEDGED
    ]


def compare(
    promises: Iterable[Acknowledgement], estate_side: EstateLedger, others: Iterable[Operation] = ()
) -> Account:
    """What became of every promise, once the estate was asked for all of them.

    Args: others: operations that were not promised; they count where they took effect twice, and are never lost.
    """
    given = list(promises)
    ids_by_key: dict[str, set[str]] = {}
    for it in given:
        ids_by_key.setdefault(it.key, set()).add(it.id)
    asked = [_question(it) for it in others if it.key not in ids_by_key]
    effects = estate_side.effects([*given, *asked]) if given or asked else {}
    known = {key: effects[key] for key in ids_by_key if key in effects}
    return Account(
        acknowledged=len(ids_by_key),
        lost=tuple(key for key, it in known.items() if it.times == 0),
        doubled=(
            *(key for key, ids in ids_by_key.items() if len(ids) > 1 or _is_doubled(effects.get(key))),
            *(it.key for it in asked if _is_doubled(effects.get(it.key))),
        ),
        unfinished=tuple(key for key, it in known.items() if it.times and not it.finished),
        unknown=tuple(key for key in ids_by_key if key not in known),
        kinds=tuple(sorted({it.kind for it in (*given, *asked)})),
        unpromised=len(asked),
    )


def _question(operation: Operation) -> Acknowledgement:
    """What the estate is asked of an operation without a promise."""
    at = operation.scheduled_at if operation.ended_at is None else operation.ended_at
    return Acknowledgement(
        operation.key, operation.id, operation.kind, operation.benefit, operation.scheduled_at, at, None
    )


def _is_doubled(effect: Effect | None) -> bool:
    return effect is not None and effect.times > 1


def _with(known: Operation | None, line: Mapping[str, Any]) -> Operation:
    """The operation as it is after one more line."""
    match known, line:
        case None, {"what": "scheduled", "key": key, "kind": kind, "benefit": benefit, "at": at}:
            return Operation(key, kind, benefit, at)
        case Operation(), {"what": "sent", "at": at}:
            return replace(known, sent_at=at)
        case Operation(), {"what": "attempt", "at": at, "seconds": seconds, "status": status, "error": error}:
            return replace(known, attempts=(*known.attempts, Attempt(at, seconds, status, error)))
        case Operation(), {"what": what, "at": at, "status": status} if what in set(Outcome):
            return replace(
                known, outcome=Outcome(what), ended_at=at, status=status, id=line.get("id", known.id)
            )
    raise RecordUnreadable(
        f"A ledger has a line that none has written: {line!r}. Each operation is scheduled once, and first."
    )


def _promise(operation: Operation, line: Mapping[str, Any]) -> Acknowledgement:
    return Acknowledgement(
        key=operation.key,
        id=line["id"],
        kind=operation.kind,
        benefit=operation.benefit,
        scheduled_at=operation.scheduled_at,
        at=line["at"],
        status=line["status"],
    )
