"""A statement of a policy document, with one spelling for the several that IAM allows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Principal", "Statement", "statements_of"]

ANYONE = "*"
_NARROWING = ("string", "arn", "ipaddress", "bool")
"""How operators begin that can narrow whom a statement is for; `Not…`, `Null`, numbers and dates do not."""


@dataclass(frozen=True)
class Principal:
    """Attributes: kind: AWS, Service, Federated or CanonicalUser; AWS for the bare `*`."""

    kind: str
    name: str

    @property
    def is_anyone(self) -> bool:
        return self.kind == "AWS" and self.name == ANYONE

    @property
    def account(self) -> str:
        """The twelve digits of an AWS principal; '' where it has none."""
        parts = self.name.split(":")
        account = parts[4] if len(parts) > 4 else self.name
        return account if account.isdigit() else ""


@dataclass(frozen=True)
class Statement:
    """Attributes: limits: condition keys, in lower case, under an operator that narrows."""

    sid: str
    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[Principal, ...]
    limits: frozenset[str]
    inverted: tuple[str, ...]
    """Which of NotAction, NotResource and NotPrincipal it has."""


def statements_of(document: Mapping[str, Any]) -> Iterator[Statement]:
    """In their order; a single statement need not stand in a list."""
    given = document.get("Statement", [])
    for number, it in enumerate(given if isinstance(given, list) else [given], start=1):
        yield Statement(
            sid=it.get("Sid") or f"#{number}",
            allows=it.get("Effect") == "Allow",
            actions=_several(it.get("Action", ())),
            resources=_several(it.get("Resource", ())),
            principals=tuple(_principals(it.get("Principal", {}))),
            limits=frozenset(_limits(it.get("Condition", {}))),
            inverted=tuple(name for name in ("NotAction", "NotResource", "NotPrincipal") if name in it),
        )


def _several(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _principals(value: Any) -> Iterator[Principal]:
    if isinstance(value, str):
        yield Principal("AWS", value)
        return
    for kind, names in value.items():
        yield from (Principal(kind, name) for name in _several(names))


def _limits(condition: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for operator, keys in condition.items():
        bare = operator.lower().rpartition(":")[2]
        # An operator with IfExists holds where the key is missing, and ForAllValues where it is empty: neither narrows.
        if bare.endswith("ifexists") or operator.lower().startswith("forallvalues:"):
            continue
        if bare.startswith(_NARROWING) and "not" not in bare:
            yield from (key.lower() for key, value in keys.items() if ANYONE not in _several(_text(value)))


def _text(value: Any) -> Any:
    return value if isinstance(value, str | list) else str(value)
