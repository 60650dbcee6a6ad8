"""A chart as SVG: text stays text, nothing is fetched, the same bytes for the same series."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from evidence.facts import Point
from evidence.pairing import Span
from evidence.report.axis import TimeAxis, ValueAxis, elapsed, number
from evidence.report.palette import BAND, BAND_EDGE, FONT, GRID, INK, MUTED, Pen, pen_of
from evidence.report.panel import Panel, thin

__all__ = [
    "NARROW",
    "WIDE",
    "Frame",
    "add_band",
    "add_time_marks",
    "begin",
    "digits",
    "draw",
    "swatch",
    "text",
    "to_text",
]


@dataclass(frozen=True)
class Frame:
    """The size of a drawing: all those of a page have the same left and right, so that times stand in one line."""

    name: str
    width: float
    left: float
    right: float
    plot_height: float
    font_size: float
    time_marks: int

    @property
    def plot_width(self) -> float:
        return self.width - self.left - self.right

    def x(self, share: float) -> float:
        return self.left + share * self.plot_width


WIDE = Frame("wide", width=900, left=58, right=18, plot_height=190, font_size=13, time_marks=11)
NARROW = Frame("narrow", width=320, left=44, right=12, plot_height=150, font_size=12.5, time_marks=4)
_TOP = 20.0
"""Room above a plot for the names of bands."""
_MARK_ROOM = 24.0
"""Room below it for the times."""


def draw(panel: Panel, time: TimeAxis, faults: Sequence[Span], frame: Frame, described_by: str) -> str:
    """The chart of a panel, with the time of every fault shaded. Args: described_by: id of the chart's heading."""
    values = ValueAxis.over(panel.values, panel.unit)
    bottom = _TOP + frame.plot_height
    root = begin(frame, bottom + _MARK_ROOM, described_by)
    for index, fault in enumerate(faults, start=1):
        add_band(root, frame, time, fault, f"F{index}", _TOP, bottom)
    _add_value_marks(root, frame, values, bottom)
    add_time_marks(root, frame, time, bottom)
    for index, series in enumerate(panel.series):
        for run in _runs(thin(series.points, int(frame.plot_width))):
            corners = [_corner(point, frame, time, values, bottom) for point in run]
            _add_line(root, _stepped(corners) if panel.stepped else corners, pen_of(index))
    return to_text(root)


def swatch(index: int) -> str:
    """A short piece of the line, for the key beside its name."""
    root = Element("svg", {"viewBox": "0 0 36 10", "width": "36", "height": "10", "aria-hidden": "true"})
    _add_line(root, [(0, 5), (36, 5)], pen_of(index))
    return to_text(root)


def begin(frame: Frame, height: float, described_by: str) -> Element:
    """An empty drawing."""
    box = f"0 0 {digits(frame.width)} {digits(height)}"
    root = Element(
        "svg", {"class": frame.name, "viewBox": box, "role": "img", "aria-labelledby": described_by}
    )
    root.attrib |= {"font-family": FONT, "font-size": digits(frame.font_size), "fill": INK}
    return root


def add_band(
    root: Element, frame: Frame, time: TimeAxis, span: Span, name: str, top: float, bottom: float
) -> None:
    """The span is shaded, with an edge where it begins, and named."""
    left = frame.x(time.share(span.began_at))
    right = frame.x(1.0 if span.ended_at is None else time.share(span.ended_at))
    place = {"x": left, "y": top, "width": max(right - left, 2.0), "height": bottom - top}
    band = SubElement(root, "rect", {key: digits(it) for key, it in place.items()} | {"fill": BAND})
    SubElement(band, "title").text = f"{name}: {span.title}"
    for x in (left, right):
        _line(root, [(x, top), (x, bottom)], BAND_EDGE, dashes="3 3")
    text(root, left, top - 5, name, colour=BAND_EDGE, bold=True)


def add_time_marks(root: Element, frame: Frame, time: TimeAxis, bottom: float) -> None:
    """The times below a drawing."""
    _line(root, [(frame.x(0), bottom), (frame.x(1), bottom)], MUTED)
    for seconds in time.marks(frame.time_marks):
        x = frame.x(seconds / time.seconds)
        _line(root, [(x, bottom), (x, bottom + 4)], MUTED)
        anchor = "start" if not seconds else "end" if x > frame.width - frame.right - 14 else "middle"
        text(root, x, bottom + 18, elapsed(seconds), colour=MUTED, anchor=anchor)


def text(
    root: Element,
    x: float,
    y: float,
    words: str,
    *,
    colour: str = INK,
    anchor: str = "start",
    bold: bool = False,
) -> None:
    """The words stand there."""
    element = SubElement(root, "text", {"x": digits(x), "y": digits(y)})
    if anchor != "start":
        element.set("text-anchor", anchor)
    if colour != INK:
        element.set("fill", colour)
    if bold:
        element.set("font-weight", "bold")
    element.text = words


def to_text(root: Element) -> str:
    return tostring(root, encoding="unicode")


def _add_value_marks(root: Element, frame: Frame, values: ValueAxis, bottom: float) -> None:
    for mark in values.marks:
        y = bottom - values.share(mark) * frame.plot_height
        _line(root, [(frame.x(0), y), (frame.x(1), y)], GRID)
        text(root, frame.left - 6, y + 4, number(mark), colour=MUTED, anchor="end")


def _corner(
    point: Point, frame: Frame, time: TimeAxis, values: ValueAxis, bottom: float
) -> tuple[float, float]:
    at, value = point
    return frame.x(time.share(at)), bottom - values.share(value or 0.0) * frame.plot_height


def _runs(points: Sequence[Point]) -> Iterator[list[Point]]:
    """Stretches without a gap."""
    run: list[Point] = []
    for point in points:
        if point[1] is not None:
            run.append(point)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _stepped(corners: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    found = list(corners[:1])
    for x, y in corners[1:]:
        found += [(x, found[-1][1]), (x, y)]
    return found


def _add_line(root: Element, corners: Sequence[tuple[float, float]], pen: Pen) -> None:
    """A line; of a single point, a dot."""
    if len(corners) == 1:
        (x, y) = corners[0]
        SubElement(root, "circle", {"cx": digits(x), "cy": digits(y), "r": "2.5", "fill": pen.colour})
        return
    _line(root, corners, pen.colour, 2.0, pen.dashes)


def _line(
    root: Element, corners: Sequence[tuple[float, float]], colour: str, width: float = 1.0, dashes: str = ""
) -> None:
    points = " ".join(f"{digits(x)},{digits(y)}" for x, y in corners)
    element = SubElement(root, "polyline", {"points": points, "fill": "none", "stroke": colour})
    element.set("stroke-width", digits(width))
    if dashes:
        element.set("stroke-dasharray", dashes)


def digits(value: float) -> str:
    """The value to a tenth of a unit, as every drawing writes it."""
    return f"{value:.1f}".removesuffix(".0")
