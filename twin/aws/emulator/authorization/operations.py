"""Which permissions the operations of the estate's roles need.

For an operation that is not here the action is ``service:Operation`` on a resource that is not known: only a statement
about all resources allows it.
"""

from collections.abc import Mapping

from twin.aws.emulator.authorization.finders import (
    WHOLE,
    ecs_service,
    ecs_task,
    experiment,
    global_cluster,
    hosted_zone,
    iterated_stream,
    key_action,
    log_stream,
    metric_data,
    on,
    parameters,
    parameters_by_path,
    put_events,
    queue,
    repository,
    secret_action,
    stream,
    topic,
)
from twin.aws.emulator.authorization.policy import ANY_RESOURCE
from twin.aws.emulator.authorization.requests import Asked, Needs, Row, arns
from twin.aws.emulator.authorization.s3_operations import S3

__all__ = ["FREE", "needs_of"]

FREE = frozenset({("sts", "GetCallerIdentity"), ("sts", "GetSessionToken"), ("sts", "AssumeRole")})
"""Operations that need no permission, and AssumeRole, which is judged where the role's trust is (the STS extension).
Source: STS API reference, GetCallerIdentity and GetSessionToken."""

_PREFIXES = {
    "elbv2": "elasticloadbalancing",
    "elb": "elasticloadbalancing",
    "stepfunctions": "states",
    "opensearch": "es",
}
"""IAM's service prefix, where it is not boto3's name. Source: service authorization reference."""


def needs_of(asked: Asked) -> list[Needs]:
    """Every permission that the call needs."""
    row = _TABLE.get(asked.service, {}).get(asked.operation)
    found = list(row(asked)) if row else []
    if found:
        return found
    prefix = _PREFIXES.get(asked.service, asked.service)
    return [Needs(f"{prefix}:{asked.operation}", ANY_RESOURCE)]


_QUEUE_ACTIONS = {
    **dict.fromkeys(("SendMessage", "SendMessageBatch"), "SendMessage"),
    **dict.fromkeys(("DeleteMessage", "DeleteMessageBatch"), "DeleteMessage"),
    **dict.fromkeys(("ChangeMessageVisibility", "ChangeMessageVisibilityBatch"), "ChangeMessageVisibility"),
    **{
        it: it
        for it in (
            "ReceiveMessage",
            "GetQueueAttributes",
            "SetQueueAttributes",
            "PurgeQueue",
            "DeleteQueue",
            "ListQueueTags",
            "ListDeadLetterSourceQueues",
        )
    },
}
"""A batch has no action of its own. Source: SQS developer guide, "Amazon SQS API permissions"."""

_STREAM_ACTIONS = (
    "PutRecord",
    "PutRecords",
    "GetShardIterator",
    "ListShards",
    "DescribeStream",
    "DescribeStreamSummary",
)

_TABLE: Mapping[str, Mapping[str, Row]] = {
    "sqs": {
        **{name: on(f"sqs:{action}", queue) for name, action in _QUEUE_ACTIONS.items()},
        "GetQueueUrl": on("sqs:GetQueueUrl", arns("sqs", "", "QueueName")),
        "ListQueues": on("sqs:ListQueues", WHOLE),
        "StartMessageMoveTask": on("sqs:StartMessageMoveTask", arns("sqs", "", "SourceArn")),
        "ListMessageMoveTasks": on("sqs:ListMessageMoveTasks", arns("sqs", "", "SourceArn")),
    },
    "sns": {name: on("sns:Publish", topic) for name in ("Publish", "PublishBatch")},
    "s3": S3,
    "ssm": {
        "GetParameter": on("ssm:GetParameter", parameters),
        "GetParameters": on("ssm:GetParameters", parameters),
        "GetParameterHistory": on("ssm:GetParameterHistory", parameters),
        "PutParameter": on("ssm:PutParameter", parameters),
        "GetParametersByPath": parameters_by_path,
        "CreateActivation": on("ssm:CreateActivation", WHOLE),
        "DeleteActivation": on("ssm:DeleteActivation", WHOLE),
    },
    "secretsmanager": {
        **{
            name: secret_action(f"secretsmanager:{name}")
            for name in (
                "DescribeSecret",
                "GetSecretValue",
                "PutSecretValue",
                "UpdateSecretVersionStage",
                "ListSecretVersionIds",
                "RotateSecret",
            )
        },
        "GetRandomPassword": on("secretsmanager:GetRandomPassword", WHOLE),
    },
    "kinesis": {
        **{name: on(f"kinesis:{name}", stream) for name in _STREAM_ACTIONS},
        "GetRecords": on("kinesis:GetRecords", iterated_stream),
    },
    "events": {"PutEvents": put_events},
    "cloudwatch": {
        "PutMetricData": metric_data,
        **{
            name: on(f"cloudwatch:{name}", WHOLE)
            for name in ("GetMetricData", "GetMetricStatistics", "ListMetrics")
        },
    },
    "logs": {name: on(f"logs:{name}", log_stream) for name in ("CreateLogStream", "PutLogEvents")},
    "ecr": {
        "GetAuthorizationToken": on("ecr:GetAuthorizationToken", WHOLE),
        **{
            name: on(f"ecr:{name}", repository)
            for name in (
                "BatchCheckLayerAvailability",
                "BatchGetImage",
                "GetDownloadUrlForLayer",
                "DescribeImages",
            )
        },
    },
    "kms": {
        name: key_action(f"kms:{name}")
        for name in (
            "Decrypt",
            "Encrypt",
            "GenerateDataKey",
            "GenerateDataKeyWithoutPlaintext",
            "DescribeKey",
        )
    },
    "lambda": {"Invoke": on("lambda:InvokeFunction", arns("lambda", "function:", "FunctionName"))},
    "ecs": {"StopTask": on("ecs:StopTask", ecs_task), "UpdateService": on("ecs:UpdateService", ecs_service)},
    "rds": {
        "FailoverDBCluster": on("rds:FailoverDBCluster", arns("rds", "cluster:", "DBClusterIdentifier")),
        "FailoverGlobalCluster": on("rds:FailoverGlobalCluster", global_cluster),
        "SwitchoverGlobalCluster": on("rds:SwitchoverGlobalCluster", global_cluster),
    },
    "fis": {"StartExperiment": on("fis:StartExperiment", experiment)},
    "route53": {"ChangeResourceRecordSets": on("route53:ChangeResourceRecordSets", hosted_zone)},
    "arc-zonal-shift": {
        "StartZonalShift": on("arc-zonal-shift:StartZonalShift", arns("", "", "resourceIdentifier")),
    },
    "xray": {name: on(f"xray:{name}", WHOLE) for name in ("PutTraceSegments", "PutTelemetryRecords")},
}
