"""A fault of the harness is never taken for resilience: whatever did not work makes the run void."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chaos.judgement import Course, objectives, voids
from chaos.rounds import Round
from chaos.tier_objectives import Objectives
from evidence import Account, EnvironmentLabel, EventKind, Kind, Run, Verdict

TIER = Objectives("critical", 99.95, 800, 900)
GOOD = Round(
    1,
    "1/1",
    "a task of portal is stopped",
    fault_at=100.0,
    undone_at=160.0,
    operations=9750,
    attempts=9760,
    attempts_failed=10,
    recovery_seconds=3.0,
    capacity_seconds=40.0,
    is_healed=True,
)


def activity(kind: str, name: str, status: str = "succeeded") -> dict[str, Any]:
    failed = {"exception": ["Traceback", "EstateAway: nobody"]} if status == "failed" else {}
    return {"activity": {"type": kind, "name": name}, "status": status} | failed


def journal(**changes: Any) -> dict[str, Any]:
    state = {"steady_state_met": True, "probes": [activity("probe", "people are served")]}
    document = {
        "status": "completed",
        "deviated": False,
        "steady_states": {"before": state, "after": state},
        "run": [activity("action", "people come"), activity("action", "a task is stopped")],
    }
    return document | changes


def course(*rounds: Round, wanted: int = 1, left: tuple[str, ...] = (), **changes: Any) -> Course:
    return Course(wanted, rounds, left, journal(**changes))


def verdict(root: Path, seen: Course, account: Account | None = None) -> Verdict:
    """As the record works it out, with faults and a ledger declared."""
    run = Run.begin(
        Kind.EXPERIMENT,
        "task-lost",
        EnvironmentLabel("slice", "twin", "", "a task is 8 slots", "aws"),
        1,
        {},
        root,
        declares=("ledger", "faults"),
    )
    for it in seen.rounds:
        if it.fault_at is not None:
            run.event(EventKind.FAULT, it.title, it.fault_at, id="1")
    run.account(account or Account(10))
    for it in objectives(seen, TIER):
        run.objective(it.name, it.wanted, it.seen, it.holds)
    for reason in voids(seen):
        run.void(reason)
    return run.finish().verdict


def test_a_good_run_holds(tmp_path: Path) -> None:
    assert verdict(tmp_path, course(GOOD)) is Verdict.HOLDS


NOT_MET = {"steady_state_met": False, "probes": [activity("probe", "people are served")]}
BLIND = {"steady_state_met": False, "probes": [activity("probe", "people are served", "failed")]}


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(course(replace(GOOD, operations_failed=1)), id="an operation failed"),
        pytest.param(course(replace(GOOD, aborted="the budget is spent")), id="aborted"),
        pytest.param(course(GOOD, left=("a zone: refused",)), id="not undone"),
        pytest.param(course(replace(GOOD, is_healed=False)), id="not healed"),
        pytest.param(
            course(replace(GOOD, is_healed=False, capacity_seconds=None)),
            id="no capacity, not even afterwards",
        ),
        pytest.param(
            course(replace(GOOD, aborted="the budget is spent", capacity_seconds=None)),
            id="undone by the guard",
        ),
        pytest.param(
            course(replace(GOOD, is_healed=False), wanted=3),
            id="no further round after one that did not heal",
        ),
        pytest.param(course(replace(GOOD, capacity_seconds=901.0)), id="after the RTO"),
        pytest.param(
            course(GOOD, steady_states={"before": journal()["steady_states"]["before"], "after": NOT_MET}),
            id="not steady afterwards",
        ),
    ],
)
def test_what_people_noticed_does_not_hold(tmp_path: Path, seen: Course) -> None:
    assert verdict(tmp_path, seen) is Verdict.DOES_NOT_HOLD


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(course(replace(GOOD, operations=0, attempts=0, recovery_seconds=None)), id="no load"),
        pytest.param(
            course(replace(GOOD, void=["The generator ended with 1 before its schedule was over."])),
            id="load stopped",
        ),
        pytest.param(course(GOOD, steady_states={"before": BLIND, "after": BLIND}), id="probes failing"),
        pytest.param(course(replace(GOOD, fault_at=None)), id="no fault injected"),
        pytest.param(course(), id="no round"),
        pytest.param(course(GOOD, wanted=3), id="fewer faults than asked for"),
        pytest.param(
            course(replace(GOOD, capacity_seconds=None)),
            id="the fault was undone before capacity stood again",
        ),
        pytest.param(
            course(GOOD, run=[activity("action", "a task is stopped", "failed")]), id="an action failed"
        ),
        pytest.param(course(GOOD, status="interrupted"), id="interrupted"),
        pytest.param(course(GOOD, steady_states={}), id="nobody looked at the steady state"),
    ],
)
def test_a_fault_of_the_harness_is_void(tmp_path: Path, seen: Course) -> None:
    assert verdict(tmp_path, seen) is Verdict.VOID


def test_an_empty_ledger_is_void(tmp_path: Path) -> None:
    assert verdict(tmp_path, course(GOOD), Account(0)) is Verdict.VOID


def test_an_application_that_was_lost_does_not_hold(tmp_path: Path) -> None:
    assert verdict(tmp_path, course(GOOD), Account(10, lost=("k",))) is Verdict.DOES_NOT_HOLD


def test_what_was_not_seen_to_recover_is_told_as_not_known() -> None:
    found = {it.name: it for it in objectives(course(replace(GOOD, capacity_seconds=None)), TIER)}
    recovered = found["It recovers by itself"]
    assert recovered.holds is None
    assert recovered.seen == "not while the fault lasted, in [1]: whether it would have is not known"
