"""ECS: services as the data plane reports them.

Reported are documents of the kind `service`, by ARN: members of AWS's Service, of which counts, deployments and events
are shown. What is wanted (desired count, task definition, the primary deployment's id) is what the API was told.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.extensions.ecs_cluster import backend, cluster_of
from twin.aws.emulator.extensions.ecs_deployments import take_rollback
from twin.aws.emulator.page import page

__all__ = ["EXTENSIONS", "merged_deployments", "shown_service"]

_API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/"

# "A maximum of 100 of the latest events are displayed." Source: API_Service.html, events
_EVENTS = 100
# Source: API_ListServices.html, maxResults: 10 where it is not given, 100 at most.
_LISTED, _LISTED_AT_MOST = 10, 100
# Source: API_DescribeServices.html, services.
_DESCRIBED = 10

# What the API decides, whatever is reported.
_WANTED = frozenset({"serviceArn", "serviceName", "clusterArn", "desiredCount", "status", "taskDefinition"})
_PRIMARY_WANTED = frozenset({"id", "status", "taskDefinition", "desiredCount", "createdAt"})


def shown_service(service: Document, report: Mapping[str, Any]) -> None:
    """The service's document shows what is reported of it, beside what is wanted."""
    shown = {name: value for name, value in report.items() if name not in _WANTED}
    deployments = merged_deployments(service.get("deployments", []), report.get("deployments", []))
    events = [*report.get("events", []), *service.get("events", [])]
    service.update({"runningCount": 0, "pendingCount": 0, **shown})
    service.update(deployments=deployments, events=_latest(events))
    if service["status"] == "INACTIVE" and report.get("runningCount", 0) > 0:
        service["status"] = "DRAINING"


def merged_deployments(wanted: Iterable[Document], reported: Iterable[Mapping[str, Any]]) -> list[Document]:
    """The primary deployment as wanted, with what is reported of it, and the others that still have tasks.

    A deployment that is reported as primary, and is not any more, is active: it is being replaced.
    """
    by_id = {str(it["id"]): it for it in reported}
    primaries = [_primary(it, by_id.get(it["id"])) for it in wanted]
    ids = {it["id"] for it in primaries}
    others = [
        {**it, "status": "ACTIVE" if it.get("status") == "PRIMARY" else it.get("status", "ACTIVE")}
        for key, it in by_id.items()
        if key not in ids
    ]
    return [*primaries, *others]


def _primary(wanted: Document, reported: Mapping[str, Any] | None) -> Document:
    if reported is None:
        # The data plane has yet to see it.
        return {**wanted, "runningCount": 0, "pendingCount": 0}
    return {**wanted, **{name: value for name, value in reported.items() if name not in _PRIMARY_WANTED}}


def _latest(events: list[Document]) -> list[Document]:
    return sorted(events, key=lambda it: it["createdAt"], reverse=True)[:_EVENTS]


def _show(context: Context, document: Document) -> None:
    if not context.exchange.attached:
        return
    reports = context.reported("service")
    for service in document["services"] if "services" in document else [document["service"]]:
        shown_service(service, reports.get(service["serviceArn"], {}))


def _describe(context: Context) -> Document:
    names = context.call.parameters["services"]
    if not 1 <= len(names) <= _DESCRIBED:
        message = f"Services cannot be {'empty' if not names else f'more than {_DESCRIBED}'}."
        raise AwsError("InvalidParameterException", message)
    for name in names:
        take_rollback(context, name)
    return context.document()


def _list(context: Context) -> Document:
    given, cluster = context.call.parameters, cluster_of(context)
    size = int(given.get("maxResults", _LISTED))
    if not 1 <= size <= _LISTED_AT_MOST:
        raise AwsError("InvalidParameterException", f"maxResults must be between 1 and {_LISTED_AT_MOST}.")
    active = {it.arn for it in list(backend(context).services.values()) if _is_listed(it, cluster.name)}
    arns = [arn for arn in context.document()["serviceArns"] if arn in active]
    listed, further = page(arns, given.get("nextToken"), size)
    return {"serviceArns": listed, **further}


def _is_listed(service: Any, cluster_name: str) -> bool:
    return service.cluster_name == cluster_name and service.status == "ACTIVE"


def _create(context: Context) -> Document:
    """A name is free again once the service that had it is inactive."""
    name = context.call.parameters["serviceName"]
    existing = backend(context).services.get(f"{cluster_of(context).name}:{name}")
    if existing is not None and existing.status == "ACTIVE":
        raise AwsError("InvalidParameterException", "Creation of service was not idempotent.")
    if existing is not None and _is_draining(context, existing.arn):
        raise AwsError("InvalidParameterException", "Unable to Start a service that is still Draining.")
    return context.document()


def _is_draining(context: Context, arn: str) -> bool:
    return int(context.reported("service").get(arn, {}).get("runningCount", 0)) > 0


def _delete(context: Context) -> Document:
    """Nothing is wanted of the service any more."""
    document = context.document()
    arn = document["service"]["serviceArn"]
    for service in list(backend(context).services.values()):
        if service.arn == arn:
            service.desired_count = 0
            for deployment in service.deployments:
                deployment.update(desiredCount=0, pendingCount=0)
    document["service"]["desiredCount"] = 0
    return document


EXTENSIONS = (
    Extension(
        service="ecs",
        topic="state of services",
        stock="has no tasks to count and no events",
        aws="shows counts, deployments and events",
        change="shows what the data plane reports, once there is one",
        source=_API + "API_Service.html",
        operations={"DescribeServices": _describe},
        shows=dict.fromkeys(("CreateService", "DeleteService", "DescribeServices", "UpdateService"), _show),
    ),
    Extension(
        service="ecs",
        topic="end of a service",
        stock="lists deleted services for ever, wants their tasks still, and replaces a service by one of its name",
        aws="lists active services, ten a page, has a deleted one draining until its tasks have stopped, and refuses "
        "another one of its name until then",
        change="does so",
        source=_API + "API_DeleteService.html",
        operations={"CreateService": _create, "DeleteService": _delete, "ListServices": _list},
    ),
)
