"""A scaling policy as it is kept, and which of its target's policies agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twin.aws.emulator.scaling.capacity import Direction
from twin.aws.emulator.scaling.cooldown import DEFAULT_SECONDS
from twin.aws.emulator.scaling.step_scaling import Step, StepScaling
from twin.aws.emulator.scaling.tracking_alarms import HIGH, LOW

__all__ = ["STEP", "STEP_CONFIGURATION", "TRACKING", "TRACKING_CONFIGURATION", "Policy"]

TRACKING, STEP = "TargetTrackingScaling", "StepScaling"
TRACKING_CONFIGURATION, STEP_CONFIGURATION = f"{TRACKING}PolicyConfiguration", f"{STEP}PolicyConfiguration"


@dataclass(frozen=True)
class Policy:
    """What PutScalingPolicy made.

    Attributes:
        shown: as DescribeScalingPolicies shows it.
        action: the ARN with which its own alarms call it.
        alarm_names: of its own alarms, by kind (`HIGH`, `LOW`).
    """

    shown: Mapping[str, Any]
    action: str
    alarm_names: Mapping[str, str]

    @property
    def name(self) -> str:
        return str(self.shown["PolicyName"])

    @property
    def arn(self) -> str:
        return str(self.shown["PolicyARN"])

    @property
    def is_tracking(self) -> bool:
        return bool(self.shown["PolicyType"] == TRACKING)

    @property
    def target_value(self) -> float:
        return float(self.shown[TRACKING_CONFIGURATION]["TargetValue"])

    @property
    def scales_in(self) -> bool:
        """Whether it tracks a target, and takes capacity away too."""
        return self.is_tracking and LOW in self.alarm_names

    def cooldown_seconds(self, direction: Direction) -> float:
        if not self.is_tracking:
            return float(self.shown[STEP_CONFIGURATION].get("Cooldown", DEFAULT_SECONDS))
        name = "ScaleOutCooldown" if direction is Direction.OUT else "ScaleInCooldown"
        return float(self.shown[TRACKING_CONFIGURATION].get(name, DEFAULT_SECONDS))

    def direction_of(self, alarm_name: str) -> Direction | None:
        """What one of its own alarms is for; None where the alarm is not its own."""
        directions = {HIGH: Direction.OUT, LOW: Direction.IN}
        return next((directions[kind] for kind, name in self.alarm_names.items() if name == alarm_name), None)

    def steps(self) -> StepScaling:
        """The configuration of a step scaling policy."""
        given = self.shown[STEP_CONFIGURATION]
        steps = (
            Step(
                it.get("MetricIntervalLowerBound"),
                it.get("MetricIntervalUpperBound"),
                it["ScalingAdjustment"],
            )
            for it in given["StepAdjustments"]
        )
        return StepScaling(
            given["AdjustmentType"],
            tuple(steps),
            int(given.get("MinAdjustmentMagnitude", 0)),
            given.get("MetricAggregationType", "Average"),
        )
