"""What can be wrong with a catalogue.

    CatalogueError                 carries every problem that was found
    ├── CatalogueInvalid           files that can be read and break rules
    ├── CatalogueUnreadable        a folder or a file that is not there or is not text
    └── UnknownEnvironment         a name that environments.yaml does not have

None of these is cured by trying again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

__all__ = [
    "MISSING",
    "CatalogueError",
    "CatalogueInvalid",
    "CatalogueUnreadable",
    "Problem",
    "UnknownEnvironment",
]


class _Missing:
    """Stands for a value that was not given, where None would be a value."""

    def __repr__(self) -> str:
        return "nothing"


MISSING: Final = _Missing()


@dataclass(frozen=True)
class Problem:
    """One broken rule, at one place."""

    file: str
    line: int | None
    """Counted from 1; None where the problem is not on a line of the file."""
    entry: str
    """The entry's key, with its section where the file has several: `databases.core`."""
    field: str
    """The path inside the entry: `scaling.counts.local`; empty for the entry as a whole."""
    value: object
    rule: str
    """A clause that says what must be, without a full stop."""
    allowed: str
    """A sentence, or two, that says what is allowed or what to do."""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        subject = ".".join(part for part in (self.entry, self.field) if part)
        return f"{place}: {subject + ': ' if subject else ''}{self.rule}, got {self.value!r}. {self.allowed}"


class CatalogueError(Exception):
    """The catalogue cannot be used. `problems` holds every reason, by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=_position))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class CatalogueInvalid(CatalogueError):
    """The files can be read, and what they say breaks rules."""


class CatalogueUnreadable(CatalogueError):
    """The catalogue's folder, or one of its files, is not there or is not text."""


class UnknownEnvironment(CatalogueError):
    """An environment was asked for that environments.yaml does not have."""


def _position(problem: Problem) -> tuple[str, int, str, str, str]:
    return problem.file, problem.line or 0, problem.entry, problem.field, problem.rule
