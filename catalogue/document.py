"""Reads one YAML file strictly, and remembers the line of every key.

YAML lets a second key of the same name win silently, and lets an alias stand for text that is elsewhere. Both
hide what an entry says, so both are problems here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from catalogue.exceptions import CatalogueUnreadable, Problem

__all__ = ["Document", "KeyPath", "read_document"]

KeyPath = tuple[str | int, ...]
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Document:
    """One file: what it says, where it says it, and what is wrong with it as YAML."""

    file: str
    content: Mapping[str, object]
    line_by_path: Mapping[KeyPath, int]
    problems: tuple[Problem, ...] = ()

    def line(self, path: KeyPath) -> int | None:
        """The line of the key at `path`, or of the nearest key above it that the file has."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.line_by_path:
                return self.line_by_path[path[:length]]
        return None


def read_document(path: Path) -> Document:
    """The file as a mapping; whatever is not strict YAML is listed in `problems`.

    Raises: CatalogueUnreadable where there is no such file, or it is not UTF-8.
    """
    text = _text(path)
    tabs = tuple(_tabs(path.name, text))
    if tabs:
        return Document(path.name, {}, {}, tabs)
    try:
        return _Composition(path.name, text).document()
    except yaml.MarkedYAMLError as error:
        return Document(path.name, {}, {}, (_syntax_problem(path.name, error),))
    except yaml.YAMLError as error:
        rule, advice = "The file must be YAML", "Remove the characters that YAML does not allow."
        return Document(path.name, {}, {}, (Problem(path.name, None, "", "", str(error), rule, advice),))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        rule = "The file must be there and be UTF-8 text"
        advice = f"Restore it in {str(path.parent)!r}, or point ESTATE_CATALOGUE at a whole catalogue."
        reason = error.strerror if isinstance(error, OSError) else error.reason
        raise CatalogueUnreadable([Problem(path.name, None, "", "", reason, rule, advice)]) from error


def _tabs(file: str, text: str) -> Iterator[Problem]:
    for number, line in enumerate(text.splitlines(), start=1):
        indentation = line[: len(line) - len(line.lstrip())]
        if "\t" in indentation:
            rule, advice = "Indentation must be spaces", "Replace each tab by two spaces."
            yield Problem(file, number, "", "", indentation, rule, advice)


def _syntax_problem(file: str, error: yaml.MarkedYAMLError) -> Problem:
    line = None if error.problem_mark is None else error.problem_mark.line + 1
    what = error.problem or error.context or "something else"
    advice = (
        "Mend the line, or the one above it: a colon, a quote or an indentation is usually what is wrong."
    )
    return Problem(file, line, "", "", what, "The file must be YAML", advice)


class _Composition:
    """Turns YAML's nodes into plain values while the line of each is still known."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.loader = Loader(text)
        self.line_by_path: dict[KeyPath, int] = {}
        self.problems: list[Problem] = []
        self.seen: set[int] = set()

    def document(self) -> Document:
        try:
            root = self.loader.get_single_node()
            content = self._root(root)
        finally:
            self.loader.dispose()
        return Document(self.file, content, self.line_by_path, tuple(self.problems))

    def _root(self, root: yaml.Node | None) -> Mapping[str, object]:
        if isinstance(root, yaml.MappingNode):
            return self._mapping(root, ())
        value = None if root is None else self._value(root, ())
        self._refuse(
            root, (), value, "The file must be a mapping of entries", "Write one key for each entry."
        )
        return {}

    def _value(self, node: yaml.Node, path: KeyPath) -> object:
        if id(node) in self.seen:
            advice = "Write the value out: an entry is read where it stands."
            self._refuse(node, path, "an alias", "Anchors and aliases must not be used", advice)
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(child, (*path, index)) for index, child in enumerate(node.value)]
        return self.loader.construct_object(node)

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, object]:
        mapping: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is None or key_node.tag != "tag:yaml.org,2002:str":
                advice = "Write a name; put it in quotes where YAML takes it for a number or a truth value."
                self._refuse(key_node, path, key, "A key must be a name", advice)
            elif key in mapping:
                first = self.line_by_path[(*path, key)]
                advice = f"Line {first} has it already; keep one of the two."
                self._refuse(key_node, path, key, "A key must stand once", advice)
            else:
                self.line_by_path[(*path, key)] = key_node.start_mark.line + 1
                mapping[key] = self._value(value_node, (*path, key))
        return mapping

    def _refuse(self, node: yaml.Node | None, path: KeyPath, value: object, rule: str, advice: str) -> None:
        line = None if node is None else node.start_mark.line + 1
        entry, field = str(path[0]) if path else "", ".".join(str(part) for part in path[1:])
        self.problems.append(Problem(self.file, line, entry, field, value, rule, advice))
