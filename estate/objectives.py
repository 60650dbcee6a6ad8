"""What was wanted and what was seen, as a table: the same in every command that shows a run."""

from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

from evidence.facts import Objective

__all__ = ["objectives_table", "plain_table"]

_HOLDS = {True: "yes", False: "no", None: "not judged"}


def objectives_table(objectives: Iterable[Objective]) -> Table:
    rows = [
        (it.name, it.wanted + (" (an assumption)" if it.assumption else ""), it.seen, _HOLDS[it.holds])
        for it in objectives
    ]
    return plain_table("objectives", ("objective", "wanted", "seen", "holds"), rows)


def plain_table(title: str | None, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """What a cell says is shown as it is, folded where it is too long."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    return table
