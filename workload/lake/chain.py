"""A shard's batches in the lake. Each is found by where it begins and tells where it ends, so the next is known."""

import json

from workload.bucket import Bucket
from workload.lake.batch import START, Batch, object_key
from workload.lake.figures import Figures
from workload.lake.stream import Stream

__all__ = ["Chain"]

LAST = "last"
"""Of an object's facts: sequence number of its last record."""

SHORTCUT_EVERY = 50
"""Batches after which a shortcut is kept, so that a task that begins need not follow the chain from its start."""


class Chain:
    """One task's view of a shard's batches. Any number of tasks may extend the chain at the same time.

    Only the first batch after a place is kept (`put_once`), so no event is in the lake twice or left out, whoever
    loads, and however often a task dies in between.
    """

    def __init__(self, region: str, shard: str, lake: Bucket, stream: Stream) -> None:
        self._region = region
        self._shard = shard
        self._lake = lake
        self._stream = stream
        self._after = START
        self._figures = Figures()
        self._followed = 0
        self._has_begun = False

    @property
    def figures(self) -> Figures:
        """Of the batches that this task has followed."""
        return self._figures

    async def load(self, most: int) -> int:
        """What the stream held when it was asked is in the lake, up to so many batches. Returns: how many were added.

        What comes meanwhile is left for the next load: a batch for each few records would cost a request each.

        Raises: DependencyAway.
        """
        added = 0
        await self.follow()
        while added < most:
            page = await self._stream.read(self._shard, self._after)
            if not page.records:
                break
            if not await self._keep(Batch(self._shard, self._after, page.records)):
                await self.follow()
                continue
            added += 1
            if page.is_last:
                break
        return added

    async def follow(self) -> None:
        """The end of the chain is known. Raises: DependencyAway."""
        await self._begin()
        while facts := await self._lake.facts(self._next_key):
            await self._advance(facts[LAST], await self._lake.get(self._next_key) or b"")

    @property
    def _next_key(self) -> str:
        return object_key(self._region, self._shard, self._after)

    @property
    def _shortcut_key(self) -> str:
        return f"shortcuts/{self._region}/{self._shard}.json"

    async def _keep(self, batch: Batch) -> bool:
        """Whether it was added; it is not where another task was first, whose batch is to be followed then."""
        content = batch.content()
        if not await self._lake.put_once(self._next_key, content, {LAST: batch.last}):
            return False
        await self._advance(batch.last, content)
        return True

    async def _begin(self) -> None:
        """From the shortcut, where there is one."""
        if self._has_begun:
            return
        content = await self._lake.get(self._shortcut_key)
        if content:
            document = json.loads(content)
            self._after = document["after"]
            self._figures = Figures.from_document(document["figures"])
        self._has_begun = True

    async def _advance(self, last: str, content: bytes) -> None:
        self._after = last
        self._figures = self._figures + Figures.of([json.loads(line) for line in content.splitlines()])
        self._followed += 1
        if self._followed % SHORTCUT_EVERY == 0:
            document = {"after": self._after, "figures": self._figures.to_document()}
            await self._lake.put(self._shortcut_key, json.dumps(document).encode())
