"""A policy document, read once and asked often.

Source: IAM user guide, "IAM JSON policy elements reference",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import functools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from twin.aws.emulator.authorization.caller import Caller, Closeness, Principals
from twin.aws.emulator.authorization.exceptions import MalformedPolicy
from twin.aws.emulator.authorization.keys import is_known
from twin.aws.emulator.authorization.pattern import Values, matcher, resolved, without_variables
from twin.aws.emulator.conditions import Comparison, comparisons_of

__all__ = ["ANY_RESOURCE", "Effect", "Policy", "Statement", "read"]

ANY_RESOURCE = ""
"""In place of the ARN of a resource that is not known: only a statement about all resources allows it."""

_PASSING = ("aws:currenttime", "aws:epochtime", "aws:tokenissuetime", "aws:userid", "assumed-role/")

_VERSION_WITH_VARIABLES = "2012-10-17"


class Effect(StrEnum):
    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True)
class Patterns:
    """Of actions or resources. Attributes: excludes: what they do not match is meant."""

    patterns: tuple[str, ...]
    excludes: bool = False


@dataclass(frozen=True, eq=False)
class Statement:
    """Attributes:
    place: its number in the policy, from 0.
    principals: None in a policy of an identity.
    fault: why its condition cannot be judged here; such a statement never allows, and denies whatever it is about.
    """

    sid: str
    place: int
    effect: Effect
    actions: Patterns
    resources: Patterns
    comparisons: tuple[Comparison, ...] = ()
    principals: Principals | None = None
    excludes_principals: bool = False
    fault: str = ""

    def is_about_action(self, action: str) -> bool:
        found = any(matcher(it.lower())(action.lower()) for it in self.actions.patterns)
        return found != self.actions.excludes

    def is_about_resource(self, resource: str, context: Values) -> bool:
        if resource == ANY_RESOURCE:
            return self.effect is Effect.DENY or (
                "*" in self.resources.patterns and not self.resources.excludes
            )
        found = any(_covers(it, resource, context) for it in self.resources.patterns)
        return found != self.resources.excludes

    def was_used(self, pattern: str, actions: Iterable[str]) -> bool:
        """Whether one of the actions is one that this pattern of its own stands for."""
        return any(matcher(pattern.lower())(it.lower()) for it in actions)

    def closeness(self, caller: Caller) -> Closeness:
        """How it names the caller; a policy of an identity names it directly."""
        if self.principals is None:
            return Closeness.DIRECT
        named = self.principals.closeness(caller)
        if not self.excludes_principals:
            return named
        return Closeness.ROLE if named is Closeness.NOT_NAMED else Closeness.NOT_NAMED

    def holds(self, context: Values) -> bool:
        if self.fault:
            return self.effect is Effect.DENY
        return all(it.holds(context) for it in self.comparisons)


@dataclass(frozen=True, eq=False)
class Policy:
    """Attributes:
    name: what its owner calls it; the ARN of a managed one.
    is_timeless: what it says of a request depends on neither the time nor which of a role's sessions asks.
    """

    name: str
    statements: tuple[Statement, ...]
    is_timeless: bool = True

    def about(self, action: str) -> tuple[Statement, ...]:
        """The statements that concern the action."""
        return _about(self, action)


@functools.lru_cache(maxsize=50_000)
def _about(policy: Policy, action: str) -> tuple[Statement, ...]:
    return tuple(it for it in policy.statements if it.is_about_action(action))


@functools.lru_cache(maxsize=5_000)
def read(name: str, text: str) -> Policy:
    """The policy of the document.

    Raises: MalformedPolicy
    """
    try:
        document = json.loads(text)
        statements = _listed(document["Statement"])
        version = document.get("Version")
        read_statements = tuple(_statement(place, it, version) for place, it in enumerate(statements))
        return Policy(name, read_statements, not any(it in text.lower() for it in _PASSING))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MalformedPolicy(f"{type(error).__name__}: {error}") from error


def _statement(place: int, given: Mapping[str, Any], version: str | None) -> Statement:
    has_variables = version == _VERSION_WITH_VARIABLES
    principal = given.get("Principal", given.get("NotPrincipal"))
    comparisons, fault = _condition(given.get("Condition") or {}, has_variables)
    return Statement(
        sid=str(given.get("Sid", "")),
        place=place,
        effect=Effect(given["Effect"]),
        actions=_patterns(given, "Action"),
        resources=_patterns(given, "Resource", has_variables=has_variables),
        comparisons=comparisons,
        principals=None if principal is None else Principals.read(principal),
        excludes_principals="NotPrincipal" in given,
        fault=fault,
    )


def _condition(given: Mapping[str, Any], has_variables: bool) -> tuple[tuple[Comparison, ...], str]:
    try:
        comparisons = comparisons_of(given, has_variables=has_variables)
    except ValueError as error:
        return (), str(error)
    unknown = [it.key for it in comparisons if not is_known(it.key)]
    fault = f"the condition key {unknown[0]!r} is none that the emulator knows" if unknown else ""
    return comparisons, fault


def _patterns(given: Mapping[str, Any], element: str, *, has_variables: bool = True) -> Patterns:
    """Where a statement names no resource, as a trust policy, it is about the one that it belongs to."""
    excludes = f"Not{element}" in given
    found: Iterable[str] = map(str, _listed(given.get(f"Not{element}" if excludes else element, "*")))
    return Patterns(tuple(found if has_variables else map(without_variables, found)), excludes)


def _covers(pattern: str, resource: str, context: Values) -> bool:
    text = resolved(pattern, context)
    return text is not None and matcher(text)(resource)


def _listed(value: Any) -> list[Any]:
    """IAM writes one of something and a list of them alike."""
    return value if isinstance(value, list) else [value]
