"""Errors of the reports.

engine.exceptions.EstateError
├── ResultUnreadable    a stored result is no result
└── ReportUnwritable    the folder of the reports takes no file
"""

from pathlib import Path

from engine.exceptions import EstateError

__all__ = ["ReportUnwritable", "ResultUnreadable"]


class ResultUnreadable(EstateError):
    """A stored result is no result, so nothing can be compared with it."""

    def __init__(self, file: Path, why: str) -> None:
        self.file, self.why = file, why
        super().__init__(
            f"{file} is no result of a scan ({why}). Give the {'result.json'!r} that 'estate scan --output' wrote."
        )


class ReportUnwritable(EstateError):
    """The folder of the reports takes no file."""

    def __init__(self, folder: Path, why: str) -> None:
        self.folder, self.why = folder, why
        super().__init__(f"No report can be written to {folder} ({why}). Give another folder with --output.")
