"""What scaling did, or did not do, in AWS's words.

Sources: Application Auto Scaling user guide, "Scaling activities" (application-auto-scaling-scaling-activities.html)
and its tutorial with scheduled actions (get-started-exercise.html); AppStream 2.0 administration guide, "Auto scaling
notes" for a change that the service refuses; API reference, ScalingActivity. What an overridden activity says is not
documented; it is what users see.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from twin.aws.emulator.scaling.capacity import Bounds, Capacity, Reason

__all__ = ["ATTEMPTING", "Activity", "Status", "alarm_cause", "bounds_cause", "not_scaled", "schedule_cause"]

ATTEMPTING = "Attempting to scale due to alarm triggered"


class Status(StrEnum):
    """Source: API reference, ScalingActivity, StatusCode. AWS has Pending, too short here to be seen, as well."""

    IN_PROGRESS = "InProgress"
    SUCCESSFUL = "Successful"
    OVERRIDDEN = "Overridden"
    UNFULFILLED = "Unfulfilled"
    FAILED = "Failed"


@dataclass(frozen=True)
class Activity:
    """One scaling activity.

    Attributes:
        target: members of AWS's ScalingActivity that say what is scaled.
        started_at, ended_at: seconds since the epoch.
        not_scaled: AWS's NotScaledReasons; such an activity is shown only where it is asked for.
    """

    id: str
    target: Mapping[str, str]
    description: str
    cause: str
    started_at: float
    status: Status
    message: str = ""
    ended_at: float | None = None
    not_scaled: tuple[Mapping[str, Any], ...] = field(default=())

    def document(self) -> dict[str, Any]:
        """As DescribeScalingActivities shows it."""
        shown = {
            "ActivityId": self.id,
            **self.target,
            "Description": self.description,
            "Cause": self.cause,
            "StartTime": datetime.fromtimestamp(self.started_at, UTC),
            "EndTime": None if self.ended_at is None else datetime.fromtimestamp(self.ended_at, UTC),
            "StatusCode": self.status.value,
            "StatusMessage": self.message or None,
            "NotScaledReasons": [dict(it) for it in self.not_scaled] or None,
        }
        return {name: value for name, value in shown.items() if value is not None}


def alarm_cause(alarm: str, policy: str) -> str:
    return f"monitor alarm {alarm} in state ALARM triggered policy {policy}"


def schedule_cause(action: str) -> str:
    return f"scheduled action name {action} was triggered"


def bounds_cause(desired: int, bounds: Bounds) -> str:
    """Which bound has moved the capacity."""
    kind, bound = ("minimum", bounds.minimum) if desired < bounds.minimum else ("maximum", bounds.maximum)
    return f"{kind} capacity was set to {bound}"


def not_scaled(reason: Reason, actual: Capacity) -> dict[str, object]:
    """AWS's NotScaledReason, with what the reason speaks of."""
    details: dict[Reason, dict[str, object]] = {
        Reason.AT_MAXIMUM: {"MaxCapacity": actual.bounds.maximum},
        Reason.AT_MINIMUM: {"MinCapacity": actual.bounds.minimum},
        Reason.AT_DESIRED: {"CurrentCapacity": actual.desired},
    }
    return {"Code": reason.value, **details.get(reason, {})}
