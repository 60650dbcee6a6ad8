"""`estate graph`: the estate as a picture."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from engine.exceptions import EstateError
from engine.session import StackRun
from estate.evaluation import Evaluation
from estate.picture.mermaid import to_mermaid
from estate.picture.model import Picture
from estate.picture.parts import Stack
from estate.picture.reading import read
from estate.picture.svg import to_svg
from estate.terminal import Terminal
from stacks.names import StackName

__all__ = ["Graph", "run"]

_WRITERS: Mapping[str, Callable[[Picture], str]] = {".svg": to_svg, ".mmd": to_mermaid}


@dataclass(frozen=True)
class Graph:
    """Attributes: output: the file that was written, None where none was asked for."""

    picture: Picture
    output: Path | None

    @property
    def holds(self) -> bool:
        return True

    def to_json(self) -> Mapping[str, Any]:
        return {
            "environment": self.picture.environment,
            "nodes": [node.to_json() for node in self.picture.nodes],
            "edges": [edge.to_json() for edge in self.picture.edges],
            "output": str(self.output) if self.output else None,
        }

    def show(self, console: Console) -> None:
        nodes, edges = len(self.picture.nodes), len(self.picture.edges)
        console.print(
            f"{self.output}: {self.picture.environment} with {self.picture.resource_count} resources, "
            f"drawn as {nodes} parts and {edges} ways between them.",
            highlight=False,
        )


def run(environment: str, terminal: Terminal, output: str | None) -> Graph:
    """The picture is in the file named, or else, for a person, in `estate-<environment>.svg` in this folder.

    Raises: EstateError: the file's name ends in neither .svg nor .mmd, or it cannot be written.
    """
    file = _file(environment, terminal, output)
    with Evaluation.of(environment) as evaluation, terminal.progress() as progress:
        session = evaluation.session(on_step=progress.step, on_trace=terminal.trace)
        names = evaluation.stacks()
        runs = session.every([str(name) for name in names], session.preview)
        picture = read(environment, [_stack(name, run) for name, run in zip(names, runs, strict=True)])
    if file:
        _write(file, _WRITERS[file.suffix](picture))
    return Graph(picture, file)


def _file(environment: str, terminal: Terminal, output: str | None) -> Path | None:
    if output is None:
        return None if terminal.as_json else Path(f"estate-{environment}.svg")
    file = Path(output)
    if file.suffix not in _WRITERS:
        raise EstateError(
            f"A picture is written as {' or '.join(_WRITERS)}, got {output!r}. Choose one of these endings."
        )
    return file


def _stack(name: StackName, run: StackRun) -> Stack:
    region = run.deployment.settings.config["aws:region"]
    return Stack(name, region, list(run.deployment.registrations.values()))


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EstateError(
            f"The picture could not be written to {str(file)!r}: {error.strerror}. Name another file."
        ) from error
