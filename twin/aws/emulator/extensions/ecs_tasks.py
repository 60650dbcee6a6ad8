"""ECS: tasks as the data plane reports them.

Reported are documents of the kind `task`: AWS's Task by its ARN. What was asked for and is not reported yet is shown
as asked for: a task that is to be run is PROVISIONING, one that is to be stopped has the desired status STOPPED.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.extensions.ecs_cluster import cluster_of
from twin.aws.emulator.memory import Collection
from twin.aws.emulator.page import page

__all__ = ["EXTENSIONS", "REQUESTED", "named", "require_cluster_tasks", "shown_tasks"]

_API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/"

REQUESTED = "requested task"
"""The kind under which tasks are remembered that RunTask promised."""

_STOP = "stopped task"

# "Currently, stopped tasks appear in the returned results for at least one hour." Source: API_DescribeTasks.html
_STOPPED_SHOWN_SECONDS = 3600.0
# Source: API_ListTasks.html and API_DescribeTasks.html, Request Parameters.
_LISTED = 100
_DESCRIBED = 100

# What `aws ecs stop-task` without a reason shows; not in AWS's reference, so an assumption.
_NO_REASON = "Task stopped by user"

_FILTERS: Mapping[str, Callable[[Document, str], bool]] = {
    "serviceName": lambda task, name: task.get("group") == f"service:{_last(name)}",
    "family": lambda task, family: _last(task["taskDefinitionArn"]).rpartition(":")[0] == family,
    "startedBy": lambda task, who: task.get("startedBy") == who,
    "launchType": lambda task, kind: task.get("launchType") == kind,
    "containerInstance": lambda task, it: _last(task.get("containerInstanceArn", "")) == _last(it),
}


def shown_tasks(context: Context, now: float | None = None) -> dict[str, Document]:
    """Every task of the call's region that AWS would show, by ARN, in the order in which they came to be.

    Args:
        now: seconds since the epoch; a task that stopped an hour before is not shown any more.
    """
    reported, stops = context.reported("task"), _kept(context, _STOP)
    horizon = (time.time() if now is None else now) - _STOPPED_SHOWN_SECONDS
    tasks = {**_unreported(context), **reported}
    shown = {arn: _with_stop(task, stops.get(arn)) for arn, task in tasks.items()}
    recent = [it for it in shown.items() if it[1].get("stoppedAt") is None or it[1]["stoppedAt"] > horizon]
    return dict(sorted(recent, key=lambda it: (it[1].get("createdAt", 0), it[0])))


def named(tasks: Mapping[str, Document], identifiers: Iterable[str]) -> Iterable[tuple[str, Document | None]]:
    """Each identifier, an ARN or a task's id, with its task, None where there is none."""
    by_id = {_last(arn): task for arn, task in tasks.items()}
    for identifier in identifiers:
        yield identifier, tasks.get(identifier) if "/" in identifier else by_id.get(identifier)


def require_cluster_tasks(context: Context) -> dict[str, Document]:
    """The tasks of the cluster that the call names."""
    arn = cluster_of(context).arn
    return {key: task for key, task in shown_tasks(context).items() if task.get("clusterArn") == arn}


def _unreported(context: Context) -> Document:
    requested = _kept(context, REQUESTED)
    for arn in requested.keys() & context.reported("task").keys():
        # It is the data plane's from now on: when its report ends, the task does too.
        requested.pop(arn, None)
    return dict(requested)


def _with_stop(task: Document, stop: Document | None) -> Document:
    if stop is None or task["lastStatus"] == "STOPPED":
        return task
    return {**stop, **task, "desiredStatus": stop["desiredStatus"]}


def _describe(context: Context) -> Document:
    if not context.exchange.attached:
        return context.document()
    identifiers = context.call.parameters["tasks"]
    _require_count("Tasks", identifiers, _DESCRIBED)
    found = dict(named(require_cluster_tasks(context), identifiers))
    has_tags = "TAGS" in context.call.parameters.get("include", ())
    return {
        "tasks": [_view(task, has_tags) for task in found.values() if task is not None],
        "failures": [_missing(context, it) for it, task in found.items() if task is None],
    }


