"""Whether the condition of a policy's statement holds for a request.

Source: IAM user guide, "IAM JSON policy elements: Condition operators", "Creating a condition with multiple keys or
values" and "Set operators for multivalued context keys".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Any

from twin.aws.emulator.authorization.pattern import (
    Values,
    arn_matcher,
    matcher,
    resolved,
    without_variables,
)

__all__ = ["Comparison", "RequestContext", "comparisons_of", "holds"]

RequestContext = Values

_Match = Callable[[str, str], bool]


@dataclass(frozen=True)
class Comparison:
    """One operator for one key.

    Attributes:
        key: in lower case.
        match: how a value of the request is compared with one of the policy; None asks whether the key is there.
        if_exists: a key that is not there is no objection. quantifier: empty, ``ForAllValues`` or ``ForAnyValue``.
    """

    key: str
    wanted: tuple[str, ...]
    match: _Match | None
    is_negated: bool = False
    if_exists: bool = False
    quantifier: str = ""

    def holds(self, context: RequestContext) -> bool:
        actual = _listed(context.get(self.key))
        if self.match is None:
            return (not actual) == (self.wanted[0].lower() == "true")
        if not actual:
            return self._holds_of_nothing()
        match, wanted = self.match, self._resolved(context)
        results = (any(match(value, it) for it in wanted) != self.is_negated for value in actual)
        return all(results) if self.quantifier == "ForAllValues" else any(results)

    def _holds_of_nothing(self) -> bool:
        """A negated operator holds where there is nothing to compare, and so does one that asks only if there is."""
        if self.quantifier == "ForAnyValue":
            return self.if_exists
        return self.is_negated or self.if_exists or self.quantifier == "ForAllValues"

    def _resolved(self, context: RequestContext) -> list[str]:
        found = (resolved(it, context) for it in self.wanted)
        return [it for it in found if it is not None]


def holds(condition: Mapping[str, Mapping[str, Any]], context: RequestContext) -> bool:
    """Whether every operator holds for every key that it names.

    Raises:
        ValueError: an operator is none of IAM's.
    """
    return all(it.holds(context) for it in comparisons_of(condition))


def comparisons_of(
    condition: Mapping[str, Mapping[str, Any]], *, has_variables: bool = True
) -> tuple[Comparison, ...]:
    """Every operator with every key that it names, ready to be asked often.

    Args: has_variables: ``${key}`` stands for a value of the request.
    Raises:
        ValueError: an operator is none of IAM's.
    """
    return tuple(
        _comparison(operator, key, _listed(wanted), has_variables)
        for operator, keys in condition.items()
        for key, wanted in keys.items()
    )


def _comparison(operator: str, key: str, wanted: list[str], has_variables: bool) -> Comparison:
    quantifier, _, rest = operator.rpartition(":")
    name = rest.removesuffix("IfExists")
    values = tuple(wanted if has_variables else map(without_variables, wanted))
    if quantifier not in _QUANTIFIERS or (name == "Null" and (quantifier or rest != name)):
        raise _unknown(operator)
    if name == "Null":
        return Comparison(key.lower(), values, None)
    match, is_negated = _operator(name)
    return Comparison(key.lower(), values, match, is_negated, rest != name, quantifier)


def _operator(name: str) -> tuple[_Match, bool]:
    """How it compares, and whether it holds where none is equal."""
    found = _MATCHES.get(name)
    if found is not None:
        return found, False
    positive = name.replace("Not", "", 1)
    found = _MATCHES.get(positive)
    if found is None or positive == name:
        raise _unknown(name)
    return found, True


def _unknown(operator: str) -> ValueError:
    return ValueError(f"{operator!r} is none of IAM's condition operators. See the IAM user guide for them.")


def _listed(value: Any) -> list[str]:
    match value:
        case None:
            return []
        case bool():
            return [str(value).lower()]
        case list() | tuple():
            items: Sequence[Any] = value
            return [str(it).lower() if isinstance(it, bool) else str(it) for it in items]
        case _:
            return [str(value)]


def _plain(text: str) -> str:
    """What a pattern is for an operator that knows no wildcards."""
    return text.replace("${*}", "*").replace("${?}", "?").replace("${$}", "$")


def _exact(compare: _Match) -> _Match:
    return lambda value, wanted: compare(value, _plain(wanted))


def _number(compare: Callable[[float, float], bool]) -> _Match:
    return _orderly(float, compare)


def _date(compare: Callable[[float, float], bool]) -> _Match:
    return _orderly(_seconds, compare)


def _orderly(read: Callable[[str], float], compare: Callable[[float, float], bool]) -> _Match:
    def matches(value: str, wanted: str) -> bool:
        try:
            return compare(read(value), read(wanted))
        except ValueError:
            return False

    return matches


def _seconds(text: str) -> float:
    """A date is in ISO 8601, or seconds since the epoch."""
    try:
        return float(text)
    except ValueError:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def _within(value: str, wanted: str) -> bool:
    try:
        return ip_address(value) in ip_network(wanted, strict=False)
    except ValueError:
        return False


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "Equals": lambda a, b: a == b,
    "LessThan": lambda a, b: a < b,
    "LessThanEquals": lambda a, b: a <= b,
    "GreaterThan": lambda a, b: a > b,
    "GreaterThanEquals": lambda a, b: a >= b,
}

_QUANTIFIERS = ("", "ForAllValues", "ForAnyValue")

_MATCHES: dict[str, _Match] = {
    "StringEquals": _exact(lambda value, wanted: value == wanted),
    "StringEqualsIgnoreCase": _exact(lambda value, wanted: value.lower() == wanted.lower()),
    "StringLike": lambda value, wanted: matcher(wanted)(value),
    "ArnEquals": lambda value, wanted: arn_matcher(wanted)(value),
    "ArnLike": lambda value, wanted: arn_matcher(wanted)(value),
    "BinaryEquals": _exact(lambda value, wanted: value == wanted),
    "Bool": _exact(lambda value, wanted: value.lower() == wanted.lower()),
    "IpAddress": _within,
    **{f"Numeric{name}": _number(compare) for name, compare in _COMPARISONS.items()},
    **{f"Date{name}": _date(compare) for name, compare in _COMPARISONS.items()},
}
