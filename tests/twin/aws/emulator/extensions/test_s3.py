import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.conftest import Served


def _bucket(served: Served, name: str, statement: dict[str, Any]) -> Any:
    s3 = served.clients("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    resource = {"Principal": "*", "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]}
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", **resource, **statement}]}
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
    return s3


def test_a_bucket_for_tls_only_takes_objects(mended: Served) -> None:
    s3 = _bucket(
        mended, "tls-only", {"Action": "s3:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    )
    s3.put_object(Bucket="tls-only", Key="k", Body=b"kept")
    assert s3.get_object(Bucket="tls-only", Key="k")["Body"].read() == b"kept"


def _without_tls(served: Served) -> Any:
    s3 = boto3.Session("AKIAIOSFODNN7EXAMPLE", "secret").client(
        "s3", "eu-west-2", endpoint_url=served.endpoint
    )

    def say_so(request: Any, **_: Any) -> None:
        request.headers["x-forwarded-proto"] = "http"

    s3.meta.events.register("before-send.s3", say_so)
    return s3


def test_a_bucket_for_tls_only_refuses_what_came_without(extended: Served) -> None:
    _bucket(
        extended, "tls-or-not", {"Action": "s3:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    )
    with pytest.raises(ClientError, match="Forbidden"):
        _without_tls(extended).put_object(Bucket="tls-or-not", Key="k", Body=b"seen on the way")


def test_another_encryption_than_the_buckets_is_refused_where_one_is_named(extended: Served) -> None:
    name = "s3:x-amz-server-side-encryption"
    condition = {"Null": {name: "false"}, "StringNotEquals": {name: "aws:kms"}}
    s3 = _bucket(extended, "one-encryption", {"Action": ["s3:PutObject"], "Condition": condition})
    s3.put_object(Bucket="one-encryption", Key="default", Body=b"")
    s3.put_object(Bucket="one-encryption", Key="same", Body=b"", ServerSideEncryption="aws:kms")
    with pytest.raises(ClientError, match="Forbidden"):
        s3.put_object(Bucket="one-encryption", Key="other", Body=b"", ServerSideEncryption="AES256")


def test_a_denial_without_condition_still_denies(extended: Served) -> None:
    s3 = _bucket(extended, "denied-always", {"Action": "s3:PutObject"})
    with pytest.raises(ClientError, match="Forbidden"):
        s3.put_object(Bucket="denied-always", Key="k", Body=b"refused")


def _logged(served: Served, name: str) -> Any:
    """A bucket whose requests are logged to another, which admits the log service."""
    s3 = served.clients("s3")
    for it in (name, f"logs-of-{name}"):
        s3.create_bucket(Bucket=it, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    objects = f"arn:aws:s3:::logs-of-{name}/*"
    denial = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": objects}
    statements = [
        {**denial, "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {
            "Effect": "Allow",
            "Principal": {"Service": "logging.s3.amazonaws.com"},
            "Action": ["s3:PutObject"],
            "Resource": [objects],
        },
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    s3.put_bucket_policy(Bucket=f"logs-of-{name}", Policy=policy)
    target = {"TargetBucket": f"logs-of-{name}", "TargetPrefix": "s3/"}
    s3.put_bucket_logging(Bucket=name, BucketLoggingStatus={"LoggingEnabled": target})
    return s3


def test_the_log_service_is_admitted_beside_a_statement_for_everybody(mended: Served) -> None:
    s3 = _logged(mended, "logged")
    kept = s3.get_bucket_logging(Bucket="logged")["LoggingEnabled"]
    assert kept == {"TargetBucket": "logs-of-logged", "TargetPrefix": "s3/"}


def test_a_request_leaves_no_made_up_record(extended: Served) -> None:
    s3 = _logged(extended, "asked")
    s3.put_object(Bucket="asked", Key="k", Body=b"")
    assert s3.list_objects_v2(Bucket="logs-of-asked")["KeyCount"] == 0


def test_a_bucket_says_that_its_events_go_to_event_bridge(mended: Served) -> None:
    s3 = mended.clients("s3")
    s3.create_bucket(Bucket="heard", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    s3.put_bucket_notification_configuration(
        Bucket="heard", NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    told = s3.get_bucket_notification_configuration(Bucket="heard")
    assert told["EventBridgeConfiguration"] == {}
