"""What lasted, out of events that begin and end it."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.facts import Event, EventKind
from evidence.pairing import Span, alarms, faults, phases


def event(at: float, kind: str, title: str = "it", **details: Any) -> Event:
    return Event(at, EventKind(kind), title, details)


def test_a_fault_lasts_until_the_undo_that_names_it() -> None:
    found = faults(
        [
            event(1, "fault", "zone a", id="a"),
            event(2, "fault", "zone b", id="b"),
            event(3, "undo", "b is back", fault="b"),
            event(4, "undo", "a is back", fault="a"),
        ]
    )

    assert found == [Span(EventKind.FAULT, "zone a", 1, 4), Span(EventKind.FAULT, "zone b", 2, 3)]


def test_without_an_id_it_lasts_until_an_undo_of_its_title() -> None:
    told = [event(1, "fault", "a"), event(2, "undo", "b"), event(3, "undo", "a"), event(4, "fault", "a")]

    assert [(it.began_at, it.ended_at) for it in faults(told)] == [(1, 3), (4, None)]


def test_an_undo_ends_one_fault_only() -> None:
    told = [event(1, "fault"), event(2, "fault"), event(3, "undo"), event(4, "undo")]

    assert [(it.began_at, it.ended_at) for it in faults(told)] == [(1, 3), (2, 4)]


def test_an_alarm_lasts_from_alarm_to_any_other_state() -> None:
    told = [
        event(1, "alarm", "lag", state="OK"),
        event(2, "alarm", "lag", state="ALARM"),
        event(3, "alarm", "other", state="OK"),
        event(4, "alarm", "lag", state="INSUFFICIENT_DATA"),
    ]

    assert alarms(told) == [Span(EventKind.ALARM, "lag", 2, 4)]


def test_a_phase_lasts_until_the_next() -> None:
    told = [event(0, "phase", "before"), event(5, "note"), event(9, "phase", "during")]

    assert phases(told) == [Span(EventKind.PHASE, "before", 0, 9), Span(EventKind.PHASE, "during", 9, None)]


@settings(deadline=None)
@given(
    st.lists(st.builds(event, st.integers(0, 9), st.sampled_from(["fault", "undo"]), st.sampled_from("ab")))
)
def test_every_fault_is_there_once_and_none_ends_before_it_began(told: list[Event]) -> None:
    told.sort(key=lambda it: it.at)
    found = faults(told)

    assert len(found) == sum(it.kind is EventKind.FAULT for it in told)
    assert all(it.ended_at is None or it.ended_at >= it.began_at for it in found)
