"""What keeps a task from starting.

RuntimeFailure
├── CannotStart   the task ends before its container runs, for a reason that AWS would show
│   └── CannotAssume   one of its roles does not trust ECS, or is not there
└── HostLost      the zone's fork server ended, and what it had forked with it
"""

from twin.runtime.exceptions import RuntimeFailure

__all__ = ["CannotAssume", "CannotStart", "HostLost"]


class CannotStart(RuntimeFailure):
    """Attributes: reason: the task's stopped reason, as ECS words it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class CannotAssume(CannotStart):
    """Source of the words: AWS re:Post knowledge center, "How do I resolve the 'ECS was unable to assume the role'
    error?", https://repost.aws/knowledge-center/ecs-unable-to-assume-role"""

    def __init__(self, role_arn: str) -> None:
        self.role_arn = role_arn
        super().__init__(
            f"ECS was unable to assume the role '{role_arn}' that was provided for this task. Please verify that the "
            "role being passed has the proper trust relationship and permissions and that your IAM user has "
            "permissions to pass this role."
        )


class HostLost(RuntimeFailure):
    def __init__(self, zone: str) -> None:
        self.zone = zone
        super().__init__(f"The fork server of {zone} ended. It is started again while the zone has power.")
