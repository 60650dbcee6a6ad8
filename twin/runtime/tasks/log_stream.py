"""The log stream that the container's log driver makes before the container runs.

Its events stay in files on this machine (``estate logs``); the stream stands for the right to write them.

Source: ECS developer guide, "Send Amazon ECS logs to CloudWatch" (awslogs-group, awslogs-stream-prefix).
"""

from botocore.exceptions import ClientError

from twin.runtime.aws_calls import Identity
from twin.runtime.control_plane import ControlPlane
from twin.runtime.exceptions import ControlPlaneAway
from twin.runtime.tasks.exceptions import CannotStart
from twin.runtime.tasks.model import Task

__all__ = ["begin_log"]

_FAILURE = (
    "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to "
    "create Cloudwatch log stream: "
)
"""Source: ECS developer guide, "ResourceInitializationError" task errors."""

_THERE_ALREADY = "ResourceAlreadyExistsException"


async def begin_log(plane: ControlPlane, task: Task, execution: Identity | None) -> None:
    """The main container's log stream is there, where it logs to CloudWatch.

    While nobody answers the task starts without: what it writes goes to a file.

    Raises: CannotStart: in the words of ECS, where the execution role may not make it or the group is not there.
    """
    main = task.definition.main
    if main.log_group is None or execution is None:
        return
    named = {"logGroupName": main.log_group, "logStreamName": f"{main.log_prefix}/{main.name}/{task.id}"}
    try:
        await plane.call_as(execution, "logs", task.region, "create_log_stream", **named)
    except ClientError as error:
        details = error.response.get("Error", {})
        if details.get("Code") != _THERE_ALREADY:
            raise CannotStart(f"{_FAILURE}{details.get('Code')}: {details.get('Message')}") from error
    except ControlPlaneAway:
        return
