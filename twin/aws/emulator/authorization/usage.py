"""Which permissions were used, and what was refused."""

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from twin.aws.emulator.authorization.decision import Ruling
from twin.aws.emulator.authorization.policy import Effect, Policy, Statement

__all__ = ["MOST_REFUSALS", "Usage", "role_document"]

MOST_REFUSALS = 1_000
"""Kinds of refusals that are kept; the oldest go first."""


@dataclass
class _Refusal:
    count: int = 0
    at: float = 0.0


class Usage:
    """Counts since the emulator began. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._allowed: Counter[tuple[str, str, int, str]] = Counter()
        self._last: dict[tuple[str, str], float] = {}
        self._refused: OrderedDict[tuple[str, str, str, str], _Refusal] = OrderedDict()

    def allowed(self, role_arn: str, by: Iterable[Ruling], action: str, at: float) -> None:
        with self._lock:
            self._last[role_arn, action] = at
            for policy, statement in by:
                self._allowed[role_arn, policy.name, statement.place, action] += 1

    def refused(self, role_arn: str, action: str, resource: str, reason: str, at: float) -> None:
        with self._lock:
            refusal = self._refused.setdefault((role_arn, action, resource, reason), _Refusal())
            refusal.count, refusal.at = refusal.count + 1, at
            while len(self._refused) > MOST_REFUSALS:
                self._refused.popitem(last=False)

    def by_statement(self, role_arn: str) -> Mapping[tuple[str, int], Mapping[str, int]]:
        """How often a statement allowed each action, by policy and place."""
        with self._lock:
            counts = [(key, count) for key, count in self._allowed.items() if key[0] == role_arn]
        found: dict[tuple[str, int], dict[str, int]] = {}
        for (_, policy, place, action), count in counts:
            found.setdefault((policy, place), {})[action] = count
        return found

    def refusals(self, role_arn: str) -> list[dict[str, Any]]:
        with self._lock:
            found = [(key, it.count, it.at) for key, it in self._refused.items() if key[0] == role_arn]
        return [
            {"action": action, "resource": resource, "reason": reason, "count": count, "at": at}
            for (_, action, resource, reason), count, at in found
        ]

    def last_used(self, role_arn: str) -> Mapping[str, float]:
        """When each action was last allowed, in seconds since the epoch."""
        with self._lock:
            return {action: at for (role, action), at in self._last.items() if role == role_arn}


def role_document(role_arn: str, policies: Iterable[Policy], usage: Usage) -> dict[str, Any]:
    """What a role may do, how often it did, and which of it never."""
    used = usage.by_statement(role_arn)
    shown = [
        _statement(policy, it, used.get((policy.name, it.place), {}))
        for policy in policies
        for it in policy.statements
    ]
    return {
        "role_arn": role_arn,
        "statements": shown,
        "refused": usage.refusals(role_arn),
        "unused": [
            {"policy": it["policy"], "sid": it["sid"], "actions": it["unused"]}
            for it in shown
            if it["unused"]
        ],
    }


def _statement(policy: Policy, statement: Statement, used: Mapping[str, int]) -> dict[str, Any]:
    actions = list(statement.actions.patterns)
    is_grant = statement.effect is Effect.ALLOW and not statement.actions.excludes
    return {
        "policy": policy.name,
        "sid": statement.sid,
        "place": statement.place,
        "effect": statement.effect.value,
        "resources": list(statement.resources.patterns),
        "allowed": sum(used.values()),
        "used": dict(sorted(used.items())),
        "unused": [it for it in actions if not statement.was_used(it, used)] if is_grant else [],
    }
