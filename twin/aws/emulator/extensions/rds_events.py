"""RDS: events, as the data plane reports them."""

import base64
import datetime
from collections.abc import Mapping
from typing import Any

from botocore.utils import parse_to_aware_datetime

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension

__all__ = ["EVENT", "EXTENSIONS", "events"]

EVENT = "event"
"""Kind of the reported documents; their keys are anything that tells them apart."""

_DEFAULT_MINUTES = 60
_DEFAULT_RECORDS = 100
"""Source: RDS API reference, `DescribeEvents`, Duration and MaxRecords. ElastiCache's are the same."""


def events(context: Context) -> Document:
    """The events that are asked for, the last one last."""
    given = context.call.parameters
    if "SourceIdentifier" in given and "SourceType" not in given:
        message = "Cannot specify source identifier without source type"
        raise AwsError("InvalidParameterCombination", message)
    begin, end = _window(given)
    dated = [(_time(it["Date"]), it) for it in _all(context)]
    found = [
        it
        for at, it in sorted(dated, key=lambda item: item[0])
        if begin <= at <= end and _is_asked(it, given)
    ]
    return _page(found, given)


def _all(context: Context) -> list[Document]:
    """Those that are reported, and moto's own."""
    own = context.document().get("Events", []) if context.call.service == "rds" else []
    return [*own, *context.reported(EVENT).values()]


def _window(given: Mapping[str, Any]) -> tuple[datetime.datetime, datetime.datetime]:
    """From when to when; a duration counts back from the end, or on from the start."""
    duration = datetime.timedelta(minutes=given.get("Duration", _DEFAULT_MINUTES))
    now = datetime.datetime.now(datetime.UTC)
    if "StartTime" in given:
        begin = _time(given["StartTime"])
        return begin, _time(given["EndTime"]) if "EndTime" in given else begin + duration
    end = _time(given["EndTime"]) if "EndTime" in given else now
    return end - duration, end


def _is_asked(event: Document, given: Mapping[str, Any]) -> bool:
    wanted = set(given.get("EventCategories", ()))
    return (
        given.get("SourceIdentifier", event["SourceIdentifier"]) == event["SourceIdentifier"]
        and given.get("SourceType", event["SourceType"]) == event["SourceType"]
        and (not wanted or bool(wanted & set(event.get("EventCategories", ()))))
    )


def _page(found: list[Document], given: Mapping[str, Any]) -> Document:
    start = _start(given.get("Marker"))
    end = start + given.get("MaxRecords", _DEFAULT_RECORDS)
    marker = {"Marker": base64.b64encode(str(end).encode()).decode()} if end < len(found) else {}
    return {"Events": found[start:end], **marker}


def _start(marker: str | None) -> int:
    try:
        return int(base64.b64decode(marker or "MA==").decode())
    except ValueError:
        raise AwsError("InvalidParameterValue", f"Invalid marker: {marker}") from None


def _time(value: Any) -> datetime.datetime:
    """A time as a report may give it: seconds since the epoch, or ISO 8601; or as a client does."""
    return parse_to_aware_datetime(value)


EXTENSIONS = (
    Extension(
        service="rds",
        topic="events",
        stock="lists events of instances that it makes up, of whatever time, in one page",
        aws="lists what happened in the last hour, or in the time that is asked for",
        change="lists moto's and those that the data plane reports, by source, category and time, in pages",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeEvents.html",
        operations={"DescribeEvents": events},
    ),
)
