"""Messages are deleted after what they ask is done, and not before."""

import asyncio
import io
from collections.abc import Awaitable, Callable

import pytest

from tests.workload.fakes import FakeQueue
from tests.workload.virtual_time import run
from workload.consumer import Consumer
from workload.exceptions import DependencyAway, TryLater
from workload.logs import Log
from workload.priority import Priority
from workload.queue import Message
from workload.slots import Slots

Handle = Callable[[Message], Awaitable[None]]


def _consumer(queue: FakeQueue, handle: Handle) -> Consumer:
    return Consumer("test", queue, handle, slots=Slots(8), log=Log("test", io.StringIO()))


async def _until_idle(consumer: Consumer, seconds: float) -> None:
    task = asyncio.create_task(consumer.run())
    await asyncio.sleep(seconds)
    consumer.stop()
    await task


def test_every_message_is_handled_and_then_deleted() -> None:
    async def test() -> None:
        queue, handled = FakeQueue(), []

        async def handle(message: Message) -> None:
            assert message.document not in queue.deleted
            handled.append(message.document)

        for number in range(35):
            await queue.send(number)
        await _until_idle(_consumer(queue, handle), 5)
        assert sorted(handled) == sorted(queue.deleted) == list(range(35))

    run(test)


def test_a_message_whose_dependency_is_away_is_put_back_for_longer_each_time() -> None:
    async def test() -> list[float]:
        queue = FakeQueue()

        async def handle(message: Message) -> None:
            raise DependencyAway("core", "gone")

        await queue.send("m")
        await _until_idle(_consumer(queue, handle), 100)
        assert queue.deleted == []
        return [seconds for _, seconds in queue.put_backs]

    assert run(test)[:4] == [2.0, 10.0, 30.0, 90.0]


def test_while_a_dependency_is_away_one_message_at_a_time_finds_out() -> None:
    async def test() -> list[int]:
        queue, takes, away = FakeQueue(), [], [True]
        receive = queue.receive

        async def counting(wait_seconds: int = 20, most: int = 10) -> list[Message]:
            takes.append(most)
            return await receive(wait_seconds, most)

        async def handle(message: Message) -> None:
            if away[0]:
                raise DependencyAway("core", "gone")

        queue.receive = counting
        for number in range(30):
            await queue.send(number)
        consumer = _consumer(queue, handle)
        await consumer.run_once()
        await consumer.run_once()
        away[0] = False
        await consumer.run_once()
        await consumer.run_once()
        return takes

    assert run(test) == [10, 1, 1, 10]


def test_a_failure_leaves_the_message_to_its_visibility_and_the_others_are_done() -> None:
    async def test() -> None:
        queue = FakeQueue()

        async def handle(message: Message) -> None:
            if message.document == "poison":
                raise ValueError("cannot be read")

        for document in ("a", "poison", "b"):
            await queue.send(document)
        await _until_idle(_consumer(queue, handle), 1)
        assert (queue.deleted, queue.put_backs) == (["a", "b"], [])

    run(test)


def test_in_a_group_nothing_overtakes_what_failed() -> None:
    async def test() -> None:
        queue, handled = FakeQueue(), []

        async def handle(message: Message) -> None:
            if message.document == "a2":
                raise TryLater(7, "not yet")
            handled.append(message.document)

        for document in ("a1", "a2", "a3", "b1"):
            await queue.send(document, group=document[0])
        await _consumer(queue, handle).run_once()
        assert sorted(handled) == ["a1", "b1"]
        assert sorted(queue.deleted) == ["a1", "b1"]
        assert [document for document, _ in queue.put_backs] == ["a2", "a3"]

    run(test)


def test_told_to_stop_it_finishes_what_it_began_and_returns_what_it_was_just_given() -> None:
    async def test() -> None:
        queue, handled = FakeQueue(), []

        async def handle(message: Message) -> None:
            await asyncio.sleep(3)
            handled.append(message.document)

        await queue.send("begun")
        consumer = _consumer(queue, handle)
        task = asyncio.create_task(consumer.run())
        await asyncio.sleep(1)
        consumer.stop()
        await queue.send("later")
        await task
        assert (handled, queue.deleted) == (["begun"], ["begun"])
        assert [it.document for it in queue.waiting] == ["later"]

    run(test)


def test_what_a_poll_brings_after_the_stop_is_visible_at_once() -> None:
    async def test() -> list[tuple[object, float]]:
        queue = FakeQueue()

        async def handle(message: Message) -> None:
            raise AssertionError("it was handled")

        queue.longest_wait_seconds = 20
        consumer = _consumer(queue, handle)
        task = asyncio.create_task(consumer.run())
        await asyncio.sleep(1)
        consumer.stop()
        await queue.send("late")
        await task
        return queue.put_backs

    assert run(test) == [("late", 0)]


def test_a_queue_that_is_away_is_asked_again_after_a_pause() -> None:
    async def test() -> None:
        queue = FakeQueue()
        queue.is_away = True

        async def handle(message: Message) -> None:
            return

        consumer = _consumer(queue, handle)
        task = asyncio.create_task(consumer.run())
        await asyncio.sleep(5)
        queue.is_away = False
        await queue.send("m")
        await asyncio.sleep(3)
        consumer.stop()
        await task
        assert queue.deleted == ["m"]

    run(test)


@pytest.mark.parametrize(("people", "most"), [(0, 40), (12, 10)], ids=["nobody waits", "requests wait"])
def test_a_backlog_takes_more_batches_at_a_time_only_while_no_request_waits(people: int, most: int) -> None:
    async def test() -> int:
        queue, slots, in_hand = FakeQueue(), Slots(4), [0]

        async def handle(_: Message) -> None:
            in_hand.append(200 - len(queue.waiting) - len(queue.deleted))
            await asyncio.sleep(0.2)

        async def ask() -> None:
            while True:
                async with slots.hold(Priority.URGENT):
                    await asyncio.sleep(0.1)

        for number in range(200):
            await queue.send(number)
        asking = [asyncio.create_task(ask()) for _ in range(people)]
        consumer = Consumer("test", queue, handle, slots=slots, log=Log("test", io.StringIO()))
        await asyncio.sleep(0.05)
        await _until_idle(consumer, 3)
        for it in asking:
            it.cancel()
        return max(in_hand)

    assert run(test) == most
