"""Whether the condition of a policy's statement holds for a request.

Source: IAM user guide, "IAM JSON policy elements: Condition operators", "Creating a condition with multiple keys or
values" and "Set operators for multivalued context keys".
"""

import fnmatch
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Any

__all__ = ["RequestContext", "holds"]

RequestContext = Mapping[str, str | Sequence[str]]
"""Condition keys, in lower case, and their values. A key that is not there has none."""

_Match = Callable[[str, str], bool]


def holds(condition: Mapping[str, Mapping[str, Any]], context: RequestContext) -> bool:
    """Whether every operator holds for every key that it names.

    Raises:
        ValueError: an operator is none of IAM's.
    """
    return all(
        _operator_holds(operator, _listed(context.get(key.lower())), _listed(wanted))
        for operator, keys in condition.items()
        for key, wanted in keys.items()
    )


def _operator_holds(operator: str, actual: list[str], wanted: list[str]) -> bool:
    quantifier, _, rest = operator.rpartition(":")
    name = rest.removesuffix("IfExists")
    if name == "Null":
        return (not actual) == (wanted[0].lower() == "true")
    match, is_negated = _operator(name)
    if not actual:
        # A negated operator holds where there is nothing to compare, and so does one that asks only if there is.
        return is_negated or name != rest or quantifier == "ForAllValues"
    results = [any(match(value, it) for it in wanted) != is_negated for value in actual]
    return all(results) if quantifier == "ForAllValues" else any(results)


def _operator(name: str) -> tuple[_Match, bool]:
    """How it compares, and whether it holds where none is equal."""
    found = _MATCHES.get(name)
    if found is not None:
        return found, False
    positive = name.replace("Not", "", 1)
    found = _MATCHES.get(positive)
    if found is None or positive == name:
        raise ValueError(f"{name!r} is none of IAM's condition operators. See the IAM user guide for them.")
    return found, True


def _listed(value: Any) -> list[str]:
    match value:
        case None:
            return []
        case bool():
            return [str(value).lower()]
        case list() | tuple():
            return [str(it) for it in value]
        case _:
            return [str(value)]


def _like(value: str, pattern: str) -> bool:
    """``*`` and ``?`` stand for anything; brackets, which fnmatch knows, for themselves."""
    return re.fullmatch(fnmatch.translate(pattern.replace("[", "[[]")), value) is not None


def _arn_like(value: str, pattern: str) -> bool:
    """Each of the six parts of an ARN is compared by itself."""
    parts, patterns = value.split(":", 5), pattern.split(":", 5)
    return len(parts) == len(patterns) and all(map(_like, parts, patterns))


def _number(compare: Callable[[float, float], bool]) -> _Match:
    return lambda value, wanted: compare(float(value), float(wanted))


def _date(compare: Callable[[float, float], bool]) -> _Match:
    return lambda value, wanted: compare(_seconds(value), _seconds(wanted))


def _seconds(text: str) -> float:
    """A date is in ISO 8601, or seconds since the epoch."""
    try:
        return float(text)
    except ValueError:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "Equals": lambda a, b: a == b,
    "LessThan": lambda a, b: a < b,
    "LessThanEquals": lambda a, b: a <= b,
    "GreaterThan": lambda a, b: a > b,
    "GreaterThanEquals": lambda a, b: a >= b,
}

_MATCHES: dict[str, _Match] = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringEqualsIgnoreCase": lambda value, wanted: value.lower() == wanted.lower(),
    "StringLike": _like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "BinaryEquals": lambda value, wanted: value == wanted,
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
    "IpAddress": lambda value, wanted: ip_address(value) in ip_network(wanted, strict=False),
    **{f"Numeric{name}": _number(compare) for name, compare in _COMPARISONS.items()},
    **{f"Date{name}": _date(compare) for name, compare in _COMPARISONS.items()},
}
