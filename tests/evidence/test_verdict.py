"""The verdict is worked out from what was recorded, and whatever proves nothing is void."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.facts import Declared, EnvironmentLabel, Event, EventKind, Objective
from evidence.ledger import Account
from evidence.verdict import Case, Verdict, judge
from tests.evidence.runs import TWIN

HELD = Objective("recovery", "at most 60 s", "17 s", True)
FAULT = Event(1.0, EventKind.FAULT, "zone a loses power")
GREEN = Case(
    environment=TWIN,
    declares=frozenset(Declared),
    finished=True,
    events=(FAULT,),
    objectives=(HELD,),
    voids=(),
    account=Account(3),
)

VOID = {
    "a reason was given": replace(GREEN, voids=("The generator used 93% of a core.",)),
    "it was not finished": replace(GREEN, finished=False),
    "no objective": replace(GREEN, objectives=()),
    "an objective that could not be judged": replace(GREEN, objectives=(HELD, replace(HELD, holds=None))),
    "a declared ledger that was not compared": replace(GREEN, account=None),
    "a declared ledger that is empty": replace(GREEN, account=Account(0)),
    "declared faults of which none was injected": replace(GREEN, events=()),
    "a clock that is not the wall's": replace(GREEN, environment=replace(TWIN, real_time=False)),
}

events = st.builds(Event, st.floats(0, 9), st.sampled_from(EventKind), st.just("it"))
objectives = st.builds(
    Objective, st.sampled_from("ab"), st.just("1"), st.just("2"), st.sampled_from([True, True, False, None])
)
accounts = st.none() | st.builds(Account, st.integers(0, 2))
environments = st.builds(
    EnvironmentLabel, st.just("x"), st.just("twin"), scale=st.just("1"), real_time=st.booleans()
)
cases = st.builds(
    Case,
    environment=environments,
    declares=st.frozensets(st.sampled_from(Declared)),
    finished=st.booleans(),
    events=st.lists(events, max_size=3),
    objectives=st.lists(objectives, max_size=3),
    voids=st.lists(st.just("It proves nothing."), max_size=1),
    account=accounts,
)


def test_it_holds_when_every_objective_does_and_what_was_declared_was_there() -> None:
    assert judge(GREEN).verdict is Verdict.HOLDS
    assert judge(GREEN).reasons == ()


@pytest.mark.parametrize("case", VOID.values(), ids=VOID.keys())
def test_it_is_void_for(case: Case) -> None:
    judgement = judge(case)

    assert judgement.verdict is Verdict.VOID
    assert len(judgement.reasons) == 1


def test_void_comes_before_a_missed_objective() -> None:
    missed = replace(HELD, holds=False)

    assert judge(replace(GREEN, objectives=(missed,))).verdict is Verdict.DOES_NOT_HOLD
    assert judge(replace(GREEN, objectives=(missed,), voids=("No load.",))).verdict is Verdict.VOID


def test_a_violation_makes_it_not_hold_though_every_objective_does() -> None:
    violated = replace(GREEN, events=(FAULT, Event(2.0, EventKind.VIOLATION, "two writers")))

    assert judge(violated).verdict is Verdict.DOES_NOT_HOLD
    assert judge(violated).reasons == ("Violated: two writers.",)


@settings(deadline=None)
@given(cases)
def test_nothing_holds_that_has_a_reason_not_to(case: Case) -> None:
    """Safety: said once more in other words than the rules are written in."""
    sound = (
        case.finished
        and not case.voids
        and len(case.objectives) > 0
        and all(it.holds is True for it in case.objectives)
        and all(it.kind is not EventKind.VIOLATION for it in case.events)
        and (
            Declared.LEDGER not in case.declares
            or (case.account is not None and case.account.acknowledged > 0)
        )
        and (Declared.FAULTS not in case.declares or any(it.kind is EventKind.FAULT for it in case.events))
        and case.environment.real_time
    )

    assert (judge(case).verdict is Verdict.HOLDS) == sound


@settings(deadline=None)
@given(cases, st.text(min_size=1))
def test_one_more_void_reason_makes_anything_void(case: Case, reason: str) -> None:
    judgement = judge(replace(case, voids=(*case.voids, reason)))

    assert judgement.verdict is Verdict.VOID
    assert reason in judgement.reasons


@settings(deadline=None)
@given(cases)
def test_only_what_holds_needs_no_reason(case: Case) -> None:
    judgement = judge(case)

    assert bool(judgement.reasons) == (judgement.verdict is not Verdict.HOLDS)
