"""Metrics over the API. How they are aggregated is tested without it, in `tests/twin/aws/emulator/monitoring`."""

import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.conftest import Served
from tests.twin.aws.emulator.reporting import send

NOW = datetime.datetime.now(datetime.UTC).replace(second=0, microsecond=0)
MINUTE = datetime.timedelta(minutes=1)


def _put(served: Served, name: str, *data: dict[str, Any]) -> Any:
    cloudwatch = served.clients("cloudwatch")
    cloudwatch.put_metric_data(
        Namespace="Metrics", MetricData=[{"MetricName": name, "Timestamp": NOW, **datum} for datum in data]
    )
    return cloudwatch


def _points(cloudwatch: Any, name: str, namespace: str = "Metrics", **asked: Any) -> list[dict[str, Any]]:
    span = {"StartTime": NOW - 5 * MINUTE, "EndTime": NOW + MINUTE, "Period": 60}
    answer = cloudwatch.get_metric_statistics(Namespace=namespace, MetricName=name, **{**span, **asked})
    return sorted(answer["Datapoints"], key=lambda it: it["Timestamp"])


def test_percentiles_are_read(mended: Served) -> None:
    cloudwatch = _put(mended, "latency", {"Values": [0.1, 5.0], "Counts": [99.0, 1.0], "Unit": "Seconds"})
    (point,) = _points(cloudwatch, "latency", ExtendedStatistics=["p50", "p99.9"])
    assert (point["ExtendedStatistics"], point["Unit"]) == ({"p50": 0.1, "p99.9": 5.0}, "Seconds")


def test_a_request_that_the_client_packs_is_read(extended: Served) -> None:
    """boto3 packs what is longer than 10 kB."""
    data = [
        {"Value": float(number), "Dimensions": [{"Name": "N", "Value": "x" * 200}]} for number in range(200)
    ]
    cloudwatch = _put(extended, "packed", *data)
    (point,) = _points(
        cloudwatch, "packed", Statistics=["SampleCount", "Maximum"], Dimensions=data[0]["Dimensions"]
    )
    assert (point["SampleCount"], point["Maximum"]) == (200.0, 199.0)


def test_metric_math_is_evaluated(mended: Served) -> None:
    cloudwatch = _put(mended, "failed", {"Value": 1.0})
    _put(mended, "all", {"Value": 4.0})
    queries = [
        {"Id": "ratio", "Expression": "100 * FILL(failed, 0) / total", "Label": "percent"},
        _query("failed", "failed"),
        _query("total", "all"),
    ]
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=queries, StartTime=NOW - 2 * MINUTE, EndTime=NOW + MINUTE
    )["MetricDataResults"]
    assert [(it["Id"], it["Label"], it["Values"], it["Timestamps"]) for it in answer] == [
        ("ratio", "percent", [25.0], [NOW])
    ]


def _query(name: str, metric: str) -> dict[str, Any]:
    statistic = {"Metric": {"Namespace": "Metrics", "MetricName": metric}, "Period": 60, "Stat": "Sum"}
    return {"Id": name, "MetricStat": statistic, "ReturnData": False}


def test_datapoints_come_in_pages_the_newest_first_unless_asked_otherwise(extended: Served) -> None:
    data = [{"Value": float(ago), "Timestamp": NOW - ago * MINUTE} for ago in range(4)]
    cloudwatch = _put(extended, "paged", *data)
    query = {**_query("m", "paged"), "ReturnData": True}
    span = {"MetricDataQueries": [query], "StartTime": NOW - 5 * MINUTE, "EndTime": NOW + MINUTE}
    first = cloudwatch.get_metric_data(**span, MaxDatapoints=3)
    rest = cloudwatch.get_metric_data(**span, MaxDatapoints=3, NextToken=first["NextToken"])
    shown = [
        (it["MetricDataResults"][0]["Values"], it["MetricDataResults"][0]["StatusCode"])
        for it in (first, rest)
    ]
    assert shown == [([0.0, 1.0, 2.0], "PartialData"), ([3.0], "Complete")]
    oldest_first = cloudwatch.get_metric_data(**span, ScanBy="TimestampAscending")["MetricDataResults"][0]
    assert oldest_first["Values"] == [3.0, 2.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("namespace", "datum", "words"),
    [
        ("AWS/ECS", {"Value": 1.0}, "AWS/ for parameter Namespace is invalid"),
        ("N", {"Value": 1.0, "Timestamp": NOW - datetime.timedelta(days=15)}, "two weeks in the past"),
        ("N", {"Value": 1.0, "Timestamp": NOW + datetime.timedelta(hours=3)}, "next two hours"),
        ("N", {"Value": 1.0, "Values": [1.0]}, "mutually exclusive"),
        ("N", {"Values": [1.0], "Counts": [1.0, 2.0]}, "of the same size"),
        ("N", {"Value": 1e300}, "is invalid"),
        ("N", {"Value": 1.0, "StorageResolution": 10}, "must be 1 or 60"),
        ("N", {}, "At least one of the parameters must be specified"),
    ],
)
def test_data_that_aws_would_not_take_are_refused(
    extended: Served, namespace: str, datum: Any, words: str
) -> None:
    with pytest.raises(ClientError, match=words):
        extended.clients("cloudwatch").put_metric_data(
            Namespace=namespace, MetricData=[{"MetricName": "m", **datum}]
        )


def test_what_the_data_plane_measures_is_taken_for_aws_s_own_namespaces(extended: Served) -> None:
    usual = {
        "region": "eu-west-2",
        "namespace": "AWS/ApplicationELB",
        "name": "Posted",
        "dimensions": {"LoadBalancer": "app/edge/1"},
        "at": NOW.timestamp(),
        "resolution": 60,
        "unit": "Count",
    }
    data = [
        {**usual, "value": 2.0},
        {**usual, "values": [1.0, 3.0], "counts": [2, 1]},
        {**usual, "count": 4, "sum": 8.0, "minimum": 1.0, "maximum": 5.0},
    ]
    assert send(extended.endpoint, "POST", "metrics", {"data": data})[1]["taken"] == 3
    (point,) = _points(
        extended.clients("cloudwatch"),
        "Posted",
        "AWS/ApplicationELB",
        Statistics=["SampleCount", "Sum", "Maximum"],
        Dimensions=[{"Name": "LoadBalancer", "Value": "app/edge/1"}],
    )
    assert (point["SampleCount"], point["Sum"], point["Maximum"], point["Unit"]) == (8.0, 15.0, 5.0, "Count")


@pytest.mark.parametrize("body", [[], {"data": 1}, {"data": [{"region": "x"}]}, {"data": [{"value": "y"}]}])
def test_a_malformed_post_of_metrics_is_refused_with_the_form_it_must_have(
    extended: Served, body: Any
) -> None:
    status, answer = send(extended.endpoint, "POST", "metrics", body)
    assert (status, answer["message"].startswith('The body must be {"data"')) == (400, True)


def test_metrics_are_listed_by_namespace_and_dimension(extended: Served) -> None:
    cloudwatch = _put(
        extended,
        "listed",
        {"Value": 1.0, "Dimensions": [{"Name": "Service", "Value": "case"}]},
        {"Value": 1.0, "Dimensions": [{"Name": "Service", "Value": "hub"}]},
    )
    assert cloudwatch.list_metrics(
        Namespace="Metrics", MetricName="listed", Dimensions=[{"Name": "Service", "Value": "hub"}]
    )["Metrics"] == [
        {"Namespace": "Metrics", "MetricName": "listed", "Dimensions": [{"Name": "Service", "Value": "hub"}]}
    ]
