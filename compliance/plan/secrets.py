"""Keeps secrets out of plan documents."""

from collections.abc import Iterable
from dataclasses import dataclass

from compliance.graph import Graph
from engine import wire
from engine.recorder import is_placeholder

__all__ = ["Scrubber"]

_SHORTEST = 6
"""Characters of a secret that is looked for in other values; a shorter one is a part of too many words."""


@dataclass(frozen=True)
class Scrubber:
    """Takes the texts that are secret anywhere out of every other text. Attributes: words: longest first."""

    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, graph: Graph) -> "Scrubber":
        registrations = [it.registration for it in (*graph.resources, *graph.providers)]
        found = {word for it in registrations for word in wire.secret_words(dict(it.inputs))}
        return cls(tuple(sorted(_worth_hiding(found), key=lambda it: (-len(it), it))))

    def clean(self, text: str) -> str:
        for word in self.words:
            text = text.replace(word, wire.REDACTED)
        return text


def _worth_hiding(words: Iterable[str]) -> Iterable[str]:
    return (it for it in words if len(it) >= _SHORTEST and not is_placeholder(it))
