"""Metrics bear the names and dimensions that alarms and scaling read."""

import io

from tests.workload.fakes import FakeAws
from tests.workload.virtual_time import run
from workload.logs import Log
from workload.metrics import Metrics
from workload.slots import Slots


def _metrics(aws: FakeAws) -> Metrics:
    return Metrics("Estate", "case", aws, Slots(4), Log("case", io.StringIO()))


def test_utilisation_is_told_by_service_at_high_resolution_and_operations_by_benefit() -> None:
    async def test() -> list[dict]:
        aws = FakeAws()
        metrics = _metrics(aws)
        metrics.operation("child-payment", 12, failed=False)
        metrics.operation("child-payment", 12, failed=True)
        await metrics.report()
        return aws.calls[0][2]["MetricData"]

    data = {it["MetricName"]: it for it in run(test)}
    benefit = [{"Name": "Benefit", "Value": "child-payment"}]
    assert data["Utilisation"]["Dimensions"] == [{"Name": "Service", "Value": "case"}]
    assert data["Utilisation"]["StorageResolution"] == 1
    assert (data["Operations"]["Value"], data["Operations"]["Dimensions"]) == (2.0, benefit)
    assert data["FailedOperations"]["Value"] == 1.0
    assert (data["OperationMilliseconds"]["Values"], data["OperationMilliseconds"]["Counts"]) == (
        [12.0],
        [2.0],
    )


def test_a_report_begins_a_new_period_and_failing_to_tell_disturbs_nobody() -> None:
    async def test() -> list[str]:
        aws = FakeAws()
        metrics = _metrics(aws)
        metrics.operation("child-payment", 12, failed=False)
        aws.away.add("metrics")
        await metrics.report()
        aws.away.clear()
        await metrics.report()
        return [it["MetricName"] for it in aws.calls[0][2]["MetricData"]]

    assert run(test) == ["Utilisation"]


def test_many_different_durations_fit_into_few_values() -> None:
    async def test() -> list[dict]:
        aws = FakeAws()
        metrics = _metrics(aws)
        for milliseconds in range(10_000):
            metrics.operation("child-payment", milliseconds, failed=False)
        await metrics.report()
        return [it for it in aws.calls[0][2]["MetricData"] if it["MetricName"] == "OperationMilliseconds"]

    data = run(test)
    assert sum(len(it["Values"]) for it in data) < 400
    assert all(len(it["Values"]) <= 150 for it in data)
    assert sum(sum(it["Counts"]) for it in data) == 10_000
