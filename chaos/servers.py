"""How busy a twin's emulator and Envoys were during a run: seen by whoever starts it, read when a round is judged.

An experiment knows AWS's API and HTTP only, and neither says which process serves them on this machine.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from evidence.lines import read_lines
from load_tests.observation import LOOK_SECONDS, busiest_of

__all__ = ["busiest_servers", "watched"]

Look = Callable[[], Mapping[str, float]]


@contextmanager
def watched(look: Look, file: Path, every_seconds: float = LOOK_SECONDS) -> Iterator[None]:
    """Meanwhile what each look sees is a line of the file. Args: look: percent of a core since the last, by server."""
    over = threading.Event()

    def watch() -> None:
        with file.open("a", encoding="utf-8") as out:
            while not over.wait(every_seconds):
                out.write(json.dumps({"at": time.time(), "used": dict(look())}) + "\n")
                out.flush()

    thread = threading.Thread(target=watch, name="servers", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def busiest_servers(file: Path, begin_at: float, end_at: float) -> dict[str, float] | None:
    """The most of a core that each used on average over some looks; None where nobody looked in that time."""
    looks = [it["used"] for it in _looks(file) if begin_at <= it["at"] <= end_at]
    return busiest_of(looks) if looks else None


def _looks(file: Path) -> Iterator[dict[str, Any]]:
    if file.exists():
        yield from read_lines(file)
