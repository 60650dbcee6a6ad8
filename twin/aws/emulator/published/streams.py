"""AWS/Kinesis of a stream: what is put to it, and how far behind those are who read it.

Source: https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html, basic stream-level metrics. The
emulator throttles nobody, so each put and each GetRecords counts as not throttled; without any, nothing is reported.
"""

import time
from typing import Any

from twin.aws.emulator.published.ledger import LEDGER, Entry, Resource

__all__ = ["note_put", "note_read", "patch"]

_NAMESPACE = "AWS/Kinesis"


def note_put(stream: Resource, records: int, size_bytes: int, at: float) -> list[Entry]:
    """One PutRecord or PutRecords that succeeded."""
    return [
        Entry(stream, "IncomingRecords", "Count", records, at),
        Entry(stream, "IncomingBytes", "Bytes", size_bytes, at),
        Entry(stream, "WriteProvisionedThroughputExceeded", "Count", 0, at),
    ]


def note_read(stream: Resource, written_at: float | None, records: int, at: float) -> list[Entry]:
    """One GetRecords. Args: written_at: of the last record, where later ones are there; None for one caught up."""
    age_ms = 0.0 if written_at is None else max(0.0, 1000 * (at - written_at))
    return [
        Entry(stream, "GetRecords.IteratorAgeMilliseconds", "Milliseconds", round(age_ms), at),
        Entry(stream, "GetRecords.Records", "Count", records, at),
        Entry(stream, "GetRecords.Success", "Count", 1, at),
        Entry(stream, "ReadProvisionedThroughputExceeded", "Count", 0, at),
    ]


def patch() -> None:
    """moto's streams note what is done with them, in place of what moto puts into a CloudWatch of its own."""
    from moto.kinesis.models import KinesisBackend
    from moto.kinesis.utils import decompose_shard_iterator

    backend: Any = KinesisBackend
    others = backend.get_records

    def send(self: Any, stream_name: str, incoming_bytes: int, incoming_records: int) -> None:
        stream = _resource(self, stream_name)
        LEDGER.note(*note_put(stream, incoming_records, incoming_bytes, time.time()))

    def get_records(
        self: Any, stream_arn: str | None, shard_iterator: str, limit: int | None
    ) -> tuple[str, list[Any], int]:
        following, records, behind_ms = others(self, stream_arn, shard_iterator, limit)
        name = decompose_shard_iterator(shard_iterator)[0] or str(stream_arn).rpartition("/")[2]
        written_at = records[-1].created_at if records and behind_ms else None
        LEDGER.note(*note_read(_resource(self, name), written_at, len(records), time.time()))
        return following, records, behind_ms

    backend._send_stream_metrics = send
    backend.get_records = get_records


def _resource(backend: Any, name: str) -> Resource:
    return Resource(backend.account_id, backend.region_name, _NAMESPACE, "StreamName", name)
