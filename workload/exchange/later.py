"""Requests to partners that answer by file or message: kept in the partner's queue until the answer is there."""

import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from workload.bucket import Bucket
from workload.clock import monotonic
from workload.exceptions import DependencyAway, TryLater
from workload.exchange.adapter import Adapter
from workload.exchange.check import Check
from workload.exchange.confirmations import Confirmation
from workload.queue import Message, Queue
from workload.upstream import Answer

__all__ = ["Requests"]

ASKED_AGAIN_SECONDS = 600
"""A request that this task put into the queue is put there again by it no sooner."""

MOST_ASKED = 20_000
ASK_AGAIN_SECONDS = 30.0
"""Until a partner is asked for an answer again, where it does not say when."""


class Requests:
    """Asks one partner by its queue, and finds its answers. Every step may be repeated."""

    def __init__(
        self,
        adapter: Adapter,
        queue: Queue,
        files: Bucket | None,
        answered: Callable[[Check, str], Awaitable[None]],
    ) -> None:
        self._adapter = adapter
        self._queue = queue
        self._files = files
        self._answered = answered
        self._asked: OrderedDict[str, float] = OrderedDict()
        self._waiting: set[str] = set()

    @property
    def has_waiting(self) -> bool:
        """Whether something that this task asked has no answer that it knows of."""
        return bool(self._waiting & self._asked.keys())

    async def find(self, check: Check) -> Confirmation | None:
        """The answer, if it is there by now: in memory, or in the bucket, whichever task brought it.

        A bucket that is away is taken for one without the answer.
        """
        known = self._adapter.known(check) or await self._brought(check)
        if known:
            self._waiting.discard(check.request_id)
        return known

    async def _brought(self, check: Check) -> Confirmation | None:
        try:
            content = await self._files.get(_answer_key(check)) if self._files else None
        except DependencyAway:
            return None
        return self._adapter.keep(check, json.loads(content)["outcome"]) if content else None

    async def ask(self, check: Check) -> None:
        """The request is in the partner's queue.

        Raises: DependencyAway: the queue is away.
        """
        now = monotonic()
        if now - self._asked.get(check.request_id, float("-inf")) < ASKED_AGAIN_SECONDS:
            return
        await self._queue.send({"request_id": check.request_id, **check.question})
        self._asked[check.request_id] = now
        self._waiting.add(check.request_id)
        self._asked.move_to_end(check.request_id)
        if len(self._asked) > MOST_ASKED:
            self._asked.popitem(last=False)

    async def take(self, message: Message) -> None:
        """The partner was asked, and its answer is where every task finds it.

        Raises: TryLater: it has not answered yet. DependencyAway: it does not take the request.
        """
        check = Check.of(self._adapter.partner, message.document)
        if await self.find(check):
            return
        got = await (self._by_file(check) if self._adapter.transport == "file" else self._by_message(check))
        if got.status == 404:
            raise TryLater(_seconds(got), f"{check.partner} has not answered yet")
        await self._keep(check, self._adapter.outcome_of(got))

    async def _by_file(self, check: Check) -> Answer:
        """A copy of the file is in the gateway's bucket before the partner has it."""
        name, content = check.request_id, f"{json.dumps(check.question, sort_keys=True)}\n".encode()
        if self._files is not None:
            await self._files.put_once(f"outgoing/{check.partner}/{name}.ndjson", content)
        await self._sent("PUT", f"/files/{name}", content=content)
        return await self._adapter.call("GET", f"/files/{name}/answer")

    async def _by_message(self, check: Check) -> Answer:
        message = {"message_id": check.request_id, **check.question}
        await self._sent("POST", "/messages", document=message)
        return await self._adapter.call("GET", f"/messages/{check.request_id}/reply")

    async def _sent(self, method: str, path: str, **content: Any) -> None:
        got = await self._adapter.call(method, path, **content)
        if got.status >= 300:
            raise DependencyAway(
                self._adapter.kind, f"{self._adapter.partner.name} answered {got.status}", 60.0
            )

    async def _keep(self, check: Check, outcome: str) -> None:
        if self._files is not None:
            content = json.dumps({"outcome": outcome}).encode()
            await self._files.put_once(_answer_key(check), content)
        self._adapter.keep(check, outcome)
        await self._answered(check, outcome)


def _answer_key(check: Check) -> str:
    return f"answers/{check.partner}/{check.request_id}.json"


def _seconds(got: Answer) -> float:
    told = got.headers.get("retry-after", "")
    return float(told) if told.isdigit() else ASK_AGAIN_SECONDS
