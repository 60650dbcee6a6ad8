"""Runs for tests: a clock that is told the time, and an estate that says what it is told to say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evidence import Acknowledgement, Commit, Effect, EnvironmentLabel, Run

__all__ = ["AWS", "BEGAN_AT", "TWIN", "Clock", "Estate", "begin", "holding"]

BEGAN_AT = 1_793_520_000.0
TWIN = EnvironmentLabel("slice", "twin", "portal, one cell, case, payments", "a task has 8 slots", "aws")
AWS = EnvironmentLabel("staging", "aws", "the whole catalogue")


@dataclass
class Clock:
    now: float = BEGAN_AT

    def __call__(self) -> float:
        return self.now


@dataclass
class Estate:
    """The estate's side: what it has of each key; keys that it does not name took effect once."""

    told: Mapping[str, Effect | None] = field(default_factory=dict[str, Effect | None])

    def effects(self, promises: Sequence[Acknowledgement]) -> Mapping[str, Effect]:
        told = {it.key: self.told.get(it.key, Effect(1)) for it in promises}
        return {key: effect for key, effect in told.items() if effect is not None}


def begin(root: Path, **changes: Any) -> Run:
    """A load test on a twin that has just begun."""
    wanted: dict[str, Any] = {
        "kind": "load",
        "name": "ten-fold-step",
        "environment": TWIN,
        "seed": 7,
        "configuration": {"rate_per_second": 50, "mix": {"apply": 0.35}},
        "root": root,
        "clock": Clock(),
        "who": "tester",
        "commit": Commit("c0ffee" * 6 + "abcd", changed=False),
    }
    return Run.begin(**(wanted | changes))


def holding(root: Path, **changes: Any) -> Run:
    """One with an objective that holds."""
    run = begin(root, **changes)
    run.objective("operations failed", "0", "0 of 900", True)
    return run
