"""CloudWatch Logs: a metric filter that is put again replaces the one of its name."""

from typing import Any

from twin.aws.emulator.extension import Extension, Kept

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/"


def _replace() -> None:
    """One filter a name and group; moto keeps every one that was ever put."""
    from moto.logs.metric_filters import MetricFilters

    filters: Any = MetricFilters
    add = filters.add_filter

    def add_filter(self: MetricFilters, name: str, pattern: str, group: str, transformations: Any) -> None:
        self.delete_filter(name, group)
        add(self, name, pattern, group, transformations)

    filters.add_filter = add_filter


_FILTER = Kept(
    kind="metric filter",
    writes={"PutMetricFilter": "@"},
    creates=frozenset({"PutMetricFilter"}),
    shows={"DescribeMetricFilters": "metricFilters"},
    parameter_key={"PutMetricFilter": "join('/', [logGroupName, filterName])"},
    key="join('/', [logGroupName, filterName])",
    members={"applyOnTransformedLogs": "applyOnTransformedLogs"},
    defaults={"applyOnTransformedLogs": False},
)

EXTENSIONS = (
    Extension(
        service="logs",
        topic="metric filters",
        stock="keeps a second filter where one is put again, and forgets applyOnTransformedLogs",
        aws="replaces the filter",
        change="replaces it, and keeps the member",
        source=_API + "API_PutMetricFilter.html",
        patch=_replace,
        kept=(_FILTER,),
    ),
)
