"""The commands that a document shows, by the tag of their block: who runs them."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Shown", "shown"]

DOCUMENTS = Path(__file__).parents[2] / "docs"
_BLOCK = re.compile(r"^```([^\n]+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Shown:
    """Attributes: blocks: tag and text of each."""

    text: str
    blocks: tuple[tuple[str, str], ...]

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.blocks}

    def arguments(self, command: str, tag: str | None = None) -> list[list[str]]:
        """Of each line that begins with the command. Args: tag: only of blocks with it."""
        lines = [line for it, text in self.blocks if tag in (None, it) for line in text.splitlines()]
        begin = f"$ {command} "
        return [shlex.split(line.removeprefix(begin)) for line in lines if line.startswith(begin)]


def shown(name: str) -> Shown:
    """Args: name: of a file below docs/."""
    text = (DOCUMENTS / name).read_text()
    return Shown(text, tuple(_BLOCK.findall(text)))
