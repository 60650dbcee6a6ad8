"""What is drawn is what was recorded."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, fromstring

import pytest

from evidence.facts import EventKind, Point, Series
from evidence.pairing import Span
from evidence.report.axis import TimeAxis
from evidence.report.chart import NARROW, WIDE, Frame, draw
from evidence.report.lanes import Lane, draw_lanes
from evidence.report.palette import BAND, PENS
from evidence.report.panel import Panel

TIME = TimeAxis(1000.0, 1100.0)


def drawing(group: str, points: Sequence[Point], faults: Sequence[Span] = (), frame: Frame = WIDE) -> Element:
    panel = Panel(group, "tasks", (Series("a", "tasks", tuple(points)),))
    return fromstring(draw(panel, TIME, faults, frame, "heading"))


def lines(root: Element) -> list[list[tuple[float, float]]]:
    """Corners of what is drawn with the first pen."""
    return [
        [tuple(map(float, corner.split(","))) for corner in str(it.get("points")).split()]  # pyright: ignore[reportReturnType]
        for it in root.iter("polyline")
        if it.get("stroke") == PENS[0].colour
    ]


def rectangles(root: Element) -> list[tuple[float, float]]:
    """Left and right edge of each."""
    found = ((float(str(it.get("x"))), float(str(it.get("width")))) for it in root.iter("rect"))
    return [(left, round(left + width, 1)) for left, width in found]


@pytest.mark.parametrize("frame", [WIDE, NARROW])
def test_a_line_runs_from_edge_to_edge_of_its_time_and_from_bottom_to_top_of_its_values(frame: Frame) -> None:
    ((first, last),) = lines(drawing("latency", [(1000, 0), (1100, 10)], frame=frame))

    assert first == (frame.left, 20 + frame.plot_height)
    assert last == (frame.width - frame.right, 20)


def test_a_gap_is_not_bridged() -> None:
    found = lines(drawing("latency", [(1000, 1), (1010, 1), (1020, None), (1030, 1), (1040, 1)]))

    assert [len(it) for it in found] == [2, 2]


def test_a_point_that_stands_alone_is_a_dot() -> None:
    root = drawing("latency", [(1000, 1), (1010, None), (1020, 1), (1030, 1)])

    assert len(list(root.iter("circle"))) == 1
    assert len(lines(root)) == 1


def test_counts_of_tasks_hold_until_they_change() -> None:
    ((*corners,),) = lines(drawing("tasks", [(1000, 10), (1100, 0)]))

    assert corners == [(58, 20), (882, 20), (882, 210)]


def test_a_fault_is_shaded_while_it_lasts_and_to_the_end_where_nothing_ended_it() -> None:
    over = Span(EventKind.FAULT, "zone a", 1025, 1050)
    open_ = Span(EventKind.FAULT, "zone b", 1075, None)
    root = drawing("latency", [(1000, 1), (1100, 1)], [over, open_])

    assert rectangles(root) == [(264, 470), (676, 882)]
    assert {it.get("fill") for it in root.iter("rect")} == {BAND}
    assert [it.findtext("title") for it in root.iter("rect")] == ["F1: zone a", "F2: zone b"]


def test_what_lasts_at_the_same_time_stands_in_rows_of_its_own() -> None:
    spans = [(1000, 1050), (1020, 1030), (1040, None), (1050, 1060)]
    lane = Lane("Alarms", "A", tuple(Span(EventKind.ALARM, "lag", *it) for it in spans))
    root = fromstring(draw_lanes([lane], TIME, WIDE, "heading"))

    assert [it.get("y") for it in root.iter("rect")] == ["20", "20", "42", "42"]


def test_a_bar_that_is_too_short_for_its_name_has_its_letter_or_nothing() -> None:
    spans = [(1000, 1050), (1050, 1055), (1055, 1056)]
    lane = Lane("Alarms", "A", tuple(Span(EventKind.ALARM, "replica lag", *it) for it in spans))
    root = fromstring(draw_lanes([lane], TIME, WIDE, "heading"))

    assert [it.text or "" for it in root.iter("text")][1:4] == ["A1 replica lag", "A2", ""]
