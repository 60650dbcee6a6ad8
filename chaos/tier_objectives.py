"""Steady state: what the tier of the catalogue promises, judged from requests that a probe sends."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx

from catalogue import Catalogue
from chaos.exceptions import EstateAway, ExperimentInvalid

__all__ = ["Objectives", "Sample", "objectives_of", "sample"]

ASKED = "/benefits"
REQUESTS = 20
BETWEEN_SECONDS = 0.05
TIMEOUT_SECONDS = 8.0


@dataclass(frozen=True)
class Objectives:
    """Of a tier. Assumptions of this project, as the catalogue says beside each."""

    tier: str
    availability_percent: float
    p99_ms: float
    rto_seconds: float


@dataclass(frozen=True)
class Sample:
    """Attributes: seconds: that each answer took; failed: requests without one, or with an error of the estate's."""

    seconds: Sequence[float]
    failed: int

    @property
    def availability_percent(self) -> float:
        asked = len(self.seconds) + self.failed
        return 100 * len(self.seconds) / asked if asked else 0.0

    @property
    def p99_ms(self) -> float:
        ranked = sorted(self.seconds)
        return 1000 * ranked[math.ceil(0.99 * len(ranked)) - 1] if ranked else math.inf

    def meets(self, wanted: Objectives) -> bool:
        return self.availability_percent >= wanted.availability_percent and self.p99_ms <= wanted.p99_ms


def objectives_of(catalogue: Catalogue, tier: str) -> Objectives:
    """Raises: ExperimentInvalid: the catalogue has no such tier."""
    if tier not in catalogue.tiers:
        raise ExperimentInvalid(f"There is no tier {tier!r}. There are {', '.join(sorted(catalogue.tiers))}.")
    found = catalogue.tiers[tier]
    return Objectives(tier, found.slo.availability_percent, found.slo.p99_ms, found.rto_seconds)


def sample(
    edge: str, transport: httpx.BaseTransport | None = None, sleep: Callable[[float], None] = time.sleep
) -> Sample:
    """What some requests met. Raises: EstateAway: none of them was answered at all, so nothing was measured."""
    seconds: list[float] = []
    failed = silent = 0
    with httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False, transport=transport) as client:
        for _ in range(REQUESTS):
            began = time.monotonic()
            try:
                answer = client.get(edge + ASKED)
            except httpx.HTTPError:
                failed, silent = failed + 1, silent + 1
            else:
                failed += answer.status_code >= 500
                seconds += [time.monotonic() - began] * (answer.status_code < 500)
            sleep(BETWEEN_SECONDS)
    if silent == REQUESTS:
        raise EstateAway(
            f"None of {REQUESTS} requests to {edge} was answered. `estate status` says what runs."
        )
    return Sample(seconds, failed)
