"""Events are loaded from the stream into the lake, none twice and none left out."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from workload.exceptions import DependencyAway
from workload.lake import Chain, Page, Record
from workload.lake.batch import START
from workload.lake.chain import SHORTCUT_EVERY

MOST_LOOKS = 2000
"""Whoever looks more often than this comes to no end."""


class MemoryLake:
    """Attributes: fails: for each write, whether it fails, and whether only after it took effect."""

    name = "lake"

    def __init__(self, fails: Sequence[str] = ()) -> None:
        self.objects: dict[str, tuple[bytes, Mapping[str, str]]] = {}
        self._fails = list(fails)

    async def put(self, key: str, content: bytes, facts: Mapping[str, str] | None = None) -> None:
        await self._write(key, content, facts, is_once=False)

    async def put_once(self, key: str, content: bytes, facts: Mapping[str, str] | None = None) -> bool:
        return await self._write(key, content, facts, is_once=True)

    async def _write(
        self, key: str, content: bytes, facts: Mapping[str, str] | None, *, is_once: bool
    ) -> bool:
        # Others get their turn before every write.
        await asyncio.sleep(0)
        failure = self._fails.pop(0) if self._fails else ""
        if failure == "before":
            raise DependencyAway(self.name, "before")
        is_new = not is_once or key not in self.objects
        if is_new:
            self.objects[key] = (content, facts or {})
        if failure == "after":
            raise DependencyAway(self.name, "after")
        return is_new

    async def get(self, key: str) -> bytes | None:
        await asyncio.sleep(0)
        return self.objects[key][0] if key in self.objects else None

    async def facts(self, key: str) -> Mapping[str, str] | None:
        await asyncio.sleep(0)
        return self.objects[key][1] if key in self.objects else None

    async def probe(self) -> None: ...

    def loaded(self) -> list[str]:
        """Ids of the events in the lake, in the order of their objects."""
        keys = sorted((key for key in self.objects if key.startswith("events/")), key=_place)
        return [json.loads(line)["id"] for key in keys for line in self.objects[key][0].decode().splitlines()]


def _place(key: str) -> int:
    number = key.rpartition("/")[2].removesuffix(".ndjson").lstrip("0")
    return -1 if number == START else int(number or "0")


class MemoryStream:
    """A shard; each look shows as much of it as it is told to."""

    def __init__(self, events: Sequence[Mapping[str, Any]], looks: Sequence[int] = ()) -> None:
        self.records = [Record(str(number), event) for number, event in enumerate(events, 1)]
        self._looks = list(looks)
        self._looked = 0

    async def shards(self) -> list[str]:
        return ["shard-0"]

    async def read(self, shard: str, after: str) -> Page:
        await asyncio.sleep(0)
        self._looked += 1
        assert self._looked < MOST_LOOKS
        begin = 0 if after == START else int(after)
        end = begin + (self._looks.pop(0) if self._looks else 7)
        return Page(self.records[begin:end], end >= len(self.records))


def _events(count: int) -> list[dict[str, Any]]:
    return [
        {"id": f"e-{number}", "type": "paid", "at": f"{number:06}", "subject": "a"} for number in range(count)
    ]


async def _load_for_ever(chain: Chain) -> None:
    while True:
        try:
            if not await chain.load(3):
                return
        except DependencyAway:
            await asyncio.sleep(0)


@given(
    st.integers(0, 60),
    st.integers(1, 3),
    st.lists(st.integers(1, 9), max_size=30),
    st.lists(st.sampled_from(["", "", "before", "after"]), max_size=30),
)
def test_whoever_loads_and_whatever_fails_each_event_is_there_once_in_order(
    count: int, tasks: int, looks: list[int], fails: list[str]
) -> None:
    """Safety and progress: several tasks at once, looks of any size, writes that fail before or after their effect."""
    lake, stream = MemoryLake(fails), MemoryStream(_events(count), looks)

    async def run() -> list[int]:
        chains = [Chain("eu-west-2", "shard-0", lake, stream) for _ in range(tasks)]
        await asyncio.gather(*(_load_for_ever(chain) for chain in chains))
        for chain in chains:
            await chain.follow()
        return [chain.figures.by_type["paid"] for chain in chains]

    figures = asyncio.run(run())
    assert lake.loaded() == [f"e-{number}" for number in range(count)]
    assert figures == [count] * tasks


def test_a_load_ends_with_what_was_there_when_it_began() -> None:
    """An object for each record that comes meanwhile would cost a request each."""
    lake, stream = MemoryLake(), MemoryStream(_events(1))
    chain = Chain("eu-west-2", "shard-0", lake, stream)
    read = stream.read

    async def read_and_grow(shard: str, after: str) -> Page:
        page = await read(shard, after)
        stream.records.append(Record(str(len(stream.records) + 1), _events(1)[0]))
        return page

    stream.read = read_and_grow
    assert asyncio.run(chain.load(9)) == 1
    assert len(lake.objects) == 1


def test_a_task_that_begins_goes_on_from_the_shortcut() -> None:
    lake, stream = MemoryLake(), MemoryStream(_events(2 * SHORTCUT_EVERY), [1] * 500)

    async def run() -> int:
        await _load_for_ever(Chain("eu-west-2", "shard-0", lake, stream))
        for key in [it for it in lake.objects if it.startswith("events/") and _place(it) < SHORTCUT_EVERY]:
            del lake.objects[key]
        begun = Chain("eu-west-2", "shard-0", lake, stream)
        await begun.follow()
        return begun.figures.by_type["paid"]

    assert asyncio.run(run()) == 2 * SHORTCUT_EVERY


def test_the_copy_of_another_regions_chain_in_the_lake_is_not_taken_for_the_own() -> None:
    lake = MemoryLake()
    for region, events in (("eu-west-2", _events(9)), ("eu-west-1", _events(2))):
        asyncio.run(_load_for_ever(Chain(region, "shard-0", lake, MemoryStream(events))))
    assert len(lake.loaded()) == 9 + 2


def test_a_batch_holds_an_event_once_however_often_it_was_sent() -> None:
    (event,) = _events(1)
    lake = MemoryLake()
    asyncio.run(_load_for_ever(Chain("eu-west-2", "shard-0", lake, MemoryStream([event, event, event]))))
    assert lake.loaded() == ["e-0"]


def test_nobody_can_be_known_from_the_lake() -> None:
    event = {"id": "e-1", "type": "paid", "subject": "a-1", "client_reference": "c-1", "benefit": "b"}
    lake = MemoryLake()
    asyncio.run(_load_for_ever(Chain("eu-west-2", "shard-0", lake, MemoryStream([event]))))
    (content,) = [content for content, _ in lake.objects.values()]
    kept = json.loads(content)
    assert set(kept) == {"id", "type", "benefit", "subject"}
    assert "a-1" not in content.decode()
