"""Stream: on demand or provisioned."""

from typing import Any

import pytest

from components.exceptions import ComponentError
from components.stream import Stream, StreamArgs
from tests.components.recording import Recording, record

KEY = "arn:aws:kms:eu-west-2:123456789012:key/lake"
TAGS = {"environment": "test"}


def declare(**args: Any) -> Recording:
    return record(lambda: Stream("changes", StreamArgs(kms_key_arn=KEY, tags=TAGS, **args)))


def test_a_stream_is_on_demand_encrypted_and_measured_by_shard() -> None:
    recording = declare()
    assert recording.names == [
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "changes-iterator-age"),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "changes-read-throttled"),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "changes-write-throttled"),
        ("aws:kinesis/stream:Stream", "changes-stream"),
        ("estate:data:Stream", "changes"),
    ]
    assert dict(recording.one("aws:kinesis/stream:Stream").inputs) == {
        "name": "changes",
        "streamModeDetails": {"streamMode": "ON_DEMAND"},
        "encryptionType": "KMS",
        "kmsKeyId": KEY,
        "retentionPeriod": 168,
        "shardLevelMetrics": [
            "IncomingBytes",
            "IncomingRecords",
            "IteratorAgeMilliseconds",
            "OutgoingBytes",
            "OutgoingRecords",
            "ReadProvisionedThroughputExceeded",
            "WriteProvisionedThroughputExceeded",
        ],
        "tags": TAGS,
    }


def test_a_number_of_shards_makes_the_stream_provisioned() -> None:
    inputs = declare(shards=4).one("aws:kinesis/stream:Stream").inputs
    assert (inputs["shardCount"], inputs["streamModeDetails"]) == (4, {"streamMode": "PROVISIONED"})


def test_the_alarms_watch_readers_and_throttles() -> None:
    alarms = [
        (
            alarm.inputs["metricName"],
            alarm.inputs["statistic"],
            alarm.inputs["threshold"],
            alarm.inputs["dimensions"],
        )
        for alarm in declare(stream_name="lake").of_type("aws:cloudwatch/metricAlarm:MetricAlarm")
    ]
    lake = {"StreamName": "lake"}
    assert alarms == [
        ("GetRecords.IteratorAgeMilliseconds", "Maximum", 60_000, lake),
        ("ReadProvisionedThroughputExceeded", "Sum", 0, lake),
        ("WriteProvisionedThroughputExceeded", "Sum", 0, lake),
    ]


@pytest.mark.parametrize(
    ("args", "rule"),
    [
        pytest.param({"retention_hours": 23}, "24 to 8,760 hours, got 23", id="forgets-too-soon"),
        pytest.param({"shards": 0}, "at least one shard, got 0", id="no-shard"),
    ],
)
def test_an_impossible_setting_is_refused(args: dict[str, int], rule: str) -> None:
    with pytest.raises(ComponentError, match=rule):
        declare(**args)
