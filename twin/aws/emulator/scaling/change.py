"""A change of the desired count that is under way, until it is fulfilled, overridden or given up."""

from dataclasses import dataclass, replace

from twin.aws.emulator.scaling.activity import Status
from twin.aws.emulator.scaling.capacity import Capacity, Direction

__all__ = [
    "CHECKED_EVERY_SECONDS",
    "GIVEN_UP_AFTER_SECONDS",
    "Change",
    "description",
    "failed",
    "looked_at",
    "outcome",
    "set_message",
]

CHECKED_EVERY_SECONDS = 30.0
"""How often it is seen whether a change is fulfilled. Fitted: in AWS's published examples activities take 31 to 35 s,
whatever was scaled (user guide, "Scaling activities" and get-started-exercise.html)."""

GIVEN_UP_AFTER_SECONDS = 3600.0
"""When a change that is not fulfilled is `Unfulfilled`. Assumed: AWS says only "Scaling timed out"."""


@dataclass(frozen=True)
class Change:
    """What was asked of ECS.

    Attributes:
        activity_id: which tells of it.
        cooldown_seconds: that begins when it completes, None where no policy asked for it.
        began_at, checked_at: seconds since the epoch.
    """

    activity_id: str
    to: int
    direction: Direction
    cooldown_seconds: float | None
    began_at: float
    checked_at: float


def outcome(change: Change, actual: Capacity | None, now: float) -> tuple[Status, str]:
    """How it stands with the change, and AWS's words for it.

    Args:
        actual: None where the service is not there any more.
    """
    if actual is None:
        return failed(change.to, "ServiceNotFoundException", "Service not found.", change.activity_id)
    if actual.desired != change.to:
        return Status.OVERRIDDEN, f"{set_message(change.to)} Found it was later changed to {actual.desired}."
    if _is_fulfilled(change, actual):
        return Status.SUCCESSFUL, f"{set_message(change.to)} Change successfully fulfilled by ecs."
    if now - change.began_at >= GIVEN_UP_AFTER_SECONDS:
        return Status.UNFULFILLED, f"{set_message(change.to)} Change was not fulfilled by ecs in time."
    return Status.IN_PROGRESS, f"{set_message(change.to)} Waiting for change to be fulfilled by ecs."


def looked_at(change: Change, now: float) -> Change:
    return replace(change, checked_at=now)


def description(count: int) -> str:
    return f"Setting desired count to {count}."


def set_message(count: int) -> str:
    return f"Successfully set desired count to {count}."


def failed(count: int, code: str, reason: str, request_id: str) -> tuple[Status, str]:
    """ECS has refused the change."""
    details = (
        f"(Service: AmazonECS; Status Code: 400; Error Code: {code}; Request ID: {request_id}; Proxy: null)"
    )
    return Status.FAILED, f"Failed to set desired count to {count}. Reason: {reason} {details}."


def _is_fulfilled(change: Change, actual: Capacity) -> bool:
    return actual.running >= change.to if change.direction is Direction.OUT else actual.running <= change.to
