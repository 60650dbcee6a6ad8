"""What wakes somebody up about a service."""

from components.private_service import ObjectivesArgs
from tests.components.private_service.declaration import LISTENER, TAGS, TOPIC, declare

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"


def test_every_alarm_tells_the_topic_when_it_rings_and_when_it_stops() -> None:
    recording = declare(listener=LISTENER)
    alarms = [*recording.of_type(ALARM), *recording.of_type(COMPOSITE)]
    told = {(tuple(alarm.inputs["alarmActions"]), tuple(alarm.inputs["okActions"])) for alarm in alarms}
    assert told == {((TOPIC,), (TOPIC,))}


def test_the_alarms_ring_at_these_values_by_default() -> None:
    alarms = {alarm.name: alarm.inputs for alarm in declare(listener=LISTENER).of_type(ALARM)}
    rings = {
        name: (
            alarm["comparisonOperator"],
            alarm["threshold"],
            alarm.get("datapointsToAlarm", alarm["evaluationPeriods"]),
            alarm["evaluationPeriods"],
        )
        for name, alarm in alarms.items()
    }
    above, below = "GreaterThanThreshold", "LessThanThreshold"
    assert rings == {
        "case-cpu": (above, 85, 5, 5),
        "case-latency": (above, 1, 3, 3),
        "case-logged-errors": (above, 10, 2, 3),
        "case-memory": (above, 85, 5, 5),
        "case-running-tasks": (below, 3, 3, 3),
        "case-server-errors": (above, 1, 2, 3),
        "case-unhealthy-hosts": (above, 0, 3, 3),
    }


def test_objectives_move_the_thresholds() -> None:
    objectives = ObjectivesArgs(
        server_error_percent=0.5,
        latency_p99_milliseconds=250,
        cpu_percent=60,
        memory_percent=70,
        logged_errors_per_minute=2,
    )
    recording = declare(listener=LISTENER, objectives=objectives)
    thresholds = {alarm.name: alarm.inputs["threshold"] for alarm in recording.of_type(ALARM)}
    assert thresholds == {
        "case-cpu": 60,
        "case-latency": 0.25,
        "case-logged-errors": 2,
        "case-memory": 70,
        "case-running-tasks": 3,
        "case-server-errors": 0.5,
        "case-unhealthy-hosts": 0,
    }


def test_server_errors_are_a_share_of_the_requests() -> None:
    alarm = declare(listener=LISTENER).one(ALARM, "case-server-errors").inputs
    dimensions = {
        "LoadBalancer": "app/edge/1",
        "TargetGroup": "targetgroup/case-target-group/0123456789abcdef",
    }
    assert [query["id"] for query in alarm["metricQueries"]] == ["errors", "requests", "percent"]
    assert alarm["metricQueries"][0]["metric"] == {
        "namespace": "AWS/ApplicationELB",
        "metricName": "HTTPCode_Target_5XX_Count",
        "dimensions": dimensions,
        "period": 60,
        "stat": "Sum",
    }
    assert alarm["metricQueries"][2]["expression"] == "100 * FILL(errors, 0) / requests"


def test_a_service_that_reports_no_running_task_is_short_of_tasks() -> None:
    alarm = declare().one(ALARM, "case-running-tasks").inputs
    assert alarm == {
        "name": "case-running-tasks",
        "alarmDescription": "case runs fewer tasks than its minimum of 3",
        "namespace": "ECS/ContainerInsights",
        "metricName": "RunningTaskCount",
        "dimensions": {"ClusterName": "estate", "ServiceName": "case"},
        "statistic": "Minimum",
        "period": 60,
        "evaluationPeriods": 3,
        "comparisonOperator": "LessThanThreshold",
        "threshold": 3,
        "treatMissingData": "breaching",
        "alarmActions": [TOPIC],
        "okActions": [TOPIC],
        "tags": TAGS,
    }


def test_a_service_that_may_rest_at_zero_is_never_short_of_tasks() -> None:
    assert declare(scaling={"minimum": 0, "maximum": 4}).names_of(ALARM) == [
        "case-cpu",
        "case-logged-errors",
        "case-memory",
    ]


def test_errors_are_counted_in_the_services_own_log() -> None:
    recording = declare()
    alarm = recording.one(ALARM, "case-logged-errors").inputs
    transformation = {
        "namespace": "Estate/Logs",
        "name": "case-errors",
        "value": "1",
        "defaultValue": "0",
        "unit": "Count",
    }
    assert recording.one(FILTER).inputs == {
        "name": "case-logged-errors",
        "logGroupName": "/ecs/case",
        "pattern": '{ $.level = "ERROR" }',
        "metricTransformation": transformation,
    }
    assert (alarm["namespace"], alarm["metricName"]) == ("Estate/Logs", "case-errors")


def test_one_alarm_sums_up_the_others() -> None:
    composite = declare(listener=LISTENER).one(COMPOSITE).inputs
    names = ("server-errors", "latency", "unhealthy-hosts", "running-tasks", "cpu", "memory", "logged-errors")
    assert composite["alarmName"] == "case-unwell"
    assert composite["alarmRule"] == " OR ".join(f'ALARM("case-{name}")' for name in names)
