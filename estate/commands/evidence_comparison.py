"""`estate evidence compare`: two runs side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evidence.archive import Archive
from evidence.comparison import Comparison, FigureRow, compare_records
from evidence.facts import Objective, Value
from evidence.record import Record
from evidence.report.axis import number

__all__ = ["Compared", "compare"]


@dataclass(frozen=True)
class Compared:
    """Attributes: changed: which of the two were changed after they were written; both, where the chain was."""

    comparison: Comparison
    changed: Sequence[str]

    @property
    def holds(self) -> bool:
        return not self.changed

    def to_json(self) -> Mapping[str, Any]:
        it = self.comparison
        return {
            "left": _side(it.left),
            "right": _side(it.right),
            "changed": list(self.changed),
            "differences": [asdict(each) for each in it.differences],
            "figures": [asdict(row) | {"change": row.change, "ratio": row.ratio} for row in it.figures],
            "objectives": [asdict(row) for row in it.objectives],
        }

    def show(self, console: Console) -> None:
        it = self.comparison
        for letter, record in (("A", it.left), ("B", it.right)):
            console.print(
                Text(f"{letter}  {record.id}: {record.verdict.in_words}. {record.environment.in_words}")
            )
        for name in self.changed:
            console.print(
                Text(f"BROKEN {name}: it, or the chain that would show it, was changed afterwards.")
            )
        console.print()
        if it.differences:
            rows = [(each.what, _told(each.left), _told(each.right)) for each in it.differences]
            console.print(_table("what differs in what was asked", ("what", "A", "B"), rows))
        else:
            console.print("The same was asked: environment, commit, seed and configuration are equal.")
        console.print(
            _table("figures", ("figure", "unit", "A", "B", "B - A", "B / A"), list(map(_figure, it.figures)))
        )
        objectives = [(row.name, _seen(row.left), _seen(row.right)) for row in it.objectives]
        console.print(_table("objectives", ("objective", "A", "B"), objectives))


def compare(root: Path, left: str, right: str, force: bool = False) -> Compared:
    """Raises: RunUnknown; RecordUnreadable; NotComparable: they are of different kinds, and it is not forced."""
    archive = Archive(root)
    comparison = compare_records(archive.record(left), archive.record(right), force)
    return Compared(comparison, _changed(archive, (comparison.left, comparison.right)))


def _changed(archive: Archive, records: Sequence[Record]) -> list[str]:
    """A chain that was changed itself vouches for none of them."""
    broken = {it.run for it in archive.breaks()}
    return [it.id for it in records if None in broken or it.id in broken]


def _side(record: Record) -> dict[str, Any]:
    environment = {"name": record.environment.name, "on": str(record.environment.kind)}
    return {
        "id": record.id,
        "verdict": record.verdict,
        "reasons": list(record.reasons),
        "environment": environment,
    }


def _figure(row: FigureRow) -> tuple[str, ...]:
    change = "" if row.change is None else f"{row.change:+,.4g}"
    ratio = "" if row.ratio is None else f"{row.ratio:.3g}"
    return row.name, row.unit, _told(row.left), _told(row.right), change, ratio


def _told(value: Value) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return str(value)
        case int() | float():
            return number(value)
        case _:
            return str(value)


def _seen(objective: Objective | None) -> str:
    if objective is None:
        return "-"
    word = {True: "holds", False: "does not hold", None: "not judged"}[objective.holds]
    return f"{word}: {objective.seen} (wanted {objective.wanted})"


def _table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]] | Iterator[Sequence[str]]
) -> Table:
    table = Table(*columns, title=title, title_justify="left", box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table
