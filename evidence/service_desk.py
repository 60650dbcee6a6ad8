"""What a service desk takes: a change record of every run, and an incident record of one that did not hold.

Fields are those that desks on ITIL's practices share; each is filled from the record or left empty, never made up.
Sources: what such records hold: https://wiki.en.it-processmaps.com/index.php/Checklist_Change_Record and
https://wiki.en.it-processmaps.com/index.php/Checklist_Incident_Record; names of the fields:
https://raw.githubusercontent.com/api-evangelist/servicenow/refs/heads/main/json-schema/servicenow-change-request-schema.json
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from evidence.facts import Event, EventKind, Kind
from evidence.lines import plain
from evidence.pairing import faults
from evidence.record import Record, utc
from evidence.service_desk_markdown import to_markdown
from evidence.verdict import Verdict

__all__ = ["CHANGE", "INCIDENT", "change_record", "incident_record", "papers"]

CHANGE = "change"
INCIDENT = "incident"
SUMMARY_CHARACTERS = 160
"""The longest summary that a desk takes. Source: short_description in the schema above."""

_CLOSE_CODES: Mapping[Verdict, str] = {
    Verdict.HOLDS: "successful",
    Verdict.DOES_NOT_HOLD: "unsuccessful",
    Verdict.VOID: "unsuccessful",
}
"""Source: https://docs.cloudbees.com/docs/cloudbees-unify/latest/service-now/update-change-request, close-code."""

_WHAT: Mapping[Kind, str] = {
    Kind.LOAD: "Load test",
    Kind.EXPERIMENT: "Chaos experiment",
    Kind.DRILL: "Recovery drill",
}


class Level(StrEnum):
    """Of impact and of urgency."""

    HIGH = "1 - High"
    MEDIUM = "2 - Medium"
    LOW = "3 - Low"


_PRIORITIES: Mapping[tuple[Level, Level], str] = {
    (Level.HIGH, Level.HIGH): "1 - Critical",
    (Level.HIGH, Level.MEDIUM): "2 - High",
    (Level.HIGH, Level.LOW): "3 - Moderate",
    (Level.MEDIUM, Level.HIGH): "2 - High",
    (Level.MEDIUM, Level.MEDIUM): "3 - Moderate",
    (Level.MEDIUM, Level.LOW): "4 - Low",
    (Level.LOW, Level.HIGH): "3 - Moderate",
    (Level.LOW, Level.MEDIUM): "4 - Low",
    (Level.LOW, Level.LOW): "5 - Planning",
}
"""By impact and urgency. Source: https://www.servicenow.com/community/itsm-blog/managing-incident-priority/ba-p/2294101"""


@dataclass(frozen=True)
class Weight:
    """How bad and how pressing. Attributes: why: the rule that proposes it; it is this project's, the desk decides."""

    impact: Level
    urgency: Level
    why: str

    @property
    def priority(self) -> str:
        return _PRIORITIES[self.impact, self.urgency]


def papers(record: Record) -> dict[str, str]:
    """Texts by file name: Markdown for people, JSON for the desk's own import."""
    made = {CHANGE: change_record(record)}
    if record.verdict is Verdict.DOES_NOT_HOLD:
        made[INCIDENT] = incident_record(record)
    texts = {}
    for name, document in made.items():
        texts[f"{name}.json"] = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        texts[f"{name}.md"] = to_markdown(document)
    return texts


def change_record(record: Record) -> dict[str, Any]:
    """The run as a change that was made: what was done to which environment, how it was taken back, how it ended."""
    summary = f"{_WHAT[record.kind]} {record.name} on {record.environment.name}"
    return _document(
        CHANGE,
        record,
        {
            "short_description": summary[:SUMMARY_CHARACTERS],
            "description": _asked(record),
            "type": "normal",
            "category": _WHAT[record.kind],
            "business_service": f"Estate, environment {record.environment.name}",
            "affected_items": _affected(record),
            "requested_by": record.who,
            "start_date": utc(record.began_at),
            "end_date": None if record.ended_at is None else utc(record.ended_at),
            "risk": "Low: a twin serves nobody" if record.environment.is_twin else None,
            "impact": Level.LOW if record.environment.is_twin else None,
            "implementation_plan": [f"{utc(it.at)} {it.kind}: {it.title}" for it in _planned(record)],
            "backout_plan": _backout(record),
            "test_plan": [f"{it.name}: {it.wanted}" for it in record.objectives],
            "close_code": _CLOSE_CODES[record.verdict],
            "close_notes": _outcome(record),
            "approved_by": None,
            "assignment_group": None,
        },
    )


