"""ECS: what begins a deployment of a service, and what undoes one.

A deployment's id is what tells the data plane that tasks are to be replaced. Where the data plane's circuit breaker
rolls a deployment back, it says so in its report of the service: `rolledBackFrom` and `rolledBackTo` are ids of
deployments, and the primary one among the reported `deployments` is the one that puts the old revision back. The
service then is what that revision says, as if it had been updated, without a call.
"""

import datetime
from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.extensions.ecs_cluster import backend, cluster_of
from twin.aws.emulator.extensions.ecs_revisions import TRIGGERS, current_revision, new_number, revisions

__all__ = ["EXTENSIONS", "take_rollback"]

_API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/"

# What moto's service itself holds, by its names; the rest is kept beside it.
_HELD_BY_MOTO = {
    "taskDefinition": "task_definition",
    "networkConfiguration": "network_configuration",
    "platformVersion": "platform_version",
    "loadBalancers": "load_balancers",
    "serviceRegistries": "service_registries",
}


def take_rollback(context: Context, name: str) -> None:
    """The service is what a rollback puts back that is reported and not yet taken. An unknown service is left."""
    service = _found(context, name)
    if service is None or not service.deployments:
        return
    report = context.reported("service").get(service.arn, {})
    primary = next((it for it in report.get("deployments", []) if it.get("status") == "PRIMARY"), None)
    with context.memory.lock:
        if primary and report.get("rolledBackFrom") == service.deployments[0]["id"] != primary["id"]:
            _put_back(context, service, str(report.get("rolledBackTo")), primary)


def _put_back(context: Context, service: Any, restored: str, primary: Document) -> None:
    only_definition = {
        **current_revision(context, service),
        "taskDefinition": primary.get("taskDefinition", service.task_definition),
    }
    revision = revisions(context).get(restored, only_definition)
    for name, held in _HELD_BY_MOTO.items():
        if name in revision:
            setattr(service, held, revision[name])
    call = context.call
    kept = context.memory.collection(call.account, call.region, "ecs", "service").setdefault(service.arn, {})
    for name in TRIGGERS:
        kept.pop(name, None)
    kept.update({name: revision[name] for name in TRIGGERS if name in revision and name not in _UNKEPT})
    _deploy(service, primary["id"])
    revisions(context)[primary["id"]] = revision


# Of the triggers, what the service's document is not given from what is kept.
_UNKEPT = frozenset({"taskDefinition", "monitoring"})


def _update(context: Context) -> Document:
    """The service is as given, in a new deployment where what its tasks are made from has changed."""
    given = context.call.parameters
    take_rollback(context, given["service"])
    service = _found(context, given["service"])
    if service is None:
        raise AwsError("ServiceNotFoundException", "Service not found.")
    if service.status != "ACTIVE":
        raise AwsError("ServiceNotActiveException", "Service was not ACTIVE.")
    changes = _changes(context, current_revision(context, service))
    document = context.document()
    if (changes or given.get("forceNewDeployment")) and service.deployments:
        _deploy(service, f"ecs-svc/{new_number()}")
        document["service"]["deployments"] = [_given(service.deployments[0])]
    return document


def _found(context: Context, name: str) -> Any:
    return backend(context).services.get(f"{cluster_of(context).name}:{name.rpartition('/')[2]}")


def _changes(context: Context, current: Document) -> list[str]:
    given = context.call.parameters
    return [name for name in TRIGGERS if given.get(name) is not None and _differs(context, current, name)]


def _differs(context: Context, current: Document, name: str) -> bool:
    given = context.call.parameters[name]
    if name == "taskDefinition":
        given = _task_definition_arn(context, given)
    return bool(given != current.get(name, [] if isinstance(given, list) else None))


def _task_definition_arn(context: Context, name: str) -> str | None:
    """None where there is none of the name, which moto then says."""
    from moto.ecs.exceptions import ECSException

    try:
        return str(backend(context).describe_task_definition(name).arn)
    except ECSException:
        return None


def _deploy(service: Any, identifier: str) -> None:
    """The service's primary deployment is a new one."""
    # moto has times without a zone, in UTC.
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    service.deployments[0] = {
        **service.deployments[0],
        "id": identifier,
        "createdAt": now,
        "updatedAt": now,
        "desiredCount": service.desired_count,
        "pendingCount": 0,
        "runningCount": 0,
        "failedTasks": 0,
        "taskDefinition": service.task_definition,
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": f"ECS deployment {identifier} in progress.",
    }


def _given(deployment: Document) -> Document:
    return {name: value for name, value in deployment.items() if value is not None}


EXTENSIONS = (
    Extension(
        service="ecs",
        topic="deployments of a service",
        stock="begins one only where it is forced, and updates services that are inactive",
        aws="begins one where what tasks are made from changes, or it is forced; goes back to the last revision that "
        "was deployed where the circuit breaker says so",
        change="gives the primary deployment a new id then, and puts a revision back where the data plane reports so",
        source=_API + "API_UpdateService.html",
        operations={"UpdateService": _update},
    ),
)
