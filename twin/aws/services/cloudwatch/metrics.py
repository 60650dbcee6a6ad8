"""Metric queries and dimensions, which Pulumi writes flatter than CloudWatch does."""

from collections.abc import Mapping
from typing import Any

__all__ = ["declared_dimensions", "declared_queries", "dimensions", "queries"]


def dimensions(given: Mapping[str, str]) -> list[dict[str, str]]:
    """CloudWatch's list, in the order of the names."""
    return [{"Name": name, "Value": str(value)} for name, value in sorted(given.items())]


def declared_dimensions(found: list[Mapping[str, str]]) -> dict[str, str]:
    return {one["Name"]: one["Value"] for one in found}


def queries(given: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """CloudWatch's MetricDataQuery for each query."""
    return [_query(one) for one in given]


def _query(given: Mapping[str, Any]) -> dict[str, Any]:
    """A query that does not say whether it returns data does not, for Terraform's provider; for CloudWatch it does.

    Source: Terraform AWS provider, aws_cloudwatch_metric_alarm, metric_query.return_data.
    """
    query = {name: value for name, value in given.items() if name != "metric" and value is not None}
    metric = given.get("metric")
    return {"returnData": False} | query | ({"metricStat": _metric_stat(metric)} if metric else {})


def _metric_stat(given: Mapping[str, Any]) -> dict[str, Any]:
    metric = {name: given[name] for name in ("metricName", "namespace") if given.get(name)}
    if given.get("dimensions"):
        metric["dimensions"] = dimensions(given["dimensions"])
    return {"metric": metric} | {name: given[name] for name in ("period", "stat", "unit") if given.get(name)}


def declared_queries(found: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Pulumi's queries."""
    return [_declared_query(one) for one in found]


def _declared_query(found: Mapping[str, Any]) -> dict[str, Any]:
    query = {name: value for name, value in found.items() if name != "MetricStat"}
    stat = found.get("MetricStat")
    if not stat:
        return query
    metric = {
        **stat["Metric"],
        **{name: value for name, value in stat.items() if name != "Metric"},
    }
    return {
        **query,
        "Metric": {
            **metric,
            "Dimensions": declared_dimensions(metric.get("Dimensions") or []),
        },
    }
