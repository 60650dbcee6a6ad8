"""In virtual time: load, metrics as late as they are published, alarms, policy. The same judgement as in real time
(`python -m tests.trials.calibration`), over 20 moments of the change within the period.
"""

import random
import uuid
from dataclasses import dataclass, field

import pytest

from tests.trials.calibration.groups import Group, ramps, scale_ins, steps
from tests.trials.calibration.judgement import Told, beside_published, within_windows
from tests.trials.calibration.kinds import FAST, MINUTE, TARGET_PERCENT, Kind
from tests.trials.calibration.service import SLOTS
from tests.twin.aws.emulator.scaling.estate import TARGET, Estate, estate
from twin.aws.emulator.environment import ACCOUNT_ID
from twin.aws.emulator.extensions.application_autoscaling_alarms import PREFIX
from twin.aws.emulator.monitoring.sample import single
from twin.aws.emulator.monitoring.series import Datum, Metric, dimensions_of
from twin.runtime.metrics.datum import Datum as Measured
from twin.runtime.metrics.datum import exact
from twin.runtime.metrics.periods import SHORT_SECONDS
from twin.runtime.metrics.publication import Delays, Outbox
from twin.runtime.profile import PROFILES

BEGIN = 1_790_000_040
"""A whole minute."""
PHASES = 20
DIMENSIONS = {"ClusterName": "estate", "ServiceName": "portal"}


@dataclass
class _Run:
    """One service of a group, whose load begins at a phase of its own."""

    group: Group
    phase: float
    it: Estate
    samples: list[float] = field(default_factory=list[float])
    triggered_at: float | None = None
    provisioned_at: float | None = None

    def told(self) -> Told:
        kind, outbox = self.group.kind, Outbox(_delays())
        before = self.it.desired
        for second in range(1, int(self.group.shape.seconds + self.phase)):
            now = BEGIN + second
            self._measure(kind, outbox, second)
            self.it.monitoring.put([_published(datum) for datum in outbox.take(now)])
            self.it.monitoring.tick(now)
            self.it.scaler.check(now)
            if self.triggered_at is None and self.it.desired != before:
                self.triggered_at = now
                self.provisioned_at = now + PROFILES["aws"].seconds("task_start")
            if self.provisioned_at is not None and now >= self.provisioned_at:
                self.it.running = self.it.desired
        changed = BEGIN + self.phase + self.group.changes_after_seconds
        return Told("one", changed, None, self.triggered_at, self.provisioned_at)

    def _measure(self, kind: Kind, outbox: Outbox, second: int) -> None:
        """Busy slots over slots in the last 20 seconds; by the minute, three such samples are the datum."""
        if second % SHORT_SECONDS:
            return
        shape = self.group.shape
        loads = [shape.busy_slots(second - 0.5 - ago - self.phase) for ago in range(SHORT_SECONDS)]
        self.samples.append(min(100.0, 100 * sum(loads) / SHORT_SECONDS / (SLOTS * self.it.running)))
        if second % kind.period_seconds == 0:
            values, self.samples = self.samples, []
            outbox.put([_datum(kind, BEGIN + second - kind.period_seconds, values)], BEGIN + second)


def _datum(kind: Kind, at: float, values: list[float]) -> Measured:
    resolution = 1 if kind is FAST else 60
    return Measured(
        TARGET.region, "AWS/ECS", "CPUUtilization", "Percent", DIMENSIONS, at, exact(values), resolution
    )


def _published(datum: Measured) -> Datum:
    """Every sample alike: the mean of those of a minute is the datum's."""
    metric = Metric(ACCOUNT_ID, datum.region, datum.namespace, datum.name, dimensions_of(datum.dimensions))
    mean = sum(value * count for value, count in datum.values) / sum(count for _, count in datum.values)
    return Datum(metric, datum.at, single(mean), datum.unit, datum.resolution)


def _delays() -> Delays:
    seconds = PROFILES["aws"].seconds
    return Delays(seconds("metric_publication"), seconds("metric_publication_high_resolution"))


def _told(group: Group) -> list[Told]:
    found: list[Told] = []
    for number, phase in enumerate(group.phases):
        wanted = group.wanted[number]
        with estate(wanted.least, wanted.most) as it:
            it.desired = it.running = wanted.desired
            it.monitoring.actions.register(PREFIX, it.caller, is_repeated=True)
            # The alarms' names have the policy's, and with it a moment of evaluation of their own.
            it.policy(
                str(uuid.UUID(int=random.Random(number).getrandbits(128))),
                "TargetTrackingScaling",
                {
                    "TargetValue": TARGET_PERCENT,
                    "PredefinedMetricSpecification": {"PredefinedMetricType": group.kind.metric_type},
                },
            )
            found.append(_Run(group, phase, it).told())
    return found


@pytest.mark.parametrize("kind", [MINUTE, FAST], ids=lambda kind: kind.name)
def test_a_step_is_answered_when_aws_says_at_every_phase(kind: Kind) -> None:
    group = steps(kind, PHASES)
    told = _told(group)
    assert beside_published(told, kind)["holds"], beside_published(told, kind)
    assert within_windows(told, kind, 3)["outside_their_window"] == []


def test_triggers_spread_over_the_phases_by_less_than_a_period_and_an_evaluation() -> None:
    found = within_windows(_told(steps(MINUTE, PHASES)), MINUTE, 3)
    assert 30 < found["spread_seconds"] <= found["spread_at_most_seconds"]


def test_scale_in_takes_fifteen_minutes_below_and_the_delay() -> None:
    assert within_windows(_told(scale_ins(5)), MINUTE, 15)["outside_their_window"] == []


def test_a_ramp_is_answered_as_if_it_were_a_step_where_it_crosses_the_target() -> None:
    assert within_windows(_told(ramps(5)), MINUTE, 3)["outside_their_window"] == []


def test_metrics_that_were_published_at_once_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}._delays", lambda: Delays(0.0, 0.0))
    for kind in (MINUTE, FAST):
        assert not beside_published(_told(steps(kind, 5)), kind)["holds"]


def test_three_of_three_that_were_two_of_two_would_be_seen() -> None:
    """As it would be where an alarm went too early, whatever the delay."""
    assert within_windows(_told(steps(MINUTE, 5)), MINUTE, 2)["outside_their_window"] != []