def incident_record(record: Record) -> dict[str, Any]:
    """What was not as it must be, with what is known of cause and resolution."""
    weight = _weight(record)
    broken = [it.name for it in record.objectives if it.holds is False] or ["an invariant"]
    summary = f"{record.environment.name}: not as promised during {record.name}: {', '.join(broken)}"
    return _document(
        INCIDENT,
        record,
        {
            "short_description": summary[:SUMMARY_CHARACTERS],
            "description": " ".join(record.reasons),
            "category": _WHAT[record.kind],
            "business_service": f"Estate, environment {record.environment.name}",
            "affected_items": _affected(record),
            "impact": weight.impact,
            "urgency": weight.urgency,
            "priority": weight.priority,
            "priority_proposed_because": weight.why,
            "opened_at": utc(record.began_at),
            "resolved_at": _resolved(record),
            "cause": _cause(record),
            "resolution": _backout(record),
            "caller": record.who,
            "assigned_to": None,
            "assignment_group": None,
        },
    )


def _document(sort: str, record: Record, fields: Mapping[str, Any]) -> dict[str, Any]:
    return plain(
        {
            "record": sort,
            "environment": record.environment.in_words,
            "cautions": record.environment.cautions,
            "fields": fields,
            "to_be_filled_by_the_desk": [name for name, value in fields.items() if value is None],
            "timeline": [asdict(it) | {"time": utc(it.at)} for it in record.events],
            "objectives": [asdict(it) for it in record.objectives],
            "assumptions": [asdict(it) for it in record.assumptions],
            "links": {"evidence": record.id, "sha256": record.sha256, "report": "report.html"},
        }
    )


def _asked(record: Record) -> str:
    commit = record.commit.in_words if record.commit else "unknown"
    return f"{record.environment.in_words} Seed {record.seed}, commit {commit}."


_DONE = (EventKind.PHASE, EventKind.LOAD, EventKind.FAULT, EventKind.UNDO, EventKind.STEP)
"""Kinds of events that the run itself brought about."""


def _planned(record: Record) -> Iterator[Event]:
    return (it for it in record.events if it.kind in _DONE)


def _affected(record: Record) -> list[str]:
    """What the faults say that they were aimed at."""
    told = (
        it.details.get(key)
        for it in record.events
        if it.kind is EventKind.FAULT
        for key in ("target", "service", "arn")
    )
    return sorted({str(it) for it in told if it})


def _backout(record: Record) -> list[str]:
    return [
        f"{it.title}: undone at {utc(it.ended_at)}, {it.ended_at - it.began_at:.1f} s after it began"
        if it.ended_at is not None
        else f"{it.title}: the record does not say that it was undone"
        for it in faults(record.events)
    ]


def _outcome(record: Record) -> str:
    return " ".join([f"{record.verdict.in_words}.", *record.reasons])


def _cause(record: Record) -> str:
    injected = [it.title for it in faults(record.events)]
    if injected:
        return (
            f"Injected on purpose: {'; '.join(injected)}. Why the estate did not withstand it is to be found."
        )
    return "Not known. The run injected no faults."


def _resolved(record: Record) -> str | None:
    """When the last fault was undone; None where there was none, or one that was not."""
    ends = [it.ended_at for it in faults(record.events)]
    return utc(max(it for it in ends if it is not None)) if ends and None not in ends else None


def _weight(record: Record) -> Weight:
    if record.environment.is_twin:
        return Weight(Level.LOW, Level.LOW, "A twin serves nobody.")
    account = record.account
    if account and (account.lost or account.doubled):
        return Weight(Level.HIGH, Level.HIGH, "What people were promised was lost or was done twice.")
    if None in (it.ended_at for it in faults(record.events)):
        return Weight(Level.MEDIUM, Level.HIGH, "The record does not say that every fault was undone.")
    return Weight(Level.MEDIUM, Level.MEDIUM, "An objective was missed, and nothing was lost or doubled.")
