"""What an experiment must show, and what makes it show nothing. Pure: from what was seen to objectives and voids."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chaos.rounds import Round
from chaos.tier_objectives import Objectives
from evidence.facts import Objective

__all__ = ["Course", "is_interrupted", "objectives", "voids"]


@dataclass(frozen=True)
class Course:
    """How an experiment went.

    Attributes:
        wanted: rounds that were asked for. left_over: what could not be undone, a sentence each.
        journal: of Chaos Toolkit.
    """

    wanted: int
    rounds: Sequence[Round]
    left_over: Sequence[str]
    journal: Mapping[str, Any]


def is_interrupted(course: Course) -> bool:
    """Somebody, or something that it was refused by, ended it before its method was over."""
    return course.journal.get("status") == "interrupted"


def objectives(course: Course, tier: Objectives) -> Iterator[Objective]:
    """Nobody notices; the tier is available before, during and after; nothing is left."""
    rounds = course.rounds
    failed, asked = sum(it.operations_failed for it in rounds), sum(it.operations for it in rounds)
    yield Objective(
        "Nobody notices",
        "0 operations failed, from before each fault until a while after it",
        f"{failed} of {asked} in {len(rounds)} rounds",
        failed == 0 if asked else None,
        True,
    )
    yield _availability(rounds, tier)
    for when in ("before", "after"):
        yield _steady(course.journal, when, tier)
    yield _recovery(rounds, tier)
    yield Objective(
        "Every fault is undone",
        "nothing is left of it, and all that is wanted stands and is healthy again",
        "; ".join(course.left_over) or f"{sum(bool(it.is_healed) for it in rounds)} of {len(rounds)} rounds",
        not course.left_over and all(it.is_healed for it in rounds),
    )


def voids(course: Course) -> Iterator[str]:
    """Why it proves nothing, a sentence each."""
    journal = course.journal
    if is_interrupted(course) and not any(it.aborted for it in course.rounds):
        yield "The experiment was interrupted before its method was over."
    for it in _probes(journal):
        if it.get("status") == "failed":
            said = str((it.get("exception") or ["no reason"])[-1]).strip()
            yield f"The probe {it['activity']['name']!r} failed, so it measured nothing: {said}"
    for it in _method(journal):
        if it["activity"]["type"] == "action" and it.get("status") == "failed":
            said = str((it.get("exception") or ["no reason"])[-1]).strip()
            yield f"The action {it['activity']['name']!r} failed: {said}"
    injected = [it for it in course.rounds if it.fault_at is not None]
    if not injected:
        yield "No fault was injected."
    elif len(injected) < course.wanted and not any(
        it.aborted or it.is_healed is False for it in course.rounds
    ):
        yield f"Only {len(injected)} of {course.wanted} faults were injected."
    for it in course.rounds:
        yield from (f"Round {it.number}: {reason}" for reason in it.void)
        if not it.operations and not it.void:
            yield f"Round {it.number}: nobody asked anything of the estate."


def _availability(rounds: Sequence[Round], tier: Objectives) -> Objective:
    asked, failed = sum(it.operations for it in rounds), sum(it.operations_failed for it in rounds)
    percent = 100 * (asked - failed) / asked if asked else None
    aborted = [it.number for it in rounds if it.aborted]
    return Objective(
        f"Tier {tier.tier!r} keeps its availability during the faults",
        f"at least {tier.availability_percent:g}% of operations, and no abort",
        "nobody came"
        if percent is None
        else f"{percent:.3f}%" + (f", aborted in {aborted}" if aborted else ""),
        None if percent is None else percent >= tier.availability_percent and not aborted,
        True,
    )


def _steady(journal: Mapping[str, Any], when: str, tier: Objectives) -> Objective:
    state = (journal.get("steady_states") or {}).get(when) or {}
    met: bool | None = state.get("steady_state_met")
    return Objective(
        f"The steady state holds {when}",
        f"{tier.availability_percent:g}% answered, p99 within {tier.p99_ms:g} ms, all that is wanted is healthy",
        "nobody looked" if met is None else "it did" if met else "it did not",
        met,
        True,
    )


def _recovery(rounds: Sequence[Round], tier: Objectives) -> Objective:
    """Judged by the longest of both, people's and the tasks', and not at all where one was not seen in time."""
    return Objective(
        "It recovers by itself",
        f"within {tier.rto_seconds:g} s of the fault, the tier's RTO",
        *_recovered(rounds, tier),
        True,
    )


def _recovered(rounds: Sequence[Round], tier: Objectives) -> tuple[str, bool | None]:
    """What was seen, and whether it holds. What a guard had to end has not recovered by itself."""
    if aborted := [it.number for it in rounds if it.aborted]:
        return f"a guard had to undo the fault, in {aborted}", False
    times = [seconds for it in rounds for seconds in (it.recovery_seconds, it.capacity_seconds)]
    known = [it for it in times if it is not None]
    said = f"{max(known):.1f} s at the most" if known else "nothing"
    if known and max(known) > tier.rto_seconds:
        return said, False
    unseen = [it for it in rounds if it.capacity_seconds is None]
    if unwell := [it.number for it in unseen if it.is_healed is False]:
        return f"not even after the fault was undone, in {unwell}", False
    if unseen:
        numbers = [it.number for it in unseen]
        return f"not while the fault lasted, in {numbers}: whether it would have is not known", None
    return said, True if known and None not in times else None


def _method(journal: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(journal.get("run") or ())


def _probes(journal: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    states = journal.get("steady_states") or {}
    steady = [it for when in states.values() if when for it in when.get("probes") or ()]
    return steady + [it for it in _method(journal) if it["activity"]["type"] == "probe"]
