"""ARC zonal shift: the load balancers whose traffic it may shift, and their practice runs."""

import time
from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.memory import Collection
from twin.aws.emulator.page import page

__all__ = [
    "EXTENSIONS",
    "SERVICE",
    "conflict",
    "invalid",
    "kept",
    "managed",
    "not_found",
    "page_size",
    "shown_shift",
    "zone_ids",
]

SERVICE = "arc-zonal-shift"
_API = "https://docs.aws.amazon.com/arc-zonal-shift/latest/api/"

# A load balancer takes part where this attribute says so.
# Source: https://docs.aws.amazon.com/r53recovery/latest/dg/arc-zonal-shift.resource-types.app-load-balancers.html
_ENABLED = "zonal_shift.config.enabled"

# Source: API_ListManagedResources.html, maxResults: 1 to 100; that 100 is the default is an assumption.
_LISTED = 100


def kept(context: Context, kind: str) -> Collection:
    call = context.call
    return context.memory.collection(call.account, call.region, SERVICE, kind)


def managed(context: Context, arn: str) -> Any:
    """moto's load balancer of the ARN.

    Raises:
        AwsError: there is none, or zonal shift is not switched on for it.
    """
    found = _balancers(context).get(arn)
    if found is None or not _is_managed(found):
        raise not_found(f"{arn!r} is no resource for which zonal shift is enabled.")
    return found


def zone_ids(context: Context, balancer: Any) -> dict[str, str]:
    """The ids of the zones that the load balancer is in, by name."""
    from moto.ec2.models import ec2_backends

    zones = ec2_backends[context.call.account][context.call.region].describe_availability_zones()
    names = {subnet.availability_zone for subnet in balancer.subnets}
    return {zone.name: zone.zone_id for zone in zones if zone.name in names}


def shown_shift(shift: Document, now: float) -> Document:
    """The shift as it is now: one whose time is over has expired."""
    is_over = shift["status"] == "ACTIVE" and shift["expiryTime"] <= now
    return {**shift, "status": "EXPIRED"} if is_over else shift


def page_size(given: Document) -> int:
    size = int(given.get("maxResults", _LISTED))
    if not 1 <= size <= _LISTED:
        raise invalid("MissingValue", f"maxResults must be between 1 and {_LISTED}.")
    return size


def invalid(reason: str, message: str) -> AwsError:
    return AwsError("ValidationException", message, members={"reason": reason})


def not_found(message: str) -> AwsError:
    return AwsError("ResourceNotFoundException", message, "404 Not Found")


def conflict(reason: str, message: str, zonal_shift_id: str | None = None) -> AwsError:
    members = {"reason": reason, **({"zonalShiftId": zonal_shift_id} if zonal_shift_id else {})}
    return AwsError("ConflictException", message, "409 Conflict", members)


def _balancers(context: Context) -> dict[str, Any]:
    from moto.elbv2.models import elbv2_backends

    return dict(elbv2_backends[context.call.account][context.call.region].load_balancers)


def _is_managed(balancer: Any) -> bool:
    return str(balancer.attrs.get(_ENABLED, "false")).lower() == "true"


def _get(context: Context) -> Document:
    balancer = managed(context, context.call.parameters["resourceIdentifier"])
    practice = kept(context, "practice run").get(balancer.arn)
    return {
        **_summary(context, balancer),
        **({"practiceRunConfiguration": practice} if practice else {}),
    }


def _list(context: Context) -> Document:
    given = context.call.parameters
    balancers = sorted(filter(_is_managed, _balancers(context).values()), key=lambda it: str(it.arn))
    listed, further = page(balancers, given.get("nextToken"), page_size(given), "ValidationException")
    items = [
        {
            **_summary(context, it),
            "availabilityZones": sorted(zone_ids(context, it).values()),
            "practiceRunStatus": "ENABLED" if it.arn in kept(context, "practice run") else "DISABLED",
        }
        for it in listed
    ]
    return {"items": items, **further}


