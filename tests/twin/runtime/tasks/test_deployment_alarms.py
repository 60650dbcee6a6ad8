"""Alarms that watch a deployment, as DescribeAlarms shows them."""

from twin.runtime.tasks.deployment_alarms import AlarmSeen, alarms_of, bake_seconds, in_alarm

SEEN = {"errors": AlarmSeen(True, 120), "latency": AlarmSeen(False, 300)}


def test_an_alarm_is_evaluated_over_all_its_periods() -> None:
    simple = {"AlarmName": "errors", "StateValue": "ALARM", "Period": 60, "EvaluationPeriods": 2}
    stats = [{"Id": "a", "MetricStat": {"Period": 300}}, {"Id": "b", "Expression": "a / 2"}]
    on_expression = {"AlarmName": "ratio", "StateValue": "OK", "Metrics": stats, "EvaluationPeriods": 3}
    composite = {"AlarmName": "unwell", "StateValue": "OK", "AlarmRule": "ALARM(errors)"}
    found = alarms_of({"MetricAlarms": [simple, on_expression], "CompositeAlarms": [composite]})
    assert found == {
        "errors": AlarmSeen(True, 120),
        "ratio": AlarmSeen(False, 900),
        "unwell": AlarmSeen(False, 60),
    }


def test_an_alarm_that_does_not_exist_neither_rings_nor_is_waited_for() -> None:
    assert in_alarm(("errors", "latency", "nowhere"), SEEN) == {"errors"}
    assert bake_seconds(("errors", "nowhere"), SEEN) == 120
    assert bake_seconds(("nowhere",), SEEN) == 0
