"""Carries out `Kept` rules: remembers what a request gave, and puts it into the answers that show it."""

import functools
from typing import Any

import jmespath
from jmespath.parser import ParsedResult

from twin.aws.emulator.call import Call, Document
from twin.aws.emulator.extension import Kept
from twin.aws.emulator.memory import Collection, Memory

__all__ = ["carry_over"]


def carry_over(rule: Kept, call: Call, document: Document, memory: Memory) -> None:
    """The answer's document shows what was given in this call and in earlier ones."""
    collection = memory.collection(call.account, call.region, call.service, rule.kind)
    items = _items(rule, call, document)
    with memory.lock:
        if call.name in rule.writes:
            _remember(rule, call, items, collection)
        for item in items:
            item.update({name: value for name, value in rule.defaults.items() if item.get(name) is None})
            item.update(collection.get(_key(rule, call, item), {}))


def _key(rule: Kept, call: Call, item: Document | None) -> str:
    path = rule.parameter_key.get(call.name)
    return str(_find(path, call.parameters) if path else _find(rule.key, item))


def _items(rule: Kept, call: Call, document: Document) -> list[Document]:
    path = rule.shows.get(call.name)
    found = _find(path, document) if path else None
    return found if isinstance(found, list) else [found] if isinstance(found, dict) else []


def _remember(rule: Kept, call: Call, items: list[Document], collection: Collection) -> None:
    key = _key(rule, call, items[0] if items else None)
    if call.name in rule.creates:
        collection.pop(key, None)
    given = _find(rule.writes[call.name], call.parameters) or {}
    found = {name: _find(path, given) for name, path in rule.members.items()}
    remembered = collection.setdefault(key, {})
    remembered.update({name: value for name, value in found.items() if value is not None})


def _find(path: str, document: Any) -> Any:
    return _compiled(path).search(document)


@functools.cache
def _compiled(path: str) -> ParsedResult:
    return jmespath.compile(path)
