"""Errors of the crosswalk.

engine.exceptions.EstateError
└── CrosswalkInvalid    a file of the crosswalk breaks its rules
"""

from collections.abc import Sequence
from pathlib import Path

from engine.exceptions import EstateError

__all__ = ["CrosswalkInvalid"]


class CrosswalkInvalid(EstateError):
    """A file of the crosswalk breaks its rules; every mistake is named."""

    def __init__(self, folder: Path, mistakes: Sequence[str]) -> None:
        self.folder, self.mistakes = folder, tuple(mistakes)
        super().__init__(f"The crosswalk in {folder} cannot be used: {'; '.join(mistakes)}.")
