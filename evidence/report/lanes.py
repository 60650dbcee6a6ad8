"""What happened, a lane for each sort of thing, above the same times as the charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from evidence.facts import Event, EventKind
from evidence.pairing import Span, alarms, faults, phases
from evidence.report.axis import TimeAxis
from evidence.report.chart import Frame, add_time_marks, begin, digits, text, to_text
from evidence.report.palette import BAND, BAND_EDGE, GRID, INK

__all__ = ["Lane", "draw_lanes", "lanes_of"]

_ROW = 22.0
_LABEL = 20.0
_GAP = 6.0
_CHARACTER = 0.56
"""Mean width of a character, as a share of the font's size."""
_POINTS = (
    (EventKind.LOAD, "Load"),
    (EventKind.SCALING, "Scaling"),
    (EventKind.STEP, "Steps"),
    (EventKind.PROBE, "Probes"),
    (EventKind.VIOLATION, "Violations"),
    (EventKind.NOTE, "Notes"),
)
_FILLS = {
    EventKind.FAULT: (BAND, BAND_EDGE),
    EventKind.ALARM: ("#f3e3ef", "#8a2f76"),
    EventKind.PHASE: ("#e4eef6", "#0060a0"),
}


@dataclass(frozen=True)
class Lane:
    """Attributes: spans: named F1, A1, P1 and so on by `letter`. points: moments without a length."""

    title: str
    letter: str
    spans: tuple[Span, ...] = ()
    points: tuple[Event, ...] = ()


def lanes_of(events: Sequence[Event]) -> list[Lane]:
    """Lanes that have something."""
    found = [
        Lane("Phases", "P", tuple(phases(events))),
        Lane("Faults", "F", tuple(faults(events))),
        Lane("Alarms", "A", tuple(alarms(events))),
        *(Lane(title, "", points=tuple(it for it in events if it.kind is kind)) for kind, title in _POINTS),
    ]
    return [it for it in found if it.spans or it.points]


def draw_lanes(lanes: Sequence[Lane], time: TimeAxis, frame: Frame, described_by: str) -> str:
    """All lanes, one below the other."""
    rows = [_rows(lane.spans) for lane in lanes]
    height = sum(_LABEL + _ROW * max(len(it), 1) + _GAP for it in rows)
    root = begin(frame, height + 24, described_by)
    y = 0.0
    for lane, stacked in zip(lanes, rows, strict=True):
        text(root, frame.left, y + 15, lane.title, bold=True)
        y += _LABEL
        for row in stacked:
            for index in row:
                _add_span(root, frame, time, lane.spans[index], f"{lane.letter}{index + 1}", y)
            y += _ROW
        if lane.points:
            _add_points(root, frame, time, lane.points, y)
            y += _ROW
        y += _GAP
    add_time_marks(root, frame, time, height)
    return to_text(root)


def _rows(spans: Sequence[Span]) -> list[list[int]]:
    """Places of the spans, in rows in which none covers another."""
    rows: list[list[int]] = []
    ends: list[float] = []
    for index, span in enumerate(spans):
        free = next((it for it, end in enumerate(ends) if end <= span.began_at), None)
        if free is None:
            free = len(rows)
            rows.append([])
            ends.append(0.0)
        rows[free].append(index)
        ends[free] = float("inf") if span.ended_at is None else span.ended_at
    return rows


def _add_span(root: Element, frame: Frame, time: TimeAxis, span: Span, name: str, y: float) -> None:
    left = frame.x(time.share(span.began_at))
    right = frame.x(1.0 if span.ended_at is None else time.share(span.ended_at))
    width = max(right - left, 4.0)
    fill, edge = _FILLS[span.kind]
    place = {"x": left, "y": y, "width": width, "height": _ROW - 4}
    box = SubElement(
        root, "rect", {key: digits(it) for key, it in place.items()} | {"fill": fill, "stroke": edge}
    )
    SubElement(box, "title").text = f"{name}: {span.title}"
    room = int((width - 8) / (frame.font_size * _CHARACTER))
    words = next((it for it in (f"{name} {span.title}", name) if len(it) <= room), "")
    text(root, left + 4, y + 13, words)


def _add_points(root: Element, frame: Frame, time: TimeAxis, events: Sequence[Event], y: float) -> None:
    line = SubElement(root, "line", {"x1": digits(frame.x(0)), "x2": digits(frame.x(1)), "stroke": GRID})
    line.attrib |= {"y1": digits(y + 9), "y2": digits(y + 9)}
    for event in events:
        x = frame.x(time.share(event.at))
        mark = SubElement(
            root,
            "polygon",
            {"points": f"{x:.1f},{y + 2:.1f} {x + 4:.1f},{y + 16:.1f} {x - 4:.1f},{y + 16:.1f}"},
        )
        mark.set("fill", INK)
        SubElement(mark, "title").text = event.title
