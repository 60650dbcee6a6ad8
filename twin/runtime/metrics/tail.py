"""A file that grows: what was appended since it was last read."""

import os
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path

__all__ = ["Tail"]

_CHUNK_BYTES = 65_536


@dataclass
class Tail:
    """Reads whole lines. A file that was replaced is read to its end, and the new one from its beginning.

    Attributes: from_start: otherwise what is there at the first look is passed over.
    """

    path: Path
    from_start: bool = True
    _file: BufferedReader | None = field(default=None, repr=False)
    _pending: bytes = field(default=b"", repr=False)

    def read(self) -> list[bytes]:
        """The next lines, a chunk of them at most; none where nothing was appended."""
        file = self._opened()
        if file is None:
            return []
        chunk = file.read(_CHUNK_BYTES) or self._rest(file)
        *lines, self._pending = (self._pending + chunk).split(b"\n")
        if self._file is None:
            self._pending = b""
        return lines

    def close(self) -> None:
        if self._file:
            self._file.close()
        self._file = None

    def _opened(self) -> BufferedReader | None:
        if self._file is None:
            try:
                self._file = self.path.open("rb")
            except FileNotFoundError:
                self.from_start = True
                return None
            if not self.from_start:
                self._file.seek(0, os.SEEK_END)
            self.from_start = True
        return self._file

    def _rest(self, file: BufferedReader) -> bytes:
        """At the end of what there was: another file may have taken the place, or the same one was emptied."""
        mine = os.fstat(file.fileno())
        try:
            is_replaced = self.path.stat().st_ino != mine.st_ino
        except FileNotFoundError:
            return b""
        if is_replaced:
            # What was appended until it was.
            rest = file.read()
            self.close()
            return rest
        if mine.st_size < file.tell():
            file.seek(0)
            self._pending = b""
        return b""
