"""The stream of events, read from a place in one of its shards."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from workload.lake.batch import START, Record

__all__ = ["KinesisStream", "Page", "Stream"]

MOST_RECORDS = 1_000
"""Of one batch; up to 10,000 may be asked for. Source: Kinesis API reference, GetRecords."""

LONGEST_LOOK = 20
"""Empty answers in a row before the end of what there is: an answer may be empty although records follow.
Source: Kinesis API reference, GetRecords; MillisBehindLatest is 0 at the end."""


@dataclass(frozen=True)
class Page:
    """Attributes: is_last: nothing followed these records when they were read."""

    records: Sequence[Record]
    is_last: bool


class Stream(Protocol):
    """Every method raises DependencyAway where the stream does not answer."""

    async def shards(self) -> list[str]: ...

    async def read(self, shard: str, after: str) -> Page:
        """Records that follow a place, as many as one batch holds; none at the end."""
        ...


class _Caller(Protocol):
    async def call(
        self, service: str, operation: str, *, dependency: str, **arguments: Any
    ) -> dict[str, Any]: ...


class KinesisStream:
    """A stream of Amazon Kinesis."""

    def __init__(self, name: str, stream: str, aws: _Caller) -> None:
        self._name = name
        self._stream = stream
        self._aws = aws

    async def shards(self) -> list[str]:
        found: list[str] = []
        more: dict[str, str] = {"StreamName": self._stream}
        while more:
            page = await self._call("list_shards", **more)
            found += [it["ShardId"] for it in page["Shards"]]
            more = {"NextToken": page["NextToken"]} if page.get("NextToken") else {}
        return found

    async def read(self, shard: str, after: str) -> Page:
        iterator = await self._iterator(shard, after)
        for _ in range(LONGEST_LOOK):
            page = await self._call("get_records", ShardIterator=iterator, Limit=MOST_RECORDS)
            iterator, records = page.get("NextShardIterator"), page["Records"]
            is_behind = page.get("MillisBehindLatest") or len(records) == MOST_RECORDS
            is_last = not (iterator and is_behind)
            if records or is_last:
                return Page([_record(it) for it in records], is_last)
        return Page([], is_last=False)

    async def _iterator(self, shard: str, after: str) -> str:
        place = (
            {"ShardIteratorType": "TRIM_HORIZON"}
            if after == START
            else {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": after}
        )
        got = await self._call("get_shard_iterator", StreamName=self._stream, ShardId=shard, **place)
        return got["ShardIterator"]

    async def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        return await self._aws.call("kinesis", operation, dependency=self._name, **arguments)


def _record(it: dict[str, Any]) -> Record:
    """A record that is no event counts as none, and is not read again."""
    try:
        event = json.loads(it["Data"])
    except ValueError:
        event = None
    return Record(it["SequenceNumber"], event if isinstance(event, dict) else None)
