"""The condition logic of AWS's policies."""

from typing import Any

import pytest

from twin.aws.emulator.conditions import holds

CONTEXT = {
    "aws:securetransport": "true",
    "s3:tlsversion": "1.3",
    "aws:sourcearn": "arn:aws:sns:eu-west-2:123456789012:topic",
    "logs:arn": "arn:aws:logs:eu-west-2:123456789012:log-group:estate",
    "aws:tagkeys": ["owner", "service"],
    "aws:sourceip": "10.1.2.3",
    "aws:principaltag/topic": "topic",
    "aws:principaltag/star": "a*b",
    "aws:currenttime": "2026-04-01T12:00:00Z",
}
ALL_TAGS, ANY_TAG = "ForAllValues:StringEquals", "ForAnyValue:StringEquals"


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "expected"),
    [
        ("Bool", "aws:SecureTransport", "false", False),
        ("Bool", "aws:SecureTransport", "true", True),
        ("Bool", "aws:SecureTransport", True, True),
        ("Bool", "aws:Absent", "false", False),
        ("BoolIfExists", "aws:Absent", "false", True),
        ("Null", "aws:Absent", "true", True),
        ("Null", "aws:Absent", "false", False),
        ("Null", "s3:TlsVersion", "false", True),
        ("StringEquals", "aws:Absent", "x", False),
        ("StringNotEquals", "aws:Absent", "x", True),
        ("StringEqualsIfExists", "aws:Absent", "x", True),
        ("StringEquals", "s3:TlsVersion", ["1.2", "1.3"], True),
        ("StringNotEquals", "s3:TlsVersion", ["1.2", "1.3"], False),
        ("StringLike", "aws:SourceArn", "arn:aws:sns:*:topic", True),
        ("StringLike", "aws:SourceArn", "arn:aws:sns:[a-z]*", False),
        ("StringNotLike", "aws:SourceArn", "arn:aws:sqs:*", True),
        ("ArnLike", "aws:SourceArn", "arn:aws:sns:*:123456789012:t*", True),
        ("ArnLike", "aws:SourceArn", "arn:aws:sns:*:topic", False),
        ("ArnLike", "logs:Arn", "arn:*:eu-west-2:123456789012:log-group:estate", False),
        ("ArnLike", "logs:Arn", "arn:aws:logs:*:*:log-group:*", True),
        ("ArnNotLike", "aws:SourceArn", "arn:aws:sns:*:*:other", True),
        ("NumericLessThan", "s3:TlsVersion", "1.2", False),
        ("NumericGreaterThanEquals", "s3:TlsVersion", 1.3, True),
        ("NumericLessThan", "aws:Absent", "1.2", False),
        ("DateLessThan", "aws:CurrentTime", "2026-05-01T00:00:00Z", True),
        ("IpAddress", "aws:SourceIp", "10.0.0.0/8", True),
        ("NotIpAddress", "aws:SourceIp", "10.0.0.0/8", False),
        (ALL_TAGS, "aws:TagKeys", ["owner", "service", "tier"], True),
        (ALL_TAGS, "aws:TagKeys", ["owner"], False),
        (ALL_TAGS, "aws:Absent", ["owner"], True),
        (ANY_TAG, "aws:TagKeys", ["owner"], True),
        (ANY_TAG, "aws:Absent", ["owner"], False),
        ("ForAnyValue:StringNotEquals", "aws:Absent", ["owner"], False),
        ("ForAnyValue:StringNotEquals", "aws:TagKeys", ["owner"], True),
        ("ForAllValues:StringNotEquals", "aws:TagKeys", ["owner"], False),
        ("ArnEquals", "aws:SourceArn", "arn:aws:sns:*:*:${aws:PrincipalTag/Topic}", True),
        ("StringEquals", "aws:SourceIp", "${aws:Absent}", False),
        ("StringEquals", "aws:SourceIp", "${aws:Absent, '10.1.2.3'}", True),
        ("StringLike", "aws:PrincipalTag/Star", "a${*}b", True),
        ("StringLike", "aws:SourceIp", "10${*}3", False),
        ("StringEquals", "aws:PrincipalTag/Star", "a${*}b", True),
        ("NumericLessThan", "aws:SourceIp", "7", False),
        ("DateGreaterThan", "aws:SourceIp", "2026-01-01T00:00:00Z", False),
        ("IpAddress", "aws:CurrentTime", "10.0.0.0/8", False),
    ],
)
def test_an_operator_holds(operator: str, key: str, wanted: Any, expected: bool) -> None:
    assert holds({operator: {key: wanted}}, CONTEXT) is expected


def test_every_operator_and_every_key_must_hold() -> None:
    one = {"Bool": {"aws:SecureTransport": "true", "aws:Absent": "true"}}
    assert not holds(one, CONTEXT)
    assert holds({}, CONTEXT)


def test_an_operator_that_iam_does_not_have_is_an_error() -> None:
    with pytest.raises(ValueError, match="none of IAM's condition operators"):
        holds({"StringResembles": {"s3:TlsVersion": "1.3"}}, CONTEXT)
