from typing import Any

from tests.twin.aws.emulator.conftest import Served


def _composite(served: Served, name: str, **given: Any) -> Any:
    cloudwatch = served.clients("cloudwatch")
    cloudwatch.put_composite_alarm(**{"AlarmName": name, "AlarmRule": "FALSE", **given})
    return cloudwatch


def _described(cloudwatch: Any, name: str) -> list[Any]:
    answer = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm", "MetricAlarm"])
    return answer["CompositeAlarms"]


def test_composite_alarms_are_shown_only_when_asked_for_by_type(mended: Served) -> None:
    cloudwatch = _composite(mended, "shown")
    assert cloudwatch.describe_alarms(AlarmNames=["shown"])["CompositeAlarms"] == []
    assert [it["AlarmName"] for it in _described(cloudwatch, "shown")] == ["shown"]


def test_a_composite_alarm_keeps_its_state_when_its_rule_changes(mended: Served) -> None:
    cloudwatch = _composite(mended, "stateful")
    cloudwatch.set_alarm_state(AlarmName="stateful", StateValue="ALARM", StateReason="tested")
    _composite(mended, "stateful", AlarmDescription="changed", AlarmRule="TRUE")
    alarm = _described(cloudwatch, "stateful")[0]
    assert (alarm["StateValue"], alarm["StateReason"], alarm["AlarmDescription"]) == (
        "ALARM",
        "tested",
        "changed",
    )


def test_a_composite_alarm_is_deleted(mended: Served) -> None:
    cloudwatch = _composite(mended, "deleted")
    cloudwatch.delete_alarms(AlarmNames=["deleted"])
    assert _described(cloudwatch, "deleted") == []


def test_actions_of_a_composite_alarm_are_switched_off(mended: Served) -> None:
    cloudwatch = _composite(mended, "silent")
    cloudwatch.disable_alarm_actions(AlarmNames=["silent"])
    assert _described(cloudwatch, "silent")[0]["ActionsEnabled"] is False


def test_tags_of_a_composite_alarm_are_listed(mended: Served) -> None:
    cloudwatch = _composite(mended, "listed-tags", Tags=[{"Key": "layer", "Value": "platform"}])
    arn = _described(cloudwatch, "listed-tags")[0]["AlarmArn"]
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == [
        {"Key": "layer", "Value": "platform"}
    ]


def test_the_next_alarm_of_a_name_has_no_tags_of_the_last(mended: Served) -> None:
    cloudwatch = mended.clients("cloudwatch")
    alarm = {
        "AlarmName": "again",
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateNumberOfMessagesVisible",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    cloudwatch.put_metric_alarm(**alarm, Tags=[{"Key": "team", "Value": "cases"}])
    arn = cloudwatch.describe_alarms(AlarmNames=["again"])["MetricAlarms"][0]["AlarmArn"]
    cloudwatch.delete_alarms(AlarmNames=["again"])
    cloudwatch.put_metric_alarm(**alarm)
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == []
