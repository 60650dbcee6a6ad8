"""How many tasks bring a metric to its target."""

import pytest

from twin.aws.emulator.scaling.capacity import Direction, Wish
from twin.aws.emulator.scaling.target_tracking import Tracked, scale_in, scale_out


@pytest.mark.parametrize(
    ("metric", "target", "running", "wanted"),
    [
        pytest.param(75, 50, 4, 6, id="in proportion"),
        pytest.param(51, 50, 4, 5, id="rounded up"),
        pytest.param(100, 50, 4, 8, id="CPU has a ceiling: at most double"),
        pytest.param(4.95, 3.3, 6, 9, id="not one more for a binary digit"),
        pytest.param(900, 50, 0, 1, id="the first one from zero"),
    ],
)
def test_scale_out(metric: float, target: float, running: int, wanted: int) -> None:
    assert scale_out(Tracked(metric, target), running) == Wish(wanted, Direction.OUT)


@pytest.mark.parametrize(
    ("policies", "wanted"),
    [
        pytest.param([(10, 50)], 2, id="in proportion"),
        pytest.param([(11, 50)], 3, id="rounded up: never too few"),
        pytest.param([(0, 50)], 0, id="real zeros lead to none"),
        pytest.param([(10, 50), (40, 50)], 8, id="the policy that wants the most"),
    ],
)
def test_scale_in(policies: list[tuple[float, float]], wanted: int) -> None:
    tracked = [Tracked(metric, target) for metric, target in policies]
    assert scale_in(tracked, 10) == Wish(wanted, Direction.IN)
