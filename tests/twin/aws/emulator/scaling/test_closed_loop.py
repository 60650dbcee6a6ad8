"""Load, metric, alarms, policy and service together, for hours of virtual time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.twin.aws.emulator.scaling.estate import TARGET, Estate, estate
from twin.aws.emulator.environment import ACCOUNT_ID
from twin.aws.emulator.extensions.application_autoscaling_alarms import PREFIX
from twin.aws.emulator.monitoring.alarms import METRIC
from twin.aws.emulator.monitoring.sample import single
from twin.aws.emulator.monitoring.series import Datum, Metric

BEGIN = 1_790_000_040.0
"""A whole minute."""
TICK_SECONDS = 5
START_SECONDS = 23
"""Of a task."""


@dataclass
class _Loop:
    """A service whose policy wants 100 requests/s a task, published each minute."""

    it: Estate
    load: Callable[[float], float | None]
    """Requests a second at that many seconds from the beginning; None where nothing is published."""

    def run(self, seconds: float) -> list[tuple[int, int]]:
        """The desired counts, each with the second from which it was wanted."""
        self.it.monitoring.actions.register(PREFIX, self.it.caller, is_repeated=True)
        found = [(0, self.it.desired)]
        asked: list[tuple[float, int]] = []
        for second in range(0, int(seconds), TICK_SECONDS):
            self._publish(second)
            self.it.monitoring.tick(BEGIN + second)
            self.it.scaler.check(BEGIN + second)
            if self.it.desired != found[-1][1]:
                found.append((second, self.it.desired))
                asked.append((second + START_SECONDS, self.it.desired))
            if asked and asked[0][0] <= second:
                self.it.running = asked.pop(0)[1]
        return found

    def _publish(self, second: int) -> None:
        load = self.load(second - 1)
        if load is None or second % 60:
            return
        metric = Metric(ACCOUNT_ID, TARGET.region, "Estate", "cpu")
        value = single(load / max(1, self.it.running))
        self.it.monitoring.put([Datum(metric, BEGIN + second - 60, value)])


@pytest.fixture
def service() -> Iterator[Estate]:
    """Two tasks, ten at most, and a policy with AWS's cooldowns."""
    with estate(minimum=2, maximum=10) as it:
        it.desired = it.running = 2
        it.tracking("cpu", 100)
        yield it


def test_the_count_follows_the_load_up_and_down_at_the_pace_of_the_alarms(service: Estate) -> None:
    up, down = 1800, 5400
    found = _Loop(service, lambda at: 500 if up <= at < down else 50).run(9000)
    assert [count for _, count in found] == [2, 5, 2]
    (_, (out, _), (back, _)) = found
    # Three minutes of data after the step, fifteen before scale-in, each with one for the alarm's own moment.
    assert up + 180 <= out <= up + 245
    assert down + 900 <= back <= down + 965
    assert [status for status, _ in service.told(BEGIN + 9000)] == ["Successful", "Successful"]


def test_nothing_scales_in_while_no_data_come(service: Estate) -> None:
    found = _Loop(service, lambda at: 500 if at < 1800 else None).run(9000)
    assert [count for _, count in found] == [2, 5]


def test_nothing_scales_in_at_a_load_between_nine_tenths_and_the_target(service: Estate) -> None:
    service.desired = service.running = 5
    assert _Loop(service, lambda at: 460).run(7200) == [(0, 5)]


def test_a_metric_that_never_comes_scales_nothing(service: Estate) -> None:
    assert _Loop(service, lambda at: None).run(3600) == [(0, 2)]
    assert service.told(BEGIN + 3600, not_scaled=True) == []
    names = [
        f"TargetTracking-{TARGET.resource_id}-AlarmHigh-cpu-1",
        f"TargetTracking-{TARGET.resource_id}-AlarmLow-cpu-2",
    ]
    states = {it.name: it.state.value for it in service.monitoring.alarms.everywhere(METRIC)}
    assert states == dict.fromkeys(names, "INSUFFICIENT_DATA")
