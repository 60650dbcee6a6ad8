"""Which permissions a call needs. Source: service authorization reference."""

from base64 import b64encode
from typing import Any

import pytest

from tests.twin.aws.emulator.authorization.holdings import KEY, FakeHoldings
from twin.aws.emulator.authorization.holdings import Place, SecretFacts
from twin.aws.emulator.authorization.key_use import key_needs
from twin.aws.emulator.authorization.operations import needs_of
from twin.aws.emulator.authorization.requests import Asked

HERE = "eu-west-2:123456789012"
QUEUE_URL = "http://sqs.eu-west-2.amazonaws.com/123456789012/cases"
SECRET = f"arn:aws:secretsmanager:{HERE}:secret:partner/x-AbCdEf"


def asked(service: str, operation: str, holdings: FakeHoldings | None = None, /, **parameters: Any) -> Asked:
    place = Place("123456789012", "eu-west-2")
    return Asked(service, operation, place, parameters, holdings or FakeHoldings())


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "expected"),
    [
        ("sqs", "SendMessage", {"QueueUrl": QUEUE_URL}, [("sqs:SendMessage", f"arn:aws:sqs:{HERE}:cases")]),
        (
            "sqs",
            "SendMessageBatch",
            {"QueueUrl": QUEUE_URL},
            [("sqs:SendMessage", f"arn:aws:sqs:{HERE}:cases")],
        ),
        (
            "sqs",
            "DeleteMessageBatch",
            {"QueueUrl": QUEUE_URL},
            [("sqs:DeleteMessage", f"arn:aws:sqs:{HERE}:cases")],
        ),
        (
            "sqs",
            "ChangeMessageVisibilityBatch",
            {"QueueUrl": QUEUE_URL},
            [("sqs:ChangeMessageVisibility", f"arn:aws:sqs:{HERE}:cases")],
        ),
        ("sqs", "GetQueueUrl", {"QueueName": "cases"}, [("sqs:GetQueueUrl", f"arn:aws:sqs:{HERE}:cases")]),
        ("sqs", "ListQueues", {}, [("sqs:ListQueues", "*")]),
        (
            "sns",
            "PublishBatch",
            {"TopicArn": f"arn:aws:sns:{HERE}:t"},
            [("sns:Publish", f"arn:aws:sns:{HERE}:t")],
        ),
        (
            "events",
            "PutEvents",
            {"Entries": [{"EventBusName": "agency", "Source": "estate.hub"}, {"Source": "x"}]},
            [
                ("events:PutEvents", f"arn:aws:events:{HERE}:event-bus/agency"),
                ("events:PutEvents", f"arn:aws:events:{HERE}:event-bus/default"),
            ],
        ),
        (
            "kinesis",
            "PutRecords",
            {"StreamName": "events"},
            [("kinesis:PutRecords", f"arn:aws:kinesis:{HERE}:stream/events")],
        ),
        (
            "kinesis",
            "GetRecords",
            {"ShardIterator": b64encode(b"events:shardId-0:7").decode()},
            [("kinesis:GetRecords", f"arn:aws:kinesis:{HERE}:stream/events")],
        ),
        ("kinesis", "GetRecords", {"ShardIterator": "\u2603"}, [("kinesis:GetRecords", "")]),
        (
            "ssm",
            "GetParametersByPath",
            {"Path": "/estate/cells", "Recursive": True},
            [("ssm:GetParametersByPath", f"arn:aws:ssm:{HERE}:parameter/estate/cells")],
        ),
        (
            "ssm",
            "GetParameters",
            {"Names": ["/a/b", "c"]},
            [
                ("ssm:GetParameters", f"arn:aws:ssm:{HERE}:parameter/a/b"),
                ("ssm:GetParameters", f"arn:aws:ssm:{HERE}:parameter/c"),
            ],
        ),
        ("cloudwatch", "PutMetricData", {"Namespace": "Estate"}, [("cloudwatch:PutMetricData", "*")]),
        (
            "logs",
            "CreateLogStream",
            {"logGroupName": "/estate/hub", "logStreamName": "s/hub/1"},
            [("logs:CreateLogStream", f"arn:aws:logs:{HERE}:log-group:/estate/hub:log-stream:s/hub/1")],
        ),
        ("ecr", "GetAuthorizationToken", {}, [("ecr:GetAuthorizationToken", "*")]),
        (
            "ecr",
            "BatchGetImage",
            {"repositoryName": "workload", "registryId": "210987654321"},
            [("ecr:BatchGetImage", "arn:aws:ecr:eu-west-2:210987654321:repository/workload")],
        ),
        ("s3", "ListObjectsV2", {"Bucket": "b"}, [("s3:ListBucket", "arn:aws:s3:::b")]),
        ("s3", "HeadObject", {"Bucket": "b", "Key": "k/x"}, [("s3:GetObject", "arn:aws:s3:::b/k/x")]),
        (
            "s3",
            "GetObject",
            {"Bucket": "empty", "Key": "k"},
            [("s3:GetObject", "arn:aws:s3:::empty/k"), ("s3:ListBucket", "arn:aws:s3:::empty")],
        ),
        (
            "s3",
            "GetObject",
            {"Bucket": "b", "Key": "k", "VersionId": "v"},
            [("s3:GetObjectVersion", "arn:aws:s3:::b/k")],
        ),
        (
            "s3",
            "PutObject",
            {"Bucket": "b", "Key": "k", "Tagging": "a=b", "ACL": "private"},
            [
                ("s3:PutObject", "arn:aws:s3:::b/k"),
                ("s3:PutObjectTagging", "arn:aws:s3:::b/k"),
                ("s3:PutObjectAcl", "arn:aws:s3:::b/k"),
            ],
        ),
        (
            "s3",
            "CopyObject",
            {"Bucket": "b", "Key": "k", "CopySource": "from/x%20y"},
            [("s3:GetObject", "arn:aws:s3:::from/x y"), ("s3:PutObject", "arn:aws:s3:::b/k")],
        ),
        ("kms", "Decrypt", {"KeyId": "alias/estate"}, [("kms:Decrypt", KEY)]),
        ("kms", "Decrypt", {}, [("kms:Decrypt", "")]),
        (
            "lambda",
            "Invoke",
            {"FunctionName": "rotate"},
            [("lambda:InvokeFunction", f"arn:aws:lambda:{HERE}:function:rotate")],
        ),
        (
            "ecs",
            "StopTask",
            {"cluster": "estate", "task": "7"},
            [("ecs:StopTask", f"arn:aws:ecs:{HERE}:task/estate/7")],
        ),
        (
            "ecs",
            "UpdateService",
            {"cluster": f"arn:aws:ecs:{HERE}:cluster/estate", "service": "hub"},
            [("ecs:UpdateService", f"arn:aws:ecs:{HERE}:service/estate/hub")],
        ),
        (
            "rds",
            "FailoverDBCluster",
            {"DBClusterIdentifier": "core"},
            [("rds:FailoverDBCluster", f"arn:aws:rds:{HERE}:cluster:core")],
        ),
        ("elbv2", "DescribeLoadBalancers", {}, [("elasticloadbalancing:DescribeLoadBalancers", "")]),
        ("backup", "ListBackupVaults", {}, [("backup:ListBackupVaults", "")]),
    ],
)
def test_a_call_needs_actions_on_resources(
    service: str, operation: str, parameters: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    found = needs_of(asked(service, operation, **parameters))
    assert [(it.action, it.resource) for it in found] == expected


def test_a_secret_is_named_by_its_whole_arn_and_says_what_rotates_it() -> None:
    facts = SecretFacts(SECRET, "", "arn:aws:lambda:eu-west-2:1:function:rotate")
    (needs,) = needs_of(asked("secretsmanager", "GetSecretValue", FakeHoldings({"x": facts}), SecretId="x"))
    assert (needs.action, needs.resource) == ("secretsmanager:GetSecretValue", SECRET)
    assert needs.keys["secretsmanager:resource/allowrotationlambdaarn"] == facts.rotation_function_arn


def test_a_secret_that_is_not_there_is_asked_for_by_its_name() -> None:
    (needs,) = needs_of(asked("secretsmanager", "GetSecretValue", SecretId="absent"))
    assert needs.resource == f"arn:aws:secretsmanager:{HERE}:secret:absent"


def test_a_metric_has_its_namespace_as_a_condition_key() -> None:
    (needs,) = needs_of(asked("cloudwatch", "PutMetricData", Namespace="Estate"))
    assert needs.keys == {"cloudwatch:namespace": "Estate"}


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "expected"),
    [
        ("sqs", "SendMessage", {"QueueUrl": QUEUE_URL}, ["kms:GenerateDataKey", "kms:Decrypt"]),
        ("sqs", "ReceiveMessage", {"QueueUrl": QUEUE_URL}, ["kms:Decrypt"]),
        ("sqs", "DeleteMessage", {"QueueUrl": QUEUE_URL}, []),
        ("sns", "Publish", {"TopicArn": f"arn:aws:sns:{HERE}:t"}, ["kms:GenerateDataKey", "kms:Decrypt"]),
        ("kinesis", "PutRecords", {"StreamName": "events"}, ["kms:GenerateDataKey"]),
        ("kinesis", "GetRecords", {"StreamARN": f"arn:aws:kinesis:{HERE}:stream/events"}, ["kms:Decrypt"]),
        ("secretsmanager", "GetSecretValue", {"SecretId": "x"}, ["kms:Decrypt"]),
        ("secretsmanager", "DescribeSecret", {"SecretId": "x"}, []),
        ("s3", "PutObject", {"Bucket": "b", "Key": "k"}, ["kms:GenerateDataKey"]),
        ("s3", "PutObject", {"Bucket": "b", "Key": "k", "ServerSideEncryption": "AES256"}, []),
        ("s3", "GetObject", {"Bucket": "b", "Key": "k"}, ["kms:Decrypt"]),
        ("s3", "HeadObject", {"Bucket": "b", "Key": "k"}, []),
        ("ssm", "GetParameter", {"Name": "/a", "WithDecryption": True}, ["kms:Decrypt"]),
        ("ssm", "GetParameter", {"Name": "/a"}, []),
    ],
)
def test_what_is_encrypted_by_a_customers_key_needs_the_key(
    service: str, operation: str, parameters: dict[str, Any], expected: list[str]
) -> None:
    resources = (
        f"arn:aws:sqs:{HERE}:cases",
        f"arn:aws:sns:{HERE}:t",
        f"arn:aws:kinesis:{HERE}:stream/events",
        "arn:aws:s3:::b",
        "arn:aws:s3:::b/k",
        f"arn:aws:ssm:{HERE}:parameter/a",
    )
    holdings = FakeHoldings({"x": SecretFacts(SECRET, KEY, "")}, dict.fromkeys(resources, KEY))
    call = asked(service, operation, holdings, **parameters)
    found = key_needs(call, needs_of(call))
    assert [(it.action, it.resource) for it in found] == [(action, KEY) for action in expected]
    assert {str(it.keys["kms:viaservice"]) for it in found} <= {f"{service}.eu-west-2.amazonaws.com"}


def test_a_key_of_awss_own_needs_no_permission() -> None:
    holdings = FakeHoldings(keys={f"arn:aws:sqs:{HERE}:cases": "alias/aws/sqs"})
    call = asked("sqs", "SendMessage", holdings, QueueUrl=QUEUE_URL)
    assert key_needs(call, needs_of(call)) == []


@pytest.mark.parametrize(
    ("has_bucket_key", "context"), [(True, "arn:aws:s3:::b"), (False, "arn:aws:s3:::b/k")]
)
def test_an_objects_encryption_context_is_its_own_arn_or_with_a_bucket_key_the_buckets(
    has_bucket_key: bool, context: str
) -> None:
    holdings = FakeHoldings(keys={"arn:aws:s3:::b/k": KEY}, bucket_keys=has_bucket_key)
    call = asked("s3", "GetObject", holdings, Bucket="b", Key="k")
    (needs,) = key_needs(call, needs_of(call))
    assert needs.keys["kms:encryptioncontext:aws:s3:arn"] == context
