"""`estate evidence list` and `show`: the records that runs left, and whether anybody changed them since."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from estate.objectives import objectives_table, plain_table
from evidence.archive import Archive, Filed
from evidence.chain import Break, Link
from evidence.exceptions import RecordUnreadable
from evidence.record import Record, to_document, utc
from evidence.report.axis import elapsed
from evidence.report.page import PAGE, render

__all__ = ["Listing", "Shown", "list_runs", "show"]

_COLUMNS = ("run", "began (UTC)", "kind", "name", "environment", "verdict", "took")
_TO_THE_MINUTE = len("2026-11-01 08:00")


@dataclass(frozen=True)
class Listing:
    """Attributes: head: the last link of the chain; its hash stands for all that went before."""

    root: Path
    runs: Sequence[Filed]
    breaks: Sequence[Break]
    head: Link | None

    @property
    def holds(self) -> bool:
        return not self.breaks

    def to_json(self) -> Mapping[str, Any]:
        return {
            "root": str(self.root),
            "runs": [_entry(it) for it in self.runs],
            "chain": {
                "intact": self.holds,
                "links": self.head.number if self.head else 0,
                "head": self.head.sha256 if self.head else None,
                "breaks": [asdict(it) for it in self.breaks],
            },
        }

    def show(self, console: Console) -> None:
        if self.runs:
            rows = [_line(it) for it in self.runs]
            console.print(plain_table(None, _COLUMNS, rows))
        _say(console, f"{len(self.runs)} runs in {self.root}.")
        for it in self.breaks:
            _say(console, f"BROKEN {it.run or 'chain'}: {it.what}")
        if self.head and not self.breaks:
            _say(console, f"The chain is whole; its last hash is {self.head.sha256}.")


@dataclass(frozen=True)
class Shown:
    """Attributes: page: where its report is, if anywhere. breaks: what was changed of it, or of the chain itself."""

    filed: Filed
    record: Record
    page: Path | None
    breaks: Sequence[Break]

    @property
    def holds(self) -> bool:
        return not self.breaks

    def to_json(self) -> Mapping[str, Any]:
        return {
            "state": str(self.filed.state),
            "folder": str(self.filed.folder),
            "page": str(self.page) if self.page else None,
            "breaks": [it.what for it in self.breaks],
            "record": to_document(self.record),
        }

    def show(self, console: Console) -> None:
        record = self.record
        _say(console, f"{record.verdict.in_words}: {record.kind} {record.name} ({self.filed.state})")
        for reason in record.reasons:
            _say(console, f"  {reason}")
        _say(console, " ".join([record.environment.in_words, *record.environment.cautions]))
        _say(console, f"Run {record.id}")
        _say(console, f"Began {utc(record.began_at)}{_took(record, ', took ')}.")
        if record.objectives:
            console.print(objectives_table(record.objectives))
        if record.figures:
            figures = [
                (it.name, "not measured" if it.value is None else f"{it.value} {it.unit}", it.basis)
                for it in record.figures
            ]
            console.print(plain_table("figures", ("figure", "value", "basis"), figures))
        for it in self.breaks:
            _say(console, f"BROKEN: {it.what}")
        _say(console, f"Read it in {self.page or self.filed.folder}")


def list_runs(root: Path) -> Listing:
    """Every run, with what the chain says of them; nothing where none has run."""
    archive = Archive(root)
    breaks = archive.breaks()
    head = None if any(it.run is None for it in breaks) else archive.head()
    return Listing(root, archive.runs(), breaks, head)


def show(root: Path, name: str, output: Path | None = None) -> Shown:
    """One run, also one that was killed or still runs.

    Args: output: a file into which its page is written anew.

    Raises: RunUnknown; RecordUnreadable.
    """
    archive = Archive(root)
    filed = archive.find(name)
    if filed.record is None:
        raise RecordUnreadable(filed.problem)
    if output is not None:
        output.write_text(render(filed.record), encoding="utf-8")
    page = output or (filed.folder / PAGE if (filed.folder / PAGE).exists() else None)
    breaks = [it for it in archive.breaks() if it.run in (filed.id, None)]
    return Shown(filed, filed.record, page, breaks)


def _entry(filed: Filed) -> dict[str, Any]:
    record = filed.record
    entry = {
        "id": filed.id,
        "state": str(filed.state),
        "folder": str(filed.folder),
        "problem": filed.problem or None,
    }
    keys = ("kind", "name", "verdict", "reasons", "began_at", "seconds", "sha256")
    told = {key: getattr(record, key) if record else None for key in keys}
    environment = {"environment": record.environment.name if record else None}
    return entry | told | environment | {"on": str(record.environment.kind) if record else None}


def _line(filed: Filed) -> tuple[str, ...]:
    """By the last part of its id, which is enough to name it."""
    short = filed.id.rpartition("-")[2]
    record = filed.record
    if record is None:
        return short, "", "", filed.id, "", str(filed.state), filed.problem
    verdict = record.verdict if record.is_finished else f"{record.verdict} ({filed.state})"
    place = f"{record.environment.name}, {'twin' if record.environment.is_twin else 'AWS'}"
    began = utc(record.began_at)[:_TO_THE_MINUTE]
    return short, began, record.kind, record.name, place, verdict, _took(record)


def _took(record: Record, before: str = "") -> str:
    return "" if record.seconds is None else before + elapsed(record.seconds)


def _say(console: Console, text: str) -> None:
    console.print(Text(text))