def _view(task: Document, has_tags: bool) -> Document:
    return task if has_tags else {name: value for name, value in task.items() if name != "tags"}


def _missing(context: Context, identifier: str) -> Document:
    arn = f"{cluster_of(context).arn.replace(':cluster/', ':task/')}/{_last(identifier)}"
    return {"arn": arn, "reason": "MISSING"}


def _list(context: Context) -> Document:
    if not context.exchange.attached:
        return context.document()
    given = context.call.parameters
    _require_service(context)
    filters = [(_FILTERS[name], str(value)) for name, value in given.items() if name in _FILTERS]
    desired = given.get("desiredStatus", "RUNNING")
    arns = [
        arn
        for arn, task in require_cluster_tasks(context).items()
        if task["desiredStatus"] == desired and all(matches(task, value) for matches, value in filters)
    ]
    listed, further = page(arns, given.get("nextToken"), _page_size(given))
    return {"taskArns": listed, **further}


def _page_size(given: Document) -> int:
    size = int(given.get("maxResults", _LISTED))
    if not 1 <= size <= _LISTED:
        raise AwsError("InvalidParameterException", f"maxResults must be between 1 and {_LISTED}.")
    return size


def _require_service(context: Context) -> None:
    from moto.ecs.models import ecs_backends

    name = context.call.parameters.get("serviceName")
    services = ecs_backends[context.call.account][context.call.region].services
    if name and f"{cluster_of(context).name}:{_last(name)}" not in services:
        raise AwsError("ServiceNotFoundException", "Service not found.")


def _stop(context: Context) -> Document:
    """The task's desired status is STOPPED at once; the data plane is asked to stop it."""
    if not context.exchange.attached:
        return context.document()
    given = context.call.parameters
    ((_, task),) = named(require_cluster_tasks(context), [given["task"]])
    if task is None:
        raise AwsError("InvalidParameterException", "The referenced task was not found.")
    if task["lastStatus"] == "STOPPED" or task["desiredStatus"] == "STOPPED":
        return {"task": task}
    stop = {
        "desiredStatus": "STOPPED",
        "stopCode": "UserInitiated",
        "stoppedReason": given.get("reason") or _NO_REASON,
    }
    _forget_ended(context)
    _kept(context, _STOP)[task["taskArn"]] = stop
    context.exchange.ask(context.call, {"taskArn": task["taskArn"], **stop})
    return {"task": _with_stop(task, stop)}


def _forget_ended(context: Context) -> None:
    """Stops are remembered for tasks that there are, and that have not stopped."""
    tasks, stops = shown_tasks(context), _kept(context, _STOP)
    for arn in [arn for arn in stops if tasks.get(arn, {"lastStatus": "STOPPED"})["lastStatus"] == "STOPPED"]:
        stops.pop(arn, None)


def _kept(context: Context, kind: str) -> Collection:
    call = context.call
    return context.memory.collection(call.account, call.region, "ecs", kind)


def _require_count(what: str, given: list[Any], most: int) -> None:
    if not given:
        raise AwsError("InvalidParameterException", f"{what} cannot be empty.")
    if len(given) > most:
        raise AwsError("InvalidParameterException", f"{what} cannot be more than {most}.")


def _last(name: str) -> str:
    return name.rpartition("/")[2]


EXTENSIONS = (
    Extension(
        service="ecs",
        topic="tasks",
        stock="shows the tasks that RunTask made, which never change; knows no missing task, no pages and no "
        "default of the desired status",
        aws="shows the tasks that there are, those that stopped for an hour, and names those that are missing",
        change="shows the tasks that the data plane reports, once there is one",
        source=_API + "API_DescribeTasks.html",
        operations={"DescribeTasks": _describe, "ListTasks": _list},
    ),
    Extension(
        service="ecs",
        topic="stopping a task",
        stock="has a task stopped at once, and fails at one that it does not know",
        aws="sets the desired status, and the task stops as its containers do",
        change="sets the desired status and asks the data plane, once there is one",
        source=_API + "API_StopTask.html",
        operations={"StopTask": _stop},
    ),
)
