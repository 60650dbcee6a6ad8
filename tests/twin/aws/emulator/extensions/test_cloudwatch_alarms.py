"""Alarms over the API. How they are evaluated is tested in virtual time, in `tests/twin/aws/emulator/monitoring`."""

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.conftest import Served

ALARM = {
    "Namespace": "Alarms",
    "MetricName": "m",
    "Statistic": "Maximum",
    "Period": 10,
    "EvaluationPeriods": 1,
    "Threshold": 5.0,
    "ComparisonOperator": "GreaterThanThreshold",
}
DEADLINE_SECONDS = 25.0


def _put(served: Served, name: str, **given: Any) -> Any:
    cloudwatch = served.clients("cloudwatch")
    cloudwatch.put_metric_alarm(**{"AlarmName": name, **ALARM, **given})
    return cloudwatch


def _alarm(cloudwatch: Any, name: str) -> dict[str, Any]:
    return cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]


def test_a_new_alarm_has_insufficient_data(mended: Served) -> None:
    assert _alarm(_put(mended, "new"), "new")["StateValue"] == "INSUFFICIENT_DATA"


def test_an_alarm_goes_off_by_itself_and_tells_its_topic(mended: Served) -> None:
    """In real time, a few seconds: the alarm is of high resolution."""
    sns, sqs = mended.clients("sns"), mended.clients("sqs")
    topic, queue = sns.create_topic(Name="ringing")["TopicArn"], sqs.create_queue(QueueName="ringing")
    arn = sqs.get_queue_attributes(QueueUrl=queue["QueueUrl"], AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    sqs.set_queue_attributes(QueueUrl=queue["QueueUrl"], Attributes={"Policy": _open(arn)})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    cloudwatch = _put(mended, "rings", MetricName="rings", AlarmActions=[topic])
    message = _received(mended, cloudwatch, queue["QueueUrl"])
    assert (message["AlarmName"], message["NewStateValue"], message["Trigger"]["Threshold"]) == (
        "rings",
        "ALARM",
        5.0,
    )
    history = cloudwatch.describe_alarm_history(AlarmName="rings", ScanBy="TimestampAscending")
    assert [it["HistorySummary"] for it in history["AlarmHistoryItems"]] == [
        'Alarm "rings" created',
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        f"Successfully executed action {topic}",
    ]


def _open(arn: str) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _received(served: Served, cloudwatch: Any, url: str) -> dict[str, Any]:
    """The message that comes while the metric is above the threshold."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        datum = {"MetricName": "rings", "Value": 9.0, "StorageResolution": 1}
        cloudwatch.put_metric_data(Namespace="Alarms", MetricData=[datum])
        found = served.clients("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", [])
        if found:
            return json.loads(found[0]["Body"])
    pytest.fail("No message came.")


def test_a_state_set_by_hand_carries_out_actions_and_failures_are_history(mended: Served) -> None:
    gone = "arn:aws:sns:eu-west-2:123456789012:gone"
    cloudwatch = _put(mended, "set", Period=3600, AlarmActions=[gone], TreatMissingData="ignore")
    cloudwatch.set_alarm_state(AlarmName="set", StateValue="ALARM", StateReason="a drill")
    failed = cloudwatch.describe_alarm_history(AlarmName="set", HistoryItemType="Action")["AlarmHistoryItems"]
    assert (_alarm(cloudwatch, "set")["StateReason"], [it["HistorySummary"] for it in failed]) == (
        "a drill",
        [f'Failed to execute action {gone}. Received error: "Topic does not exist: {gone}"'],
    )


def test_a_topic_whose_policy_does_not_let_alarms_in_is_told_nothing(extended: Served) -> None:
    sns = extended.clients("sns")
    topic = sns.create_topic(Name="shut")["TopicArn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "budgets.amazonaws.com"},
        "Action": "sns:Publish",
    }
    policy = {"Version": "2012-10-17", "Statement": [{**statement, "Resource": topic}]}
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy))
    cloudwatch = _put(extended, "shut", Period=3600, AlarmActions=[topic], TreatMissingData="ignore")
    cloudwatch.set_alarm_state(AlarmName="shut", StateValue="ALARM", StateReason="a drill")
    (failed,) = cloudwatch.describe_alarm_history(AlarmName="shut", HistoryItemType="Action")[
        "AlarmHistoryItems"
    ]
    assert (
        f"CloudWatch Alarms is not authorized to perform: SNS:Publish on resource: {topic}"
        in failed["HistorySummary"]
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"Period": 15}, "Period must be 10, 20, 30 or a multiple of 60"),
        ({"Period": 60, "EvaluationPeriods": 2000}, "more than a day"),
        ({"DatapointsToAlarm": 2}, "DatapointsToAlarm"),
        ({"ExtendedStatistic": "p99"}, "Statistic"),
    ],
)
def test_an_alarm_with_impossible_settings_is_refused(mended: Served, given: Any, words: str) -> None:
    with pytest.raises(ClientError, match=words) as refused:
        _put(mended, "impossible", **given)
    assert refused.value.response["Error"]["Code"] == "ValidationError"


def test_a_rule_on_an_alarm_that_is_not_there_is_refused(mended: Served) -> None:
    with pytest.raises(ClientError, match=r"alarms \[nowhere\] in the alarm rule do not exist"):
        mended.clients("cloudwatch").put_composite_alarm(AlarmName="c", AlarmRule="ALARM(nowhere)")


def test_an_alarm_that_a_composite_alarm_needs_is_not_deleted(mended: Served) -> None:
    cloudwatch = _put(mended, "needed")
    cloudwatch.put_composite_alarm(AlarmName="needs", AlarmRule="ALARM(needed)")
    with pytest.raises(ClientError, match="Cannot delete needed as there are composite alarm"):
        cloudwatch.delete_alarms(AlarmNames=["needed"])
    cloudwatch.delete_alarms(AlarmNames=["needed", "needs"])
    assert cloudwatch.describe_alarms(AlarmNames=["needed"])["MetricAlarms"] == []


def test_alarms_are_described_in_pages_and_by_prefix_state_and_relation(extended: Served) -> None:
    cloudwatch = _put(extended, "page-a")
    _put(extended, "page-b", Period=3600, TreatMissingData="ignore")
    cloudwatch.set_alarm_state(AlarmName="page-b", StateValue="ALARM", StateReason="a drill")
    cloudwatch.put_composite_alarm(AlarmName="page-c", AlarmRule="ALARM(page-a)")
    pages = cloudwatch.get_paginator("describe_alarms").paginate(
        AlarmNamePrefix="page-", AlarmTypes=["MetricAlarm", "CompositeAlarm"], MaxRecords=1
    )
    shown = [
        it["AlarmName"] for page in pages for kind in ("CompositeAlarms", "MetricAlarms") for it in page[kind]
    ]
    assert shown == ["page-c", "page-a", "page-b"]
    ringing = cloudwatch.describe_alarms(AlarmNamePrefix="page-", StateValue="ALARM")["MetricAlarms"]
    children = cloudwatch.describe_alarms(ChildrenOfAlarmName="page-c")["MetricAlarms"]
    parents = cloudwatch.describe_alarms(ParentsOfAlarmName="page-a", AlarmTypes=["CompositeAlarm"])[
        "CompositeAlarms"
    ]
    assert [[it["AlarmName"] for it in found] for found in (ringing, children, parents)] == [
        ["page-b"],
        ["page-a"],
        ["page-c"],
    ]


def test_alarms_for_a_metric_are_those_on_exactly_that_metric(mended: Served) -> None:
    dimensions = [{"Name": "Queue", "Value": "q"}]
    cloudwatch = _put(mended, "of-metric", MetricName="of-metric", Dimensions=dimensions)
    _put(mended, "of-another", MetricName="of-metric")
    found = cloudwatch.describe_alarms_for_metric(
        Namespace="Alarms", MetricName="of-metric", Dimensions=dimensions
    )
    assert [it["AlarmName"] for it in found["MetricAlarms"]] == ["of-metric"]
