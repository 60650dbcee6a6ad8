"""CloudWatch: the history of alarms."""

from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.extensions.cloudwatch_request import paged
from twin.aws.emulator.monitoring.alarms import moment
from twin.aws.emulator.monitoring.history import Asked, Entry

__all__ = ["EXTENSIONS"]

_PAGE = 100
"""Source: API_DescribeAlarmHistory.html, MaxRecords: 100 at most; that it is the default is assumed."""


def _describe(context: Context) -> Document:
    call, given = context.call, context.call.parameters
    entries = context.monitoring.history.read(call.account, call.region, _asked(given))
    shown, further = paged(entries, given.get("NextToken"), given.get("MaxRecords") or _PAGE)
    return {"AlarmHistoryItems": [_item(entry) for entry in shown], **further}


def _asked(given: Document) -> Asked:
    return Asked(
        alarm_name=given.get("AlarmName"),
        alarm_types=frozenset(given.get("AlarmTypes") or ["MetricAlarm"]),
        kind=given.get("HistoryItemType"),
        begin=_seconds(given.get("StartDate")),
        end=_seconds(given.get("EndDate")),
        is_oldest_first=given.get("ScanBy") == "TimestampAscending",
    )


def _seconds(at: Any) -> float | None:
    return None if at is None else float(at.timestamp())


def _item(entry: Entry) -> Document:
    return {
        "AlarmName": entry.alarm_name,
        "AlarmType": entry.alarm_type,
        "Timestamp": moment(entry.at),
        "HistoryItemType": str(entry.kind),
        "HistorySummary": entry.summary,
        "HistoryData": entry.data,
    }


EXTENSIONS = (
    Extension(
        service="cloudwatch",
        topic="history of alarms",
        stock="has none",
        aws="tells for 30 days how states, configurations and actions of alarms went, also of deleted ones",
        change="tells the last 100 of an alarm",
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html",
        operations={"DescribeAlarmHistory": _describe},
    ),
)
