"""What a person and a program see: tables and progress, or one JSON document."""

import json
import logging
import sys
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from rich.console import Console
from rich.live import Live
from rich.logging import RichHandler
from rich.text import Text

if TYPE_CHECKING:
    from engine.deployment import Step

__all__ = ["Judged", "Progress", "Result", "Terminal"]


class Result(Protocol):
    """What a command found. `holds` decides between exit codes 0 and 1."""

    @property
    def holds(self) -> bool: ...

    def to_json(self) -> Mapping[str, Any]:
        """The document that `--json` prints; its keys are a contract."""
        ...

    def show(self, console: Console) -> None: ...


class Judged(Result, Protocol):
    """What was put to the proof. `is_void`: it proves nothing, neither that it holds nor that it does not."""

    @property
    def is_void(self) -> bool: ...


class Terminal:
    """Results go to stdout; everything else goes to stderr.

    Args: as_json: one JSON document on stdout, and no progress.
    """

    def __init__(self, as_json: bool, verbose: bool = False) -> None:
        self.as_json = as_json
        self.out = Console(soft_wrap=not sys.stdout.isatty())
        self.err = Console(stderr=True, soft_wrap=not sys.stderr.isatty())
        logging.basicConfig(
            level=logging.DEBUG if verbose else logging.WARNING,
            format="%(message)s",
            handlers=[RichHandler(console=self.err, show_time=False, show_path=False)],
            force=True,
        )

    def report(self, result: Result) -> int:
        """The exit code, after the result was shown."""
        if self.as_json:
            # Indented for a person only: json's fast encoder does not indent, and a graph is megabytes.
            indent = 2 if sys.stdout.isatty() else None
            sys.stdout.write(json.dumps(result.to_json(), sort_keys=True, indent=indent) + "\n")
        else:
            result.show(self.out)
        return 0 if result.holds else 1

    def note(self, text: str) -> None:
        """One line for a person, also where nobody looks at a terminal."""
        if not self.as_json:
            self.err.print(Text(text))

    def trace(self, text: str) -> None:
        """A failed program's own trace, for whoever asked for it with --verbose."""
        logging.getLogger("estate").debug("%s", text)

    def progress(self) -> "Progress":
        return Progress(self)


class Progress:
    """Which stack is worked on, and what was done with it so far."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._counts: dict[str, Counter[str]] = {}
        self._live: Live | None = None

    def __enter__(self) -> "Progress":
        if self._terminal.err.is_terminal and not self._terminal.as_json:
            self._live = Live(console=self._terminal.err, transient=True, refresh_per_second=4)
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def step(self, stack: str, step: "Step") -> None:
        self._counts.setdefault(stack, Counter())[step.action] += 1
        if self._live:
            self._live.update(Text(f"  {self.summary(stack)}", style="dim"))

    def say(self, text: str) -> None:
        """What is worked on now, on a terminal."""
        if self._live:
            self._live.update(Text(f"  {text}", style="dim"))

    def finished(self, stack: str) -> None:
        """The stack is done: one line stays."""
        self._terminal.note(f"  {self.summary(stack)}")

    def summary(self, stack: str) -> str:
        counts = self._counts.get(stack, Counter())
        return f"{stack:<32} " + (
            ", ".join(f"{count} {action}" for action, count in sorted(counts.items())) or "empty"
        )
