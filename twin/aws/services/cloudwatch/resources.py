"""CloudWatch's rows."""

from twin.aws.call import Call, Take
from twin.aws.expressions import Text, Through
from twin.aws.names import Name
from twin.aws.resource import Resource
from twin.aws.services.cloudwatch.metrics import (
    declared_dimensions,
    declared_queries,
    dimensions,
    queries,
)
from twin.aws.tags import tags_by

__all__ = ["RESOURCES"]

ALARM_ARN = Text("arn:aws:cloudwatch:{region}:{account}:alarm:{id}")
TAGGING = tags_by(
    "tag_resource",
    "untag_resource",
    {"ResourceARN": ALARM_ARN},
    read="list_tags_for_resource",
    present="tagging.Tags",
)
DELETE = (Call("delete_alarms", {"AlarmNames": ["id"]}),)

METRIC = {
    "Dimensions": Through(dimensions, "inputs.dimensions"),
    "Metrics": Through(queries, "inputs.metricQueries"),
}
METRIC_ALARM = Resource(
    token="aws:cloudwatch/metricAlarm:MetricAlarm",
    service="cloudwatch",
    create=Call("put_metric_alarm", METRIC, takes=Take.ALL, pick="inputs"),
    id="inputs.name",
    updates=(Call("put_metric_alarm", METRIC, takes=Take.ALL),),
    read=Call(
        "describe_alarms",
        {"AlarmNames": ["id"], "AlarmTypes": ["'MetricAlarm'"]},
        pick="answer.MetricAlarms[0]",
    ),
    delete=DELETE,
    tagging=TAGGING,
    name=Name(),
    renames={"name": "AlarmName"},
    defaults={"actionsEnabled": True, "treatMissingData": "missing"},
    outputs={
        "arn": ALARM_ARN,
        "dimensions": Through(declared_dimensions, "item.Dimensions"),
        "metricQueries": Through(declared_queries, "item.Metrics"),
    },
    replaces=frozenset({"name"}),
)

SUPPRESSOR = {
    "ActionsSuppressor": "inputs.actionsSuppressor.alarm",
    "ActionsSuppressorWaitPeriod": "inputs.actionsSuppressor.waitPeriod",
    "ActionsSuppressorExtensionPeriod": "inputs.actionsSuppressor.extensionPeriod",
}
COMPOSITE_ALARM = Resource(
    token="aws:cloudwatch/compositeAlarm:CompositeAlarm",
    service="cloudwatch",
    create=Call("put_composite_alarm", SUPPRESSOR, takes=Take.ALL, pick="inputs"),
    id="inputs.alarmName",
    updates=(Call("put_composite_alarm", SUPPRESSOR, takes=Take.ALL),),
    read=Call(
        "describe_alarms",
        {"AlarmNames": ["id"], "AlarmTypes": ["'CompositeAlarm'"]},
        pick="answer.CompositeAlarms[0]",
    ),
    delete=DELETE,
    tagging=TAGGING,
    defaults={"actionsEnabled": True},
    outputs={
        "arn": ALARM_ARN,
        "actionsSuppressor": "{alarm: item.ActionsSuppressor, waitPeriod: item.ActionsSuppressorWaitPeriod,"
        " extensionPeriod: item.ActionsSuppressorExtensionPeriod}",
    },
    replaces=frozenset({"alarmName"}),
)

DASHBOARD = Resource(
    token="aws:cloudwatch/dashboard:Dashboard",
    service="cloudwatch",
    create=Call("put_dashboard", takes=Take.ALL, pick="inputs"),
    id="inputs.dashboardName",
    updates=(Call("put_dashboard", takes=Take.ALL),),
    read=Call("get_dashboard", {"DashboardName": "id"}, pick="answer"),
    delete=(Call("delete_dashboards", {"DashboardNames": ["id"]}),),
    outputs={"dashboardArn": Text("arn:aws:cloudwatch::{account}:dashboard/{id}")},
    replaces=frozenset({"dashboardName"}),
)

RESOURCES = (METRIC_ALARM, COMPOSITE_ALARM, DASHBOARD)
