"""CloudWatch Logs' rows."""

from twin.aws.call import Call, Take
from twin.aws.expressions import Text
from twin.aws.names import Name
from twin.aws.resource import Resource
from twin.aws.tags import Form, tags_by

__all__ = ["RESOURCES"]

ARN = Text("arn:aws:logs:{region}:{account}:log-group:{id}")

LOG_GROUP = Resource(
    token="aws:cloudwatch/logGroup:LogGroup",
    service="logs",
    create=Call("create_log_group", takes=Take.ALL, pick="inputs"),
    id="inputs.name",
    settings=(
        Call(
            "put_retention_policy",
            {"logGroupName": "id", "retentionInDays": "inputs.retentionInDays"},
            when="inputs.retentionInDays != `0` && inputs.retentionInDays",
        ),
        Call(
            "delete_retention_policy",
            {"logGroupName": "id"},
            on=("retentionInDays",),
            when="inputs.retentionInDays == `0`",
        ),
    ),
    updates=(
        Call(
            "associate_kms_key",
            {"logGroupName": "id", "kmsKeyId": "inputs.kmsKeyId"},
            when="inputs.kmsKeyId",
        ),
        Call(
            "disassociate_kms_key",
            {"logGroupName": "id"},
            on=("kmsKeyId",),
            when="!inputs.kmsKeyId",
        ),
    ),
    read=Call(
        "describe_log_groups",
        {"logGroupNamePrefix": "id"},
        pick="answer.logGroups",
        find={"logGroupName": "id"},
    ),
    delete=(Call("delete_log_group", {"logGroupName": "id"}, when="!inputs.skipDestroy"),),
    tagging=tags_by(
        "tag_resource",
        "untag_resource",
        {"resourceArn": ARN},
        form=Form.MAP,
        member="tags",
        added="tags",
        keys="tagKeys",
        read="list_tags_for_resource",
        present="tagging.tags",
    ),
    name=Name(limit=512, allowed=r"\w./#-"),
    renames={"name": "logGroupName"},
    defaults={"retentionInDays": 0},
    outputs={"arn": ARN},
    replaces=frozenset({"name", "namePrefix", "logGroupClass"}),
    ignored={"skipDestroy": "used when the group is deleted"},
)

LOG_RESOURCE_POLICY = Resource(
    token="aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    service="logs",
    create=Call("put_resource_policy", takes=Take.ALL, pick="answer.resourcePolicy"),
    id="inputs.policyName",
    updates=(Call("put_resource_policy", takes=Take.ALL),),
    read=Call(
        "describe_resource_policies",
        pick="answer.resourcePolicies",
        find={"policyName": "id"},
    ),
    delete=(Call("delete_resource_policy", {"policyName": "id"}),),
    replaces=frozenset({"policyName", "resourceArn"}),
)

_TRANSFORMATION = {
    "metricName": "inputs.metricTransformation.name",
    "metricNamespace": "inputs.metricTransformation.namespace",
    "metricValue": "inputs.metricTransformation.value",
    "defaultValue": "inputs.metricTransformation.defaultValue",
    "dimensions": "inputs.metricTransformation.dimensions",
    "unit": "inputs.metricTransformation.unit",
}
_PUT_METRIC_FILTER = Call(
    "put_metric_filter",
    {
        "filterName": "inputs.name",
        "filterPattern": "inputs.pattern",
        "metricTransformations": [_TRANSFORMATION],
    },
    takes=Take.ALL,
)

LOG_METRIC_FILTER = Resource(
    token="aws:cloudwatch/logMetricFilter:LogMetricFilter",
    service="logs",
    create=_PUT_METRIC_FILTER,
    id="inputs.name",
    updates=(_PUT_METRIC_FILTER,),
    read=Call(
        "describe_metric_filters",
        {"logGroupName": "inputs.logGroupName", "filterNamePrefix": "id"},
        pick="answer.metricFilters",
        find={"filterName": "id"},
    ),
    delete=(Call("delete_metric_filter", {"logGroupName": "inputs.logGroupName", "filterName": "id"}),),
    name=Name(limit=512, allowed=r"\w./#-"),
    outputs={
        "pattern": "item.filterPattern",
        "metricTransformation": "item.metricTransformations[0].{name: metricName, namespace: metricNamespace, "
        "value: metricValue, defaultValue: defaultValue, dimensions: dimensions, unit: unit}",
    },
    replaces=frozenset({"name", "logGroupName"}),
)

RESOURCES = (LOG_GROUP, LOG_RESOURCE_POLICY, LOG_METRIC_FILTER)
