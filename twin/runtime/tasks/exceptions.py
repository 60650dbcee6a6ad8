"""What keeps a task from starting.

RuntimeFailure
├── CannotStart   the task ends before its container runs, for a reason that AWS would show
└── HostLost      the zone's fork server ended, and what it had forked with it
"""

from twin.runtime.exceptions import RuntimeFailure

__all__ = ["CannotStart", "HostLost"]


class CannotStart(RuntimeFailure):
    """Attributes: reason: the task's stopped reason, as ECS words it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class HostLost(RuntimeFailure):
    def __init__(self, zone: str) -> None:
        self.zone = zone
        super().__init__(f"The fork server of {zone} ended. It is started again while the zone has power.")
