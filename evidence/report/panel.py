"""Series that share a chart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from evidence.facts import Point, Series

__all__ = ["Panel", "Row", "panels_of", "rows_of", "thin"]

_TITLES: Mapping[str, str] = {
    "arrivals": "Arrivals",
    "success": "Success by journey",
    "unserved": "Unserved",
    "latency": "Latency",
    "tasks": "Tasks by zone",
}
"""Groups that most runs have, in the order in which a page shows them; others follow by name."""
_STEPPED = "tasks"
"""A group of counts that hold until they change."""
_BINS = 12


@dataclass(frozen=True)
class Panel:
    """One chart. Attributes: stepped: a value holds until the next. series: named by member, without the group."""

    group: str
    unit: str
    series: tuple[Series, ...]

    @property
    def title(self) -> str:
        return _TITLES.get(self.group, self.group[:1].upper() + self.group[1:].replace("-", " "))

    @property
    def stepped(self) -> bool:
        return self.group == _STEPPED

    @property
    def values(self) -> list[float]:
        return [value for it in self.series for _, value in it.points if value is not None]


@dataclass(frozen=True)
class Row:
    """One line of a chart's table. Attributes: cells: (lowest, mean, highest) of each series, or None for a gap."""

    began_at: float
    ended_at: float
    cells: tuple[tuple[float, float, float] | None, ...]


def panels_of(series: Iterable[Series]) -> list[Panel]:
    """The charts of a page in their order."""
    groups: dict[tuple[str, str], list[Series]] = {}
    for it in series:
        group, _, member = it.name.partition("/")
        groups.setdefault((group, it.unit), []).append(Series(member or group, it.unit, it.points))
    order = list(_TITLES)
    ranked = sorted(groups, key=lambda it: (order.index(it[0]) if it[0] in order else len(order), it))
    return [Panel(*key, tuple(sorted(groups[key], key=lambda it: it.name))) for key in ranked]


def thin(points: Sequence[Point], columns: int) -> list[Point]:
    """At most four points a column, among them its first, last, lowest and highest; gaps stay gaps."""
    if len(points) <= 4 * columns:
        return list(points)
    began, ended = points[0][0], points[-1][0]
    width = (ended - began) / columns or 1.0
    kept: list[Point] = []
    column: list[Point] = []
    for point in points:
        if column and int((point[0] - began) / width) != int((column[0][0] - began) / width):
            kept += _outline(column)
            column = []
        column.append(point)
    return kept + _outline(column)


def rows_of(panel: Panel, began_at: float, ended_at: float) -> list[Row]:
    """The chart as a table of equal stretches of time."""
    width = (ended_at - began_at) / _BINS
    edges = [began_at + it * width for it in range(_BINS + 1)]
    rows = []
    for left, right in pairwise(edges):
        last = right == edges[-1]
        cells = tuple(_cell(it.points, left, right, last) for it in panel.series)
        rows.append(Row(left, right, cells))
    return rows


def _cell(
    points: Sequence[Point], left: float, right: float, last: bool
) -> tuple[float, float, float] | None:
    found = [v for at, v in points if v is not None and (left <= at < right or (last and at >= right))]
    return (min(found), sum(found) / len(found), max(found)) if found else None


def _outline(column: Sequence[Point]) -> list[Point]:
    """Its first, last, lowest and highest, and a gap if it has one, in order of time."""
    known = [it for it in column if it[1] is not None]
    gaps = [it for it in column if it[1] is None][:1]
    if not known:
        return gaps
    by_value = sorted(known, key=lambda it: it[1] or 0.0)
    return sorted({known[0], known[-1], by_value[0], by_value[-1], *gaps}, key=lambda it: it[0])
