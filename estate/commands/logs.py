"""`estate logs`: what tasks and servers wrote."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console

from catalogue import load_estate
from catalogue.environment import Kind
from estate.aws import Clients
from estate.exceptions import NothingLogged
from estate.places import Places, as_called

__all__ = ["Logs", "follow", "run"]

_POLL_SECONDS = 0.3
_TAIL_BYTES = 1 << 20
"""Of each file; the rest can be read in the file itself, whose name is shown."""


@dataclass(frozen=True)
class Logs:
    """Attributes: lines: each with the log that it stands in."""

    environment: str
    name: str | None
    names: Sequence[str]
    lines: Sequence[tuple[str, str]]

    @property
    def holds(self) -> bool:
        return True

    def to_json(self) -> Mapping[str, Any]:
        return {
            "environment": self.environment,
            "name": self.name,
            "names": list(self.names),
            "lines": [{"log": log, "line": line} for log, line in self.lines],
        }

    def show(self, console: Console) -> None:
        if self.name is None:
            console.print("\n".join(self.names))
            return
        for log, line in self.lines:
            print(f"{log} | {line}")


def run(environment: str, name: str | None, lines: int) -> Logs:
    """The last lines of every log of that name, oldest log first; without a name, the names that there are.

    Args: name: of a service (``case``) or a server (``egress-eu-west-2a``), or the beginning of a log's name.

    Raises: NothingLogged: there is no such log.
    """
    estate = load_estate(environment)
    if estate.environment.kind is Kind.AWS:
        clients = Clients(estate, None)
        return _of_cloudwatch(environment, name, lines, clients.of("logs", estate.environment.primary.name))
    folder = Places.of(environment).runtime / "logs"
    files = sorted(folder.rglob("*.log"), key=lambda it: it.stat().st_mtime)
    names = sorted({_family(folder, file) for file in files})
    if name is None:
        return Logs(environment, None, names, ())
    chosen = _chosen(folder, files, name, names, environment)
    found = [(_label(folder, file), line) for file in chosen for line in _tail(file, lines)]
    return Logs(environment, name, names, found)


def follow(environment: str, name: str) -> int:
    """New lines have been printed as they were written, until interrupted."""
    folder = Places.of(environment).runtime / "logs"
    opened: dict[Path, TextIO] = {}
    is_first = True
    while True:
        for file in folder.rglob("*.log"):
            if file not in opened and _matches(folder, file, name):
                opened[file] = file.open(errors="replace")
                if is_first:
                    opened[file].seek(0, 2)
        is_first = False
        for file, reader in opened.items():
            for line in reader:
                print(f"{_label(folder, file)} | {line.rstrip()}", flush=True)
        time.sleep(_POLL_SECONDS)


def _of_cloudwatch(environment: str, name: str | None, lines: int, logs: Any) -> Logs:
    prefix = "/estate/"
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix)
    names = [group["logGroupName"].removeprefix(prefix) for page in pages for group in page["logGroups"]]
    if name is None:
        return Logs(environment, None, names, ())
    if name not in names:
        raise _unknown(name, names, environment)
    group = logs.get_paginator("filter_log_events").paginate(logGroupName=f"{prefix}{name}")
    events = [event for page in group for event in page["events"]][-lines:]
    return Logs(environment, name, names, [(it["logStreamName"], it["message"].rstrip()) for it in events])


def _chosen(
    folder: Path, files: Sequence[Path], name: str, names: Sequence[str], environment: str
) -> list[Path]:
    chosen = [file for file in files if _matches(folder, file, name)]
    if not chosen:
        raise _unknown(name, names, environment)
    return chosen


def _unknown(name: str, names: Sequence[str], environment: str) -> NothingLogged:
    there = ", ".join(names) or f"nothing; '{as_called()} up {environment}' starts something that writes"
    return NothingLogged(f"Nothing is logged under {name!r}. There is: {there}.")


def _family(folder: Path, file: Path) -> str:
    """``case`` of ``tasks/case/1a2b.log``; the file's own name elsewhere."""
    parts = file.relative_to(folder).with_suffix("").parts
    return parts[1] if parts[0] == "tasks" and len(parts) > 2 else "/".join(parts)


def _matches(folder: Path, file: Path, name: str) -> bool:
    return _family(folder, file) == name or _label(folder, file).startswith(name)


def _label(folder: Path, file: Path) -> str:
    return str(file.relative_to(folder).with_suffix("")).removeprefix("tasks/")


def _tail(file: Path, lines: int) -> Iterator[str]:
    with file.open("rb") as reader:
        reader.seek(max(0, file.stat().st_size - _TAIL_BYTES))
        yield from reader.read().decode(errors="replace").splitlines()[-lines:]
