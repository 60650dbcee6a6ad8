"""The page as one file: no script, nothing fetched, charts drawn in place, a table beside each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from evidence.facts import Event, EventKind, Kind
from evidence.pairing import faults
from evidence.record import Record, utc
from evidence.report.axis import TimeAxis, ValueAxis, elapsed, number
from evidence.report.chart import NARROW, WIDE, draw, swatch
from evidence.report.lanes import Lane, draw_lanes, lanes_of
from evidence.report.panel import Panel, panels_of, rows_of
from evidence.verdict import Verdict

__all__ = ["PAGE", "render"]

PAGE = "report.html"
ROWS_SHOWN = 300
"""Events that the timeline shows at most; the record has them all."""
KEYS_SHOWN = 20
_FOLDER = Path(__file__).resolve().parent
_FRAMES = (WIDE, NARROW)
_MINOR = (EventKind.NOTE, EventKind.PROBE)
_SORTS: Mapping[Kind, str] = {
    Kind.LOAD: "Load test",
    Kind.EXPERIMENT: "Chaos experiment",
    Kind.DRILL: "Recovery drill",
}
_SIGNS: Mapping[Verdict, str] = {Verdict.HOLDS: "✓", Verdict.DOES_NOT_HOLD: "✕", Verdict.VOID: "∅"}
_HOLDS: Mapping[bool | None, str] = {True: "✓ yes", False: "✕ no", None: "∅ not judged"}


@dataclass(frozen=True)
class Chart:
    """One chart of the page. Attributes: drawings: the same for a wide and a narrow screen."""

    id: str
    panel: Panel
    drawings: tuple[Markup, ...]
    rows: Sequence[Any]
    begins_at_zero: bool


def render(record: Record) -> str:
    """The page of a run, of a killed one with what it had written."""
    time = _time(record)
    lanes = lanes_of(record.events)
    shown = _shown(record.events)
    return _template().render(
        record=record,
        sort=_SORTS[record.kind],
        sign=_SIGNS[record.verdict],
        holds=_HOLDS,
        style=Markup((_FOLDER / "style.css").read_text(encoding="utf-8")),  # noqa: S704 it is our own
        swatches=[Markup(swatch(index)) for index in range(_most_lines(record))],  # noqa: S704 drawn, not given
        charts=[
            _chart(panel, time, record, f"chart-{place}")
            for place, panel in enumerate(panels_of(record.series))
        ],
        lanes=lanes,
        lane_drawings=_lane_drawings(lanes, time),
        shown=shown,
        left_out=len(record.events) - len(shown),
        configuration=_flat(record.configuration),
        keys_shown=KEYS_SHOWN,
        since=lambda at: elapsed(max(at - record.began_at, 0.0)),
    )


def _time(record: Record) -> TimeAxis:
    """From the begin to the end; of a run without an end, to the last that is known of it."""
    known = chain((it.at for it in record.events), (at for it in record.series for at, _ in it.points))
    end = record.ended_at if record.ended_at is not None else max(known, default=record.began_at)
    return TimeAxis(record.began_at, max(end, record.began_at + 1.0))


def _chart(panel: Panel, time: TimeAxis, record: Record, id_: str) -> Chart:
    bands = faults(record.events)
    drawings = tuple(Markup(draw(panel, time, bands, frame, id_)) for frame in _FRAMES)  # noqa: S704 escaped by ElementTree
    axis = ValueAxis.over(panel.values, panel.unit)
    rows = rows_of(panel, time.began_at, time.ended_at)
    return Chart(id_, panel, drawings, rows, axis.begins_at_zero)


def _lane_drawings(lanes: Sequence[Lane], time: TimeAxis) -> list[Markup]:
    return [Markup(draw_lanes(lanes, time, frame, "happened")) for frame in _FRAMES] if lanes else []  # noqa: S704


def _shown(events: Sequence[Event]) -> list[Event]:
    """All events, or if they are too many, those that matter most."""
    if len(events) <= ROWS_SHOWN:
        return list(events)
    return [it for it in events if it.kind not in _MINOR][:ROWS_SHOWN]


def _most_lines(record: Record) -> int:
    return max((len(it.series) for it in panels_of(record.series)), default=0)


def _flat(value: Any, path: str = "") -> list[tuple[str, str]]:
    """Each setting by its dotted path."""
    if isinstance(value, Mapping) and value:
        return [row for key, it in value.items() for row in _flat(it, f"{path}.{key}" if path else str(key))]
    return [(path, "" if value is None else str(value))] if path else []


@cache
def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"utc": utc, "clock": _clock, "cell": _cell, "value": _value}
    return environment.get_template("page.html.jinja")


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")


def _cell(cell: tuple[float, float, float] | None) -> str:
    """A stretch of a series: its mean, and from where to where it went."""
    if cell is None:
        return "–"
    low, mean, high = cell
    return number(mean) if low == high else f"{number(mean)} ({number(low)} to {number(high)})"


def _value(value: Any) -> str:
    match value:
        case None:
            return "not measured"
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return number(value)
        case _:
            return str(value)
