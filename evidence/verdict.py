"""The verdict on a run: always worked out from what it recorded, never given."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from evidence.facts import Declared, EnvironmentLabel, Event, EventKind, Objective
from evidence.ledger import Account

__all__ = ["Case", "Judgement", "Verdict", "judge"]


class Verdict(StrEnum):
    HOLDS = "HOLDS"
    DOES_NOT_HOLD = "DOES_NOT_HOLD"
    VOID = "VOID"

    @property
    def in_words(self) -> str:
        return {"HOLDS": "It holds", "DOES_NOT_HOLD": "It does not hold", "VOID": "Void: it proves nothing"}[
            self
        ]


@dataclass(frozen=True)
class Case:
    """All that a verdict depends on. Attributes: finished: the run came to its end. voids: reasons that it gave."""

    environment: EnvironmentLabel
    declares: frozenset[Declared]
    finished: bool
    events: Sequence[Event]
    objectives: Sequence[Objective]
    voids: Sequence[str]
    account: Account | None


@dataclass(frozen=True)
class Judgement:
    """Attributes: reasons: sentences; none where it holds."""

    verdict: Verdict
    reasons: tuple[str, ...]


def judge(case: Case) -> Judgement:
    """Void where anything makes it so; else it holds exactly if every objective does and nothing was violated."""
    void = tuple(reason for rule in _VOID_RULES for reason in rule(case))
    if void:
        return Judgement(Verdict.VOID, void)
    broken = tuple(_broken(case))
    return Judgement(Verdict.DOES_NOT_HOLD if broken else Verdict.HOLDS, broken)


def _broken(case: Case) -> Iterator[str]:
    for it in case.objectives:
        if it.holds is False:
            yield f"{it.name}: wanted {it.wanted}, seen {it.seen}."
    for event in case.events:
        if event.kind is EventKind.VIOLATION:
            yield f"Violated: {event.title}."


def _unfinished(case: Case) -> Iterator[str]:
    if not case.finished:
        yield "The run did not come to its end; what is here is what it had written until then."


def _said_void(case: Case) -> Iterator[str]:
    yield from case.voids


def _no_objectives(case: Case) -> Iterator[str]:
    if not case.objectives:
        yield "No objective was judged, so nothing was shown."


def _not_judged(case: Case) -> Iterator[str]:
    for it in case.objectives:
        if it.holds is None:
            yield f"{it.name} could not be judged: wanted {it.wanted}, seen {it.seen}."


def _empty_ledger(case: Case) -> Iterator[str]:
    if Declared.LEDGER not in case.declares:
        return
    if case.account is None:
        yield "A ledger was declared, and was not compared with the estate's."
    elif not case.account.acknowledged:
        yield "The ledger is empty: the estate acknowledged nothing that it could have lost."


def _no_faults(case: Case) -> Iterator[str]:
    if Declared.FAULTS in case.declares and not any(it.kind is EventKind.FAULT for it in case.events):
        yield "Faults were declared, and none was injected."


def _not_real_time(case: Case) -> Iterator[str]:
    if not case.environment.real_time:
        yield "The clock did not run in real time: loss, latency and recovery are judged in real time only."


_VOID_RULES: Sequence[Callable[[Case], Iterator[str]]] = (
    _unfinished,
    _said_void,
    _no_objectives,
    _not_judged,
    _empty_ledger,
    _no_faults,
    _not_real_time,
)
