"""The degradation contract: for each dependency, what the service still does without it."""

from collections.abc import Iterable, Mapping

__all__ = ["Contract"]


class Contract:
    """What the catalogue promises, said in the answers of the service."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        self._sentences = sentences

    def without(self, *dependencies: str) -> list[dict[str, str]]:
        """The member ``degraded`` of an answer that was given without these dependencies."""
        return [self._clause(it) for it in dict.fromkeys(dependencies)]

    def mark(self, document: dict[str, object], dependencies: Iterable[str]) -> dict[str, object]:
        """The document says what it was made without; it stays as it is where nothing was missing."""
        away = list(dependencies)
        return document | {"degraded": self.without(*away)} if away else document

    def _clause(self, dependency: str) -> dict[str, str]:
        sentence = self._sentences.get(dependency, "Nothing was promised for its absence.")
        return {"dependency": dependency, "what_still_works": sentence}
