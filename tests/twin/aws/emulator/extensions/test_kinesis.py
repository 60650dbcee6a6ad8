"""Streams keep every record once."""

from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.twin.aws.emulator.conftest import Served
from twin.aws.emulator.extensions import kinesis


def test_records_that_are_put_at_once_are_read_once_each_and_in_pages(extended: Served) -> None:
    stream = extended.clients("kinesis")
    stream.create_stream(StreamName="busy", ShardCount=1)
    names = [f"{writer}-{number}" for writer in range(6) for number in range(20)]

    def put(name: str) -> str:
        answer = stream.put_record(StreamName="busy", Data=name.encode(), PartitionKey=name)
        return str(answer["SequenceNumber"])

    with ThreadPoolExecutor(6) as pool:
        numbers = list(pool.map(put, names))
    assert len(set(numbers)) == len(names)
    (shard,) = stream.describe_stream(StreamName="busy")["StreamDescription"]["Shards"]
    iterator = stream.get_shard_iterator(
        StreamName="busy", ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    read: list[str] = []
    while len(read) < len(names):
        page = stream.get_records(ShardIterator=iterator, Limit=50)
        assert page["Records"]
        read += [it["Data"].decode() for it in page["Records"]]
        iterator = page["NextShardIterator"]
    assert sorted(read) == sorted(names)
    assert stream.get_records(ShardIterator=iterator)["Records"] == []


class _Watched(OrderedDict[int, Any]):
    """Records that tell when somebody walks through them from the first."""

    is_walked = False

    def __iter__(self) -> Iterator[int]:
        self.is_walked = True
        return super().__iter__()


def test_putting_and_getting_do_not_walk_through_the_shard(monkeypatch: pytest.MonkeyPatch) -> None:
    from moto.kinesis.models import Shard

    for name in ("get_max_sequence_number", "put_record", "get_records"):
        monkeypatch.setattr(Shard, name, getattr(Shard, name))
    kinesis._numbered_once()
    made: Any = Shard
    shard = made(0, 0, 1)
    for number in range(10):
        shard.put_record("key", f"data {number}", "")
    shard.records = _Watched(shard.records)
    shard.put_record("key", "last", "")
    found, last, _ = shard.get_records("8", 2)
    assert ([it.sequence_number for it in found], last) == ([9, 10], 10)
    assert not shard.records.is_walked
