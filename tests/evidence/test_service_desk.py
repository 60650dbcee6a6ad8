"""A service desk gets what it asks for, filled from the record or left to it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evidence import Account, Record
from evidence.facts import Event, EventKind
from evidence.service_desk import change_record, incident_record, papers
from tests.evidence.runs import AWS, BEGAN_AT, Clock, begin

LOST = Account(10, lost=("k",))
OPEN_FAULT = (Event(BEGAN_AT, EventKind.FAULT, "slow disk"),)


@pytest.fixture
def record(tmp_path: Path) -> Record:
    clock = Clock()
    run = begin(tmp_path, kind="experiment", name="zone-power-loss", clock=clock)
    run.event("fault", "Zone a | loses <b>power</b>", id="f", target="eu-west-2a")
    run.event("probe", "portal answers", at=BEGAN_AT + 1)
    run.event("undo", "Power is back", at=BEGAN_AT + 60, fault="f")
    run.objective("recovery", "at most 60 s", "71 s", False, assumption=True)
    run.assumption("30 requests an application", "project")
    clock.now += 90
    return run.finish()


def test_a_change_record_says_what_was_done_and_how_it_was_taken_back(record: Record) -> None:
    assert change_record(record)["fields"] == {
        "short_description": "Chaos experiment zone-power-loss on slice",
        "description": "This ran on a twin of 'slice' on one machine, not on AWS. Seed 7, commit c0ffeec0ffee.",
        "type": "normal",
        "category": "Chaos experiment",
        "business_service": "Estate, environment slice",
        "affected_items": ["eu-west-2a"],
        "requested_by": "tester",
        "start_date": "2026-11-01 08:00:00 UTC",
        "end_date": "2026-11-01 08:01:30 UTC",
        "risk": "Low: a twin serves nobody",
        "impact": "3 - Low",
        "implementation_plan": [
            "2026-11-01 08:00:00 UTC fault: Zone a | loses <b>power</b>",
            "2026-11-01 08:01:00 UTC undo: Power is back",
        ],
        "backout_plan": [
            "Zone a | loses <b>power</b>: undone at 2026-11-01 08:01:00 UTC, 60.0 s after it began"
        ],
        "test_plan": ["recovery: at most 60 s"],
        "close_code": "unsuccessful",
        "close_notes": "It does not hold. recovery: wanted at most 60 s, seen 71 s.",
        "approved_by": None,
        "assignment_group": None,
    }


def test_an_incident_record_says_what_is_known_of_cause_and_resolution(record: Record) -> None:
    assert incident_record(record)["fields"] == {
        "short_description": "slice: not as promised during zone-power-loss: recovery",
        "description": "recovery: wanted at most 60 s, seen 71 s.",
        "category": "Chaos experiment",
        "business_service": "Estate, environment slice",
        "affected_items": ["eu-west-2a"],
        "impact": "3 - Low",
        "urgency": "3 - Low",
        "priority": "5 - Planning",
        "priority_proposed_because": "A twin serves nobody.",
        "opened_at": "2026-11-01 08:00:00 UTC",
        "resolved_at": "2026-11-01 08:01:00 UTC",
        "cause": "Injected on purpose: Zone a | loses <b>power</b>. "
        "Why the estate did not withstand it is to be found.",
        "resolution": [
            "Zone a | loses <b>power</b>: undone at 2026-11-01 08:01:00 UTC, 60.0 s after it began"
        ],
        "caller": "tester",
        "assigned_to": None,
        "assignment_group": None,
    }


def test_what_the_record_does_not_say_is_left_to_the_desk(record: Record) -> None:
    on_aws = replace(record, environment=AWS)

    assert change_record(record)["to_be_filled_by_the_desk"] == ["approved_by", "assignment_group"]
    assert change_record(on_aws)["to_be_filled_by_the_desk"] == [
        "risk",
        "impact",
        "approved_by",
        "assignment_group",
    ]


@pytest.mark.parametrize(
    ("changes", "priority"),
    [
        ({}, "5 - Planning"),
        ({"environment": AWS}, "3 - Moderate"),
        ({"environment": AWS, "events": OPEN_FAULT}, "2 - High"),
        ({"environment": AWS, "account": LOST}, "1 - Critical"),
        ({"account": LOST}, "5 - Planning"),
    ],
    ids=["twin", "missed", "fault not undone", "lost", "lost on a twin"],
)
def test_priority_follows_from_impact_and_urgency(
    record: Record, changes: dict[str, Any], priority: str
) -> None:
    assert incident_record(replace(record, **changes))["fields"]["priority"] == priority


def test_a_fault_that_the_record_does_not_end_is_not_said_to_be_resolved(record: Record) -> None:
    fields = incident_record(replace(record, events=OPEN_FAULT))["fields"]

    assert fields["resolved_at"] is None
    assert fields["resolution"] == ["slow disk: the record does not say that it was undone"]


def test_markdown_says_the_same_and_no_cell_breaks_its_table(record: Record) -> None:
    text = papers(record)["incident.md"]
    rows = [line for line in text.splitlines() if line.startswith("|")]

    assert text.startswith("# Incident: slice: not as promised during zone-power-loss: recovery\n")
    assert "**This ran on a twin of 'slice' on one machine, not on AWS.** What a twin shows" in text
    assert "| assigned to | *to be filled by the service desk* |" in text
    assert r"Zone a \| loses &lt;b>power&lt;/b>" in text
    assert {line.replace(r"\|", "").count("|") for line in rows} == {3, 4, 5}
    assert f"- evidence: `{record.id}`" in text


def test_a_summary_is_as_short_as_a_desk_takes_it(tmp_path: Path) -> None:
    run = begin(tmp_path, environment=replace(AWS, name="long" * 60))
    run.objective("x" * 300, "1", "2", False)
    made = run.finish()

    assert len(change_record(made)["fields"]["short_description"]) == 160
    assert len(incident_record(made)["fields"]["short_description"]) == 160
