"""Append-only files of JSON lines, whose last line may have been cut short by a kill."""

import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from evidence.exceptions import RecordUnreadable

__all__ = ["append_line", "canonical", "drop_cut_line", "plain", "read_lines"]


def canonical(value: Any) -> str:
    """The same text for the same value: keys in order, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def plain(value: Any) -> Any:
    """The value as JSON can hold it: what is not a number is None, what JSON has no word for is its text."""
    match value:
        case None | bool():
            return value
        case int():
            return int(value)
        case float():
            return float(value) if math.isfinite(value) else None
        case str():
            return value.encode("utf-8", "replace").decode()
        case Mapping():
            return {plain(str(key)): plain(it) for key, it in value.items()}
        case Iterable() if not isinstance(value, bytes | bytearray):
            return [plain(it) for it in value]
        case _:
            return str(value)


def append_line(descriptor: int, value: Mapping[str, Any]) -> None:
    """The kernel has the whole line, whatever happens to this process."""
    rest = memoryview(canonical(value).encode() + b"\n")
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def drop_cut_line(descriptor: int) -> None:
    """The file ends with a whole line: one that was cut short said nothing yet."""
    size = os.fstat(descriptor).st_size
    kept = os.pread(descriptor, size, 0).rfind(b"\n") + 1
    if kept < size:
        os.ftruncate(descriptor, kept)


def read_lines(file: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file, without a last line that was cut short.

    Raises: RecordUnreadable: a line that is no JSON object.
    """
    with file.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            if line.endswith("\n"):
                yield _object(line, f"{file}, line {number}")


def _object(line: str, where: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise RecordUnreadable(f"{where} is not a JSON object. It was changed, or its disk is at fault.")
    return value
