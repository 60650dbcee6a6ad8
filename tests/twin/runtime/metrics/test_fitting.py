"""The two delays of publication are what is left of the times that AWS published, and nothing else."""

import random

import pytest

from twin.runtime.metrics.fitting import delay_seconds, trigger_seconds
from twin.runtime.profile import PROFILES, TIMINGS, Basis

KINDS = [
    pytest.param("metric_publication", 363.0, 60.0, 60.0, id="of a minute"),
    pytest.param("metric_publication_high_resolution", 86.0, 20.0, 10.0, id="of 20 seconds"),
]


@pytest.mark.parametrize(("name", "published", "period", "evaluation"), KINDS)
def test_the_profile_has_the_fitted_delay(
    name: str, published: float, period: float, evaluation: float
) -> None:
    assert PROFILES["aws"].seconds(name) == delay_seconds(published, period, evaluation)
    assert TIMINGS[name].basis is Basis.FITTED


@pytest.mark.parametrize(("name", "published", "period", "evaluation"), KINDS)
def test_a_step_at_any_moment_triggers_on_average_when_aws_says(
    name: str, published: float, period: float, evaluation: float
) -> None:
    """Played through: periods, publication and evaluation, each with a phase of its own."""
    chance = random.Random(1)
    delay = PROFILES["aws"].seconds(name)
    found = [_played(chance, period, delay, evaluation) for _ in range(4_000)]
    assert sum(found) / len(found) == pytest.approx(published, rel=0.02)
    assert trigger_seconds(period, delay, evaluation) == published


def _played(chance: random.Random, period: float, delay: float, evaluation: float) -> float:
    step = chance.uniform(0, period)
    first = 0 if period - step >= period / 2 else 1
    readable = (first + 3) * period + delay
    phase = chance.uniform(0, evaluation)
    evaluated = phase + evaluation * max(0, -(-(readable - phase) // evaluation))
    return evaluated - step
