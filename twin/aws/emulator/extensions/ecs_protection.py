"""ECS: protection of a service's tasks from being scaled in or deployed over."""

import time

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.extensions.ecs_tasks import named, require_cluster_tasks
from twin.aws.emulator.memory import Collection

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/"

# Source: API_UpdateTaskProtection.html: 1 minute to 2,880 minutes, 120 by default; up to 10 tasks.
_DEFAULT_MINUTES = 120
_MINUTES = range(1, 2880 + 1)
_UPDATED = 10


def _update(context: Context) -> Document:
    given = context.call.parameters
    if not 1 <= len(given["tasks"]) <= _UPDATED:
        raise AwsError("InvalidParameterException", f"tasks must have between 1 and {_UPDATED} items.")
    end = _end(given) if given["protectionEnabled"] else None
    protected, failures = _told(context, given["tasks"])
    for task in protected:
        _protections(context)[task["taskArn"]] = {"end": end}
    if protected:
        context.exchange.ask(context.call, {"taskArns": [task["taskArn"] for task in protected]})
    return {"protectedTasks": [_shown(context, task) for task in protected], "failures": failures}


def _end(given: Document) -> float:
    minutes = given.get("expiresInMinutes", _DEFAULT_MINUTES)
    if minutes not in _MINUTES:
        message = f"expiresInMinutes must be between {_MINUTES.start} and {_MINUTES.stop - 1}."
        raise AwsError("InvalidParameterException", message)
    return time.time() + minutes * 60


def _get(context: Context) -> Document:
    given = context.call.parameters.get("tasks") or list(require_cluster_tasks(context))
    tasks, failures = _told(context, given)
    return {"protectedTasks": [_shown(context, task) for task in tasks], "failures": failures}


def _told(context: Context, identifiers: list[str]) -> tuple[list[Document], list[Document]]:
    """The tasks of services, and what is wrong with the others: reasons from "API failure reasons"."""
    tasks: list[Document] = []
    failures: list[Document] = []
    for identifier, task in named(require_cluster_tasks(context), identifiers):
        if task is None:
            failures.append({"arn": identifier, "reason": "MISSING"})
        elif str(task.get("group", "")).startswith("service:") and task["lastStatus"] != "STOPPED":
            tasks.append(task)
        else:
            failures.append({"arn": task["taskArn"], "reason": "TASK_NOT_VALID"})
    return tasks, failures


def _shown(context: Context, task: Document) -> Document:
    end = _protections(context).get(task["taskArn"], {}).get("end")
    if end is None or end <= time.time():
        return {"taskArn": task["taskArn"], "protectionEnabled": False}
    return {"taskArn": task["taskArn"], "protectionEnabled": True, "expirationDate": end}


def _protections(context: Context) -> Collection:
    call = context.call
    return context.memory.collection(call.account, call.region, "ecs", "protection")


EXTENSIONS = (
    Extension(
        service="ecs",
        topic="protection of tasks",
        stock="has none",
        aws="protects tasks of services from being scaled in, for two hours unless told otherwise",
        change="keeps it for tasks that the data plane reports, and asks the data plane to heed it",
        source=_API + "API_UpdateTaskProtection.html",
        operations={"UpdateTaskProtection": _update, "GetTaskProtection": _get},
    ),
)
