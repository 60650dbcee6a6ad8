"""Buckets and streams as the roles use them, against an emulated AWS: the real client, its arguments and its errors."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from workload.aws import Aws
from workload.bucket import S3Bucket
from workload.lake import Chain, KinesisStream
from workload.lake.batch import START

REGION = "eu-west-2"


@pytest.fixture(autouse=True)
def _emulated(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        _client("s3").create_bucket(Bucket="lake", CreateBucketConfiguration={"LocationConstraint": REGION})
        _client("kinesis").create_stream(StreamName="events", ShardCount=1)
        yield


def _client(service: str) -> Any:
    return boto3.client(service, region_name=REGION)  # pyright: ignore[reportCallIssue, reportArgumentType]


def _run(use: Callable[[S3Bucket, KinesisStream], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        aws = Aws(REGION)
        try:
            async with asyncio.timeout(20):
                return await use(S3Bucket("lake", "lake", aws), KinesisStream("events", "events", aws))
        finally:
            aws.close()

    return asyncio.run(run())


def _put_records(*events: bytes) -> None:
    kinesis = _client("kinesis")
    for event in events:
        kinesis.put_record(StreamName="events", Data=event, PartitionKey="a")


def test_an_object_is_written_once() -> None:
    async def use(bucket: S3Bucket, _: KinesisStream) -> list[Any]:
        written = [await bucket.put_once("key", content, {"n": "1"}) for content in (b"one", b"two")]
        return [*written, await bucket.get("key"), await bucket.facts("key")]

    assert _run(use) == [True, False, b"one", {"n": "1"}]


def test_an_object_that_is_not_there_is_none() -> None:
    async def use(bucket: S3Bucket, _: KinesisStream) -> list[Any]:
        return [await bucket.get("key"), await bucket.facts("key"), await bucket.probe()]

    assert _run(use) == [None, None, None]


def test_a_shard_is_read_from_a_place_and_what_is_no_event_counts_as_none() -> None:
    _put_records(b'{"id": "1"}', b"no event", b'{"id": "3"}')

    async def use(_: S3Bucket, stream: KinesisStream) -> list[Any]:
        (shard,) = await stream.shards()
        first = await stream.read(shard, START)
        rest = await stream.read(shard, first.records[0].sequence)
        end = await stream.read(shard, first.records[-1].sequence)
        return [([it.event for it in page.records], page.is_last) for page in (first, rest, end)]

    assert _run(use) == [([{"id": "1"}, None, {"id": "3"}], True), ([None, {"id": "3"}], True), ([], True)]


def test_the_stream_is_loaded_into_the_lake_once() -> None:
    _put_records(b'{"id": "1", "type": "paid"}', b'{"id": "2", "type": "paid"}')

    async def use(bucket: S3Bucket, stream: KinesisStream) -> list[int]:
        (shard,) = await stream.shards()
        added = [await Chain("eu-west-2", shard, bucket, stream).load(5) for _ in range(2)]
        chain = Chain("eu-west-2", shard, bucket, stream)
        await chain.follow()
        return [*added, chain.figures.by_type["paid"]]

    assert _run(use) == [1, 0, 2]