def _summary(context: Context, balancer: Any) -> Document:
    shifts = _active_shifts(context, balancer.arn)
    away = {shift["awayFrom"] for shift in shifts}
    return {
        "arn": balancer.arn,
        "name": balancer.name,
        "appliedWeights": {
            zone: 0.0 if zone in away else 1.0 for zone in zone_ids(context, balancer).values()
        },
        "zonalShifts": [{**it, "appliedStatus": "APPLIED", "shiftType": "ZONAL_SHIFT"} for it in shifts],
        "autoshifts": [],
        "zonalAutoshiftStatus": kept(context, "autoshift").get(balancer.arn, {}).get("status", "DISABLED"),
    }


def _active_shifts(context: Context, arn: str) -> list[Document]:
    now, shifts = time.time(), list(kept(context, "zonal shift").values())
    return [
        it for it in shifts if it["resourceIdentifier"] == arn and shown_shift(it, now)["status"] == "ACTIVE"
    ]


def _create_practice(context: Context) -> Document:
    given = context.call.parameters
    balancer = managed(context, given["resourceIdentifier"])
    if balancer.arn in kept(context, "practice run"):
        raise conflict("PracticeConfigurationAlreadyExists", "The resource has a practice run configuration.")
    kept(context, "practice run")[balancer.arn] = _practice_members(given)
    return _practice(context, balancer)


def _update_practice(context: Context) -> Document:
    given = context.call.parameters
    balancer = managed(context, given["resourceIdentifier"])
    _require_practice(context, balancer).update(_practice_members(given))
    return _practice(context, balancer)


def _delete_practice(context: Context) -> Document:
    balancer = managed(context, context.call.parameters["resourceIdentifier"])
    _require_practice(context, balancer)
    if _summary(context, balancer)["zonalAutoshiftStatus"] == "ENABLED":
        raise conflict("AutoShiftEnabled", "Disable zonal autoshift for the resource first.")
    kept(context, "practice run").pop(balancer.arn)
    return {"arn": balancer.arn, "name": balancer.name, "zonalAutoshiftStatus": "DISABLED"}


def _set_autoshift(context: Context) -> Document:
    given = context.call.parameters
    balancer = managed(context, given["resourceIdentifier"])
    _require_practice(context, balancer)
    kept(context, "autoshift")[balancer.arn] = {"status": given["zonalAutoshiftStatus"]}
    return {"resourceIdentifier": balancer.arn, "zonalAutoshiftStatus": given["zonalAutoshiftStatus"]}


def _require_practice(context: Context, balancer: Any) -> Document:
    found = kept(context, "practice run").get(balancer.arn)
    if found is None:
        raise conflict("PracticeConfigurationDoesNotExist", "The resource has no practice run configuration.")
    return found


def _practice(context: Context, balancer: Any) -> Document:
    summary = _summary(context, balancer)
    shown = {name: summary[name] for name in ("arn", "name", "zonalAutoshiftStatus")}
    return {**shown, "practiceRunConfiguration": kept(context, "practice run")[balancer.arn]}


def _practice_members(given: Document) -> Document:
    return {name: value for name, value in given.items() if name != "resourceIdentifier"}


EXTENSIONS = (
    Extension(
        service=SERVICE,
        topic="managed resources",
        stock="does not have the service",
        aws="knows the load balancers for which zonal shift is switched on",
        change="shows moto's load balancers with that attribute, with the shifts that are active",
        source=_API + "API_GetManagedResource.html",
        operations={"GetManagedResource": _get, "ListManagedResources": _list},
    ),
    Extension(
        service=SERVICE,
        topic="practice runs and autoshift",
        stock="does not have the service",
        aws="runs practices each week, and shifts traffic by itself, where that is switched on",
        change="keeps the settings; there are no practice runs and no autoshifts",
        source=_API + "API_UpdateZonalAutoshiftConfiguration.html",
        operations={
            "CreatePracticeRunConfiguration": _create_practice,
            "UpdatePracticeRunConfiguration": _update_practice,
            "DeletePracticeRunConfiguration": _delete_practice,
            "UpdateZonalAutoshiftConfiguration": _set_autoshift,
            "ListAutoshifts": lambda context: {"items": []},
        },
    ),
)
