"""A data stream with the alarms that show a reader falling behind."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.alarm import Alarm, raise_alarms
from components.exceptions import ComponentError

__all__ = ["Stream", "StreamArgs"]

# All of them, by name: "ALL" is accepted, but reads back as this list.
# Source: Kinesis Data Streams developer guide, "Enhanced shard-level metrics".
SHARD_LEVEL_METRICS = (
    "IncomingBytes",
    "IncomingRecords",
    "IteratorAgeMilliseconds",
    "OutgoingBytes",
    "OutgoingRecords",
    "ReadProvisionedThroughputExceeded",
    "WriteProvisionedThroughputExceeded",
)


class StreamArgs(TypedDict):
    kms_key_arn: pulumi.Input[str]
    """Customer-managed key of the records."""

    stream_name: NotRequired[str]
    """Physical name. Default: the component's name."""

    shards: NotRequired[int]
    """Number of shards of a provisioned stream. Default: none, the stream is on demand."""

    retention_hours: NotRequired[int]
    """How long a record can be read again, 24 to 8,760. Default: 168, a week."""

    shard_level_metrics: NotRequired[Sequence[str]]
    """Metrics reported for each shard. Default: all seven."""

    iterator_age_alarm_milliseconds: NotRequired[int]
    """Age of the last record read above which an alarm is raised. Default: 60,000."""

    alarm_topic_arn: NotRequired[pulumi.Input[str]]
    """Topic that the alarms notify. Default: none, the alarms only change state."""

    tags: NotRequired[Mapping[str, str]]
    """Tags of every child. Default: none."""


class Stream(pulumi.ComponentResource):
    """An encrypted stream of records, on demand unless a number of shards is given."""

    arn: pulumi.Output[str]
    """ARN of the stream."""
    stream_name: pulumi.Output[str]
    """Physical name of the stream."""
    alarm_arns: dict[str, pulumi.Output[str]]
    """ARNs of the alarms by suffix: `iterator-age`, `write-throttled`, `read-throttled`."""

    def __init__(self, name: str, args: StreamArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("estate:data:Stream", name, None, opts)
        _check(args)
        tags = dict(args.get("tags", {}))
        stream_name = args.get("stream_name", name)
        shards = args.get("shards")
        stream = aws.kinesis.Stream(
            f"{name}-stream",
            name=stream_name,
            shard_count=shards,
            stream_mode_details={"stream_mode": "ON_DEMAND" if shards is None else "PROVISIONED"},
            encryption_type="KMS",
            kms_key_id=args["kms_key_arn"],
            retention_period=args.get("retention_hours", 168),
            shard_level_metrics=list(args.get("shard_level_metrics", SHARD_LEVEL_METRICS)),
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn, self.stream_name = stream.arn, stream.name
        alarms = _alarms(stream_name, args.get("iterator_age_alarm_milliseconds", 60_000))
        self.alarm_arns = raise_alarms(self, name, alarms, args.get("alarm_topic_arn"), tags)
        self.register_outputs(
            {"arn": self.arn, "stream_name": self.stream_name, "alarm_arns": self.alarm_arns}
        )


def _alarms(stream_name: str, iterator_age_milliseconds: int) -> list[Alarm]:
    dimensions = {"StreamName": stream_name}
    return [
        Alarm(
            suffix="iterator-age",
            description=f"A reader of {stream_name} falls behind.",
            namespace="AWS/Kinesis",
            metric_name="GetRecords.IteratorAgeMilliseconds",
            dimensions=dimensions,
            threshold=iterator_age_milliseconds,
        ),
        Alarm(
            suffix="write-throttled",
            description=f"{stream_name} refuses records.",
            namespace="AWS/Kinesis",
            metric_name="WriteProvisionedThroughputExceeded",
            dimensions=dimensions,
            statistic="Sum",
            threshold=0,
        ),
        Alarm(
            suffix="read-throttled",
            description=f"{stream_name} refuses readers.",
            namespace="AWS/Kinesis",
            metric_name="ReadProvisionedThroughputExceeded",
            dimensions=dimensions,
            statistic="Sum",
            threshold=0,
        ),
    ]


def _check(args: StreamArgs) -> None:
    hours = args.get("retention_hours", 168)
    if not 24 <= hours <= 8_760:
        raise ComponentError(
            f"A stream keeps records for 24 to 8,760 hours, got {hours!r}. Keep what must last longer in a "
            "document store."
        )
    shards = args.get("shards")
    if shards is not None and shards < 1:
        raise ComponentError(
            f"A provisioned stream has at least one shard, got {shards!r}. Leave `shards` out for on demand."
        )
