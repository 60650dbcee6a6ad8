"""ARC zonal shift: traffic of a load balancer is moved away from one zone, for a time."""

import re
import time
import uuid
from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.extensions.arc_managed_resource import (
    SERVICE,
    conflict,
    invalid,
    kept,
    managed,
    not_found,
    page_size,
    shown_shift,
    zone_ids,
)
from twin.aws.emulator.page import page

__all__ = ["EXTENSIONS", "expires_in_seconds"]

_SOURCE = "https://docs.aws.amazon.com/arc-zonal-shift/latest/api/API_StartZonalShift.html"

# Source: API_StartZonalShift.html, expiresIn: minutes or hours, three days (72 hours) at most.
_EXPIRES_IN = re.compile(r"([1-9][0-9]*)([mh])")
_SECONDS = {"m": 60, "h": 3600}
_LONGEST_SECONDS = 72 * 3600
# Source: the same, comment.
_COMMENT_LENGTH = 128


def expires_in_seconds(given: str) -> int:
    """The length of time that ``20h`` or ``120m`` means.

    Raises:
        AwsError: it is neither, or longer than three days.
    """
    found = _EXPIRES_IN.fullmatch(given)
    seconds = int(found[1]) * _SECONDS[found[2]] if found and len(given) <= 5 else 0
    if not 0 < seconds <= _LONGEST_SECONDS:
        raise invalid("InvalidExpiresIn", f"The expiresIn value {given!r} must be 1m to 72h, in m or h.")
    return seconds


def _start(context: Context) -> Document:
    """Traffic is moved away from the zone. A resource has one zonal shift at a time."""
    given = context.call.parameters
    resource = managed(context, given["resourceIdentifier"])
    zone = _zone(context, resource, given["awayFrom"])
    seconds = expires_in_seconds(given["expiresIn"])
    comment = _comment(given["comment"])
    shifts, now = kept(context, "zonal shift"), time.time()
    with context.memory.lock:
        _require_none_active(list(shifts.values()), resource.arn, now)
        shift = {
            "zonalShiftId": str(uuid.uuid4()),
            "resourceIdentifier": resource.arn,
            "awayFrom": zone,
            "startTime": now,
            "expiryTime": now + seconds,
            "status": "ACTIVE",
            "comment": comment,
        }
        shifts[shift["zonalShiftId"]] = shift
    return shift


def _zone(context: Context, resource: Any, given: str) -> str:
    """The zone's id. AWS asks for that; a zone's name is taken too."""
    zones = zone_ids(context, resource)
    if given not in zones and given not in zones.values():
        message = f"The resource is not in Availability Zone {given!r}; it is in {sorted(zones.values())}."
        raise invalid("InvalidAz", message)
    return zones.get(given, given)


def _comment(given: str) -> str:
    if len(given) > _COMMENT_LENGTH:
        raise invalid("MissingValue", f"A comment has at most {_COMMENT_LENGTH} characters.")
    return given


def _require_none_active(shifts: list[Document], arn: str, now: float) -> None:
    for shift in shifts:
        if shift["resourceIdentifier"] == arn and shown_shift(shift, now)["status"] == "ACTIVE":
            message = "A zonal shift is already active for the resource."
            raise conflict("ZonalShiftAlreadyExists", message, shift["zonalShiftId"])


def _active(context: Context) -> Document:
    identifier = context.call.parameters["zonalShiftId"]
    shift = kept(context, "zonal shift").get(identifier)
    if shift is None:
        raise not_found(f"There is no zonal shift {identifier!r}.")
    if shown_shift(shift, time.time())["status"] != "ACTIVE":
        raise conflict("ZonalShiftStatusNotActive", "The zonal shift is not active.", identifier)
    return shift


def _update(context: Context) -> Document:
    """The shift has the new comment, and expires as long after now as given."""
    given, shift = context.call.parameters, _active(context)
    if "expiresIn" in given:
        shift["expiryTime"] = time.time() + expires_in_seconds(given["expiresIn"])
    if "comment" in given:
        shift["comment"] = _comment(given["comment"])
    return shift


def _cancel(context: Context) -> Document:
    shift = _active(context)
    shift["status"] = "CANCELED"
    return shift


def _list(context: Context) -> Document:
    given, now = context.call.parameters, time.time()
    shifts = [shown_shift(it, now) for it in kept(context, "zonal shift").values()]
    wanted = [
        {**it, "shiftType": "ZONAL_SHIFT"}
        for it in sorted(shifts, key=lambda it: it["startTime"], reverse=True)
        if given.get("status", it["status"]) == it["status"]
        and given.get("resourceIdentifier", it["resourceIdentifier"]) == it["resourceIdentifier"]
    ]
    items, further = page(wanted, given.get("nextToken"), page_size(given), "ValidationException")
    return {"items": items, **further}


EXTENSIONS = (
    Extension(
        service=SERVICE,
        topic="zonal shifts",
        stock="does not have the service",
        aws="moves a load balancer's traffic away from one zone until the shift expires or is cancelled",
        change="keeps zonal shifts, for the data plane to carry out",
        source=_SOURCE,
        resources=("zonal shift",),
        operations={
            "StartZonalShift": _start,
            "UpdateZonalShift": _update,
            "CancelZonalShift": _cancel,
            "ListZonalShifts": _list,
        },
    ),
)
