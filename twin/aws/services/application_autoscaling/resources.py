"""Application Auto Scaling's rows."""

from twin.aws.call import Call, Take
from twin.aws.names import Name
from twin.aws.resource import Resource
from twin.aws.tags import Form, tags_by

__all__ = ["RESOURCES"]

TARGET_KEY = {
    "ServiceNamespace": "inputs.serviceNamespace",
    "ResourceId": "inputs.resourceId",
    "ScalableDimension": "inputs.scalableDimension",
}
OF_TARGET = frozenset({"serviceNamespace", "resourceId", "scalableDimension"})

TARGET = Resource(
    token="aws:appautoscaling/target:Target",
    service="application-autoscaling",
    create=Call("register_scalable_target", takes=Take.ALL, pick="answer"),
    id="inputs.resourceId",
    updates=(Call("register_scalable_target", TARGET_KEY, takes=Take.CHANGED),),
    read=Call(
        "describe_scalable_targets",
        {
            "ServiceNamespace": "inputs.serviceNamespace",
            "ResourceIds": ["inputs.resourceId"],
            "ScalableDimension": "inputs.scalableDimension",
        },
        pick="answer.ScalableTargets[0]",
    ),
    delete=(Call("deregister_scalable_target", TARGET_KEY),),
    tagging=tags_by(
        "tag_resource",
        "untag_resource",
        {"ResourceARN": "outputs.arn"},
        form=Form.MAP,
        read="list_tags_for_resource",
        present="tagging.Tags",
    ),
    outputs={"arn": "item.ScalableTargetARN"},
    replaces=OF_TARGET,
    unread={"roleArn": "AWS answers with its service-linked role"},
)

POLICY = Resource(
    token="aws:appautoscaling/policy:Policy",
    service="application-autoscaling",
    create=Call("put_scaling_policy", takes=Take.ALL, pick="answer"),
    id="inputs.name",
    updates=(Call("put_scaling_policy", takes=Take.ALL),),
    read=Call(
        "describe_scaling_policies",
        {**TARGET_KEY, "PolicyNames": ["inputs.name"]},
        pick="answer.ScalingPolicies[0]",
    ),
    delete=(Call("delete_scaling_policy", {**TARGET_KEY, "PolicyName": "inputs.name"}),),
    name=Name(limit=256),
    renames={"name": "PolicyName"},
    defaults={"policyType": "StepScaling"},
    outputs={"arn": "item.PolicyARN", "alarmArns": "item.Alarms[].AlarmARN"},
    replaces=OF_TARGET | {"name", "policyType"},
)

SCHEDULED_ACTION = Resource(
    token="aws:appautoscaling/scheduledAction:ScheduledAction",
    service="application-autoscaling",
    create=Call("put_scheduled_action", takes=Take.ALL),
    id="inputs.name",
    updates=(Call("put_scheduled_action", takes=Take.ALL),),
    read=Call(
        "describe_scheduled_actions",
        {**TARGET_KEY, "ScheduledActionNames": ["inputs.name"]},
        pick="answer.ScheduledActions[0]",
    ),
    delete=(
        Call(
            "delete_scheduled_action",
            {**TARGET_KEY, "ScheduledActionName": "inputs.name"},
        ),
    ),
    name=Name(limit=256),
    renames={"name": "ScheduledActionName"},
    defaults={"timezone": "UTC"},
    outputs={"arn": "item.ScheduledActionARN"},
    replaces=OF_TARGET | {"name"},
)

RESOURCES = (TARGET, POLICY, SCHEDULED_ACTION)
