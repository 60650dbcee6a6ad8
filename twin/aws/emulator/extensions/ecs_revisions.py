"""ECS: service revisions, which are what deployments bring out.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-revision.html
"""

import datetime
import secrets
from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.memory import Collection

__all__ = ["EXTENSIONS", "TRIGGERS", "current_revision", "new_number", "revisions"]

_API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/"

TRIGGERS = (
    "taskDefinition",
    "networkConfiguration",
    "platformVersion",
    "loadBalancers",
    "serviceRegistries",
    "serviceConnectConfiguration",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
    "monitoring",
)
"""Parameters whose change starts a deployment, and with it a revision.

Source: API_UpdateService.html, "This parameter triggers a new service deployment". It does not say so of `monitoring`;
that is an assumption, made because a service revision has it, and revisions do not change.
"""

_MEMBERS = (*TRIGGERS, "launchType", "capacityProviderStrategy", "platformFamily", "clusterArn", "serviceArn")
# A service does not show it, only its revisions do.
_UNSHOWN = "monitoring"


def revisions(context: Context) -> Collection:
    """Revisions by the id of the deployment that brings them out."""
    call = context.call
    return context.memory.collection(call.account, call.region, "ecs", "service revision")


def current_revision(context: Context, service: Any) -> Document:
    """What the primary deployment of moto's service brings out."""
    ids = [it["id"] for it in service.deployments[:1]]
    return revisions(context).get(ids[0], {}) if ids else {}


def new_number() -> int:
    """19 digits, as ECS numbers deployments and revisions."""
    return secrets.randbelow(9 * 10**18) + 10**18


def _remember(context: Context, document: Document) -> None:
    """The primary deployment's revision is known."""
    service = document["service"]
    if context.call.name == "CreateService":
        _forget(context, service["serviceArn"])
    for deployment in service.get("deployments", [])[:1]:
        if deployment["id"] not in revisions(context):
            revisions(context)[deployment["id"]] = _revision(context, service)


def _forget(context: Context, service_arn: str) -> None:
    for key in [key for key, it in revisions(context).items() if it.get("serviceArn") == service_arn]:
        revisions(context).pop(key)


def _revision(context: Context, service: Document) -> Document:
    arn = service["serviceArn"].replace(":service/", ":service-revision/")
    return {
        **{name: service[name] for name in _MEMBERS if service.get(name) not in (None, [], {})},
        **_unshown(context, service["serviceArn"]),
        "serviceRevisionArn": f"{arn}/{new_number()}",
        "createdAt": datetime.datetime.now(datetime.UTC),
    }


def _unshown(context: Context, service_arn: str) -> Document:
    earlier = [it for it in revisions(context).values() if it.get("serviceArn") == service_arn]
    sources = [context.call.parameters, *reversed(earlier)]
    return next(({_UNSHOWN: it[_UNSHOWN]} for it in sources if it.get(_UNSHOWN) is not None), {})


def _describe(context: Context) -> Document:
    by_arn = {it["serviceRevisionArn"]: it for it in revisions(context).values()}
    asked = context.call.parameters["serviceRevisionArns"]
    return {
        "serviceRevisions": [by_arn[arn] for arn in asked if arn in by_arn],
        "failures": [{"arn": arn, "reason": "MISSING"} for arn in asked if arn not in by_arn],
    }


def _show(context: Context, document: Document) -> None:
    known = revisions(context)
    for service in document["services"] if "services" in document else [document["service"]]:
        service["currentServiceRevisions"] = [
            {"arn": known[it["id"]]["serviceRevisionArn"], **_counts(it)}
            for it in service.get("deployments", [])
            if it["id"] in known
        ]


def _counts(deployment: Document) -> Document:
    return {
        "requestedTaskCount": deployment.get("desiredCount", 0),
        "runningTaskCount": deployment.get("runningCount", 0),
        "pendingTaskCount": deployment.get("pendingCount", 0),
    }


EXTENSIONS = (
    Extension(
        service="ecs",
        topic="service revisions",
        stock="has none",
        aws="keeps what each deployment brings out, and shows it with the service",
        change="keeps it, without the images' digests",
        source=_API + "API_ServiceRevision.html",
        operations={"DescribeServiceRevisions": _describe},
        shows=dict.fromkeys(("CreateService", "UpdateService"), _remember),
    ),
    Extension(
        service="ecs",
        topic="revisions of a service",
        stock="shows none",
        aws="shows which revisions a service runs",
        change="shows those of its deployments",
        source=_API + "API_Service.html",
        shows=dict.fromkeys(("CreateService", "DescribeServices", "UpdateService"), _show),
    ),
)
