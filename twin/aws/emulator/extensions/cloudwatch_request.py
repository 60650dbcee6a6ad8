"""CloudWatch: what several of its operations take: a span of time, and a token of a page."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.monitoring.queries import Window
from twin.aws.emulator.page import page

__all__ = ["SHORT_PERIODS", "paged", "window_of"]

SHORT_PERIODS = (1, 5, 10, 20, 30)
"""Seconds; all others are multiples of 60. Source: CloudWatch API reference, MetricStat, Period."""

Item = TypeVar("Item")


def paged(items: Sequence[Item], token: str | None, size: int) -> tuple[list[Item], dict[str, Any]]:
    """The items of the page that the token begins, and ``{"NextToken": ...}`` where there is another page."""
    shown, further = page(items, token, size, "InvalidNextToken")
    return shown, {"NextToken": further["nextToken"]} if further else {}


def window_of(given: Mapping[str, Any], period_seconds: int) -> Window:
    """The start is rounded down to the minute, or to the period where that is shorter.

    Source: CloudWatch API reference, GetMetricData, StartTime; of the last 15 days, as nothing older is kept.
    """
    begin, end = given["StartTime"].timestamp(), given["EndTime"].timestamp()
    if begin >= end:
        raise AwsError("ValidationError", "The parameter StartTime must be less than the parameter EndTime.")
    if period_seconds not in SHORT_PERIODS and (period_seconds <= 0 or period_seconds % 60):
        message = f"The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60, got {period_seconds}."
        raise AwsError("InvalidParameterValue", message)
    step = min(period_seconds, 60)
    return Window(int(begin // step) * step, int(-(-end // 1)))
