"""TrailAlarms: which acts of the audit trail ring, and which do not."""

import json
from typing import Any

import pytest

from components.trail_alarms import TrailAlarms, watches
from tests.components.recording import record
from twin.runtime.metrics.filter_pattern import compiled

FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
TAGS = {"environment": "test"}
LONGEST_PATTERN = 1024
"""Source: CloudWatch Logs API reference, PutMetricFilter, filterPattern."""


def event(name: str, source: str, role: str | None = None, **further: Any) -> dict[str, Any]:
    """As CloudTrail writes it. Source of the form: CloudTrail user guide, "CloudTrail record contents"."""
    issuer = {"sessionContext": {"sessionIssuer": {"type": "Role", "userName": role}}} if role else {}
    identity = {"type": "AssumedRole" if role else "IAMUser"} | issuer
    return {
        "eventName": name,
        "eventSource": f"{source}.amazonaws.com",
        "eventType": "AwsApiCall",
        "userIdentity": identity,
    } | further


def rings(document: dict[str, Any]) -> list[str]:
    line = json.dumps(document)
    return [
        it.suffix for it in watches(["break-glass"], "estate-deploy") if compiled(it.pattern).matches(line)
    ]


def taken_on(role: str, how: str = "AssumeRoleWithSAML") -> dict[str, Any]:
    return event(how, "sts", requestParameters={"roleArn": f"arn:aws:iam::123456789012:role/{role}"})


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param(taken_on("break-glass"), ["break-glass-used"], id="break-glass by SAML"),
        pytest.param(taken_on("break-glass", "AssumeRole"), ["break-glass-used"], id="break-glass"),
        pytest.param(taken_on("sre"), [], id="another role"),
        pytest.param(
            event("DescribeInstances", "ec2", userIdentity={"type": "Root"}), ["root-used"], id="root"
        ),
        pytest.param(
            event("Decrypt", "kms", userIdentity={"type": "Root", "invokedBy": "backup.amazonaws.com"}),
            [],
            id="a service in root's name",
        ),
        pytest.param(
            event("ConsoleLogin", "signin"), ["signed-in-past-the-provider"], id="an IAM user signs in"
        ),
        pytest.param(event("ConsoleLogin", "signin", "sre"), [], id="somebody of the provider signs in"),
        pytest.param(
            event("StopLogging", "cloudtrail", "break-glass"), ["trail-changed"], id="trail stopped"
        ),
        pytest.param(event("LookupEvents", "cloudtrail", "sre"), [], id="trail read"),
        pytest.param(event("ScheduleKeyDeletion", "kms", "sre"), ["key-to-be-lost"], id="key to be deleted"),
        pytest.param(event("Decrypt", "kms", "sre"), [], id="key used"),
        pytest.param(event("PutRolePolicy", "iam", "sre"), ["permissions-changed"], id="policy by a person"),
        pytest.param(event("AttachUserPolicy", "iam"), ["permissions-changed"], id="policy by an IAM user"),
        pytest.param(event("CreateAccessKey", "iam", "sre"), ["permissions-changed"], id="access key"),
        pytest.param(event("PutRolePolicy", "iam", "estate-deploy"), [], id="policy by the pipeline"),
        pytest.param(event("GetRolePolicy", "iam", "sre"), [], id="policy read"),
        pytest.param(
            event("PutBucketPolicy", "s3", "sre"), ["bucket-opened"], id="bucket policy by a person"
        ),
        pytest.param(event("PutBucketPolicy", "s3", "estate-deploy"), [], id="bucket policy by the pipeline"),
        pytest.param(event("PutObject", "s3", "sre"), [], id="object written"),
    ],
)
def test_what_somebody_has_to_answer_for_rings_and_nothing_else(
    document: dict[str, Any], expected: list[str]
) -> None:
    assert rings(document) == expected


def test_each_act_has_a_filter_and_an_alarm_that_rings_at_once() -> None:
    recording = record(
        lambda: TrailAlarms(
            "trail",
            {
                "log_group_name": "/aws/cloudtrail/estate",
                "alarm_topic_arn": "arn:aws:sns:eu-west-2:123456789012:alarms",
                "emergency_role_names": ["break-glass"],
                "deploy_role_name": "estate-deploy",
                "tags": TAGS,
            },
        )
    )
    filters, alarms = ([it for it in recording.resources if it.type == kind] for kind in (FILTER, ALARM))
    suffixes = [it.suffix for it in watches(["break-glass"], "estate-deploy")]
    assert sorted(it.name for it in filters) == sorted(f"trail-{it}-filter" for it in suffixes)
    for it in filters:
        assert it.inputs["logGroupName"] == "/aws/cloudtrail/estate"
        assert len(it.inputs["pattern"]) <= LONGEST_PATTERN
    counted = {it.inputs["metricTransformation"]["name"] for it in filters}
    assert {it.inputs["metricName"] for it in alarms} == counted
    assert {(it.inputs["threshold"], it.inputs["datapointsToAlarm"]) for it in alarms} == {(0, 1)}
    assert {it.inputs["treatMissingData"] for it in alarms} == {"notBreaching"}
    assert all(it.inputs["alarmActions"] for it in alarms)
    assert recording.untagged(TAGS) == []
