"""Which requests change what is declared."""

import io
from typing import Any

import pytest

from twin.aws.emulator.mutation import is_change


def _environ(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> dict[str, Any]:
    path, _, query = path.partition("?")
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "RAW_URI": f"{path}?{query}" if query else path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "4566",
        "HTTP_HOST": "127.0.0.1:4566",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "CONTENT_LENGTH": str(len(body)),
        **headers,
    }


def _json(target: str) -> dict[str, Any]:
    return _environ("POST", "/", {"HTTP_X_AMZ_TARGET": target, "CONTENT_TYPE": "application/x-amz-json-1.1"})


def _query(action: str) -> dict[str, Any]:
    return _environ(
        "POST",
        "/",
        {"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8"},
        f"Version=1&Action={action}&Name=x".encode(),
    )


def _rest(method: str, path: str, host: str = "127.0.0.1:4566") -> dict[str, Any]:
    return _environ(method, path, {"HTTP_HOST": host})


@pytest.mark.parametrize(
    ("service", "environ", "expected"),
    [
        pytest.param("ecs", _json("AmazonEC2ContainerServiceV20141113.UpdateService"), True, id="update"),
        pytest.param(
            "ecs", _json("AmazonEC2ContainerServiceV20141113.DescribeServices"), False, id="describe"
        ),
        pytest.param("ecs", _json("AmazonEC2ContainerServiceV20141113.ListTasks"), False, id="list"),
        pytest.param("ssm", _json("AmazonSSM.GetParametersByPath"), False, id="get"),
        pytest.param("ssm", _json("AmazonSSM.PutParameter"), True, id="put"),
        pytest.param("secretsmanager", _json("secretsmanager.BatchGetSecretValue"), False, id="batch get"),
        pytest.param("cloudtrail", _json("x.LookupEvents"), False, id="lookup"),
        pytest.param("sqs", _json("AmazonSQS.SendMessage"), False, id="message"),
        pytest.param("sqs", _json("AmazonSQS.DeleteMessageBatch"), False, id="messages"),
        pytest.param("sqs", _json("AmazonSQS.CreateQueue"), True, id="queue"),
        pytest.param("sqs", _json("AmazonSQS.StartMessageMoveTask"), True, id="move"),
        pytest.param("kms", _json("TrentService.Decrypt"), False, id="decrypt"),
        pytest.param("kms", _json("TrentService.GenerateDataKeyWithoutPlaintext"), False, id="data key"),
        pytest.param("kms", _json("TrentService.DisableKey"), True, id="disable key"),
        pytest.param("logs", _json("Logs_20140328.PutLogEvents"), False, id="log events"),
        pytest.param("logs", _json("Logs_20140328.PutMetricFilter"), True, id="metric filter"),
        pytest.param("kinesis", _json("Kinesis_20131202.PutRecords"), False, id="records"),
        pytest.param("kinesis", _json("Kinesis_20131202.UpdateShardCount"), True, id="shards"),
        pytest.param("events", _json("AWSEvents.PutEvents"), False, id="events"),
        pytest.param("events", _json("AWSEvents.DisableRule"), True, id="rule"),
        pytest.param("dynamodb", _json("DynamoDB_20120810.PutItem"), False, id="item"),
        pytest.param("dynamodb", _json("DynamoDB_20120810.UpdateTable"), True, id="table"),
        pytest.param("rds", _query("FailoverDBCluster"), True, id="query"),
        pytest.param("rds", _query("DescribeDBClusters"), False, id="query describe"),
        pytest.param("ec2", _query("CreateNetworkAclEntry"), True, id="acl entry"),
        pytest.param("sns", _query("Publish"), False, id="publish"),
        pytest.param("sts", _query("AssumeRole"), False, id="assume role"),
        pytest.param(
            "cloudwatch",
            _rest("POST", "/service/GraniteServiceVersion20100801/operation/PutMetricData"),
            False,
            id="metric data",
        ),
        pytest.param(
            "cloudwatch",
            _rest("POST", "/service/GraniteServiceVersion20100801/operation/PutMetricAlarm"),
            True,
            id="alarm",
        ),
        pytest.param("s3", _rest("PUT", "/bucket/a/key"), False, id="object"),
        pytest.param(
            "s3", _rest("PUT", "/key", "bucket.s3.eu-west-2.amazonaws.com"), False, id="object by host"
        ),
        pytest.param("s3", _rest("POST", "/bucket?delete"), False, id="objects"),
        pytest.param("s3", _rest("POST", "/bucket/key?uploads"), False, id="upload"),
        pytest.param("s3", _rest("PUT", "/bucket/key?tagging"), False, id="object tags"),
        pytest.param("s3", _rest("PUT", "/bucket"), True, id="bucket"),
        pytest.param("s3", _rest("PUT", "/bucket?policy"), True, id="bucket policy"),
        pytest.param("s3", _rest("PUT", "/bucket?object-lock"), True, id="object lock"),
        pytest.param("s3", _rest("GET", "/bucket?policy"), False, id="get bucket policy"),
        pytest.param("lambda", _rest("POST", "/2015-03-31/functions/f/invocations"), False, id="invoke"),
        pytest.param("lambda", _rest("PUT", "/2015-03-31/functions/f/code"), True, id="function code"),
        pytest.param("fis", _rest("POST", "/experiments"), True, id="experiment"),
        pytest.param("arc-zonal-shift", _rest("DELETE", "/zonalshifts/abcdef"), True, id="zonal shift"),
        pytest.param(
            "route53", _rest("POST", "/2013-04-01/hostedzone/Z/rrset"), True, id="records of a zone"
        ),
        pytest.param("", _rest("POST", "/"), False, id="unsigned"),
    ],
)
def test_a_change_is_told_from_a_look_and_from_traffic(
    service: str, environ: dict[str, Any], expected: bool
) -> None:
    assert is_change(environ, service) is expected


@pytest.mark.parametrize(
    ("name", "expected"), [("PutObject", False), ("PutBucketPolicy", True), ("GetObject", False)]
)
def test_a_request_that_was_read_already_is_not_read_again(name: str, expected: bool) -> None:
    assert is_change({}, "s3", name) is expected
