"""Kinesis: shards that many put to and read from at once."""

import threading
from typing import Any

from twin.aws.emulator.extension import Extension

__all__ = ["EXTENSIONS"]

_LOCK = threading.Lock()


def _numbered_once() -> None:
    """Each record has a sequence number of its own, and is found by it; both at one cost whatever the shard holds."""
    from moto.kinesis.models import Record, Shard

    def get_max_sequence_number(self: Any) -> int:
        return next(reversed(self.records), 0)

    def put_record(self: Any, partition_key: str, data: str, explicit_hash_key: str) -> str:
        with _LOCK:
            number = get_max_sequence_number(self) + 1
            self.records[number] = Record(partition_key, data, number, explicit_hash_key)
        return str(number)

    def get_records(self: Any, last_sequence_id: str, limit: int | None) -> tuple[list[Record], int, int]:
        last = int(last_sequence_id)
        newest = get_max_sequence_number(self)
        end = newest if limit is None else min(newest, last + limit)
        found = [self.records[number] for number in range(last + 1, end + 1) if number in self.records]
        behind_seconds = self.records[newest].created_at - found[-1].created_at if found else 0.0
        return found, found[-1].sequence_number if found else last, int(behind_seconds * 1000)

    shard: Any = Shard
    shard.get_max_sequence_number = get_max_sequence_number
    shard.put_record = put_record
    shard.get_records = get_records


EXTENSIONS = (
    Extension(
        service="kinesis",
        topic="records of a shard",
        stock="may give one sequence number to two records, and puts and gets at a cost that grows with the shard",
        aws="gives each record its own, at one cost",
        change="numbers records under a lock, and finds them by their number",
        source="https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html",
        patch=_numbered_once,
    ),
)
