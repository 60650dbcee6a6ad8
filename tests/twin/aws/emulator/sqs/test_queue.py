"""A queue that many threads use at once."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from twin.aws.emulator.extensions.sqs_message import Message
from twin.aws.emulator.extensions.sqs_queue import LiveQueue
from twin.aws.emulator.extensions.sqs_store import Batch, Rules

RULES = Rules(visibility_seconds=60, retention_seconds=86_400)
LONG_SECONDS = 10.0


def _message(name: str) -> Message:
    return Message(id=name, body=name)


def _waiting(pool: ThreadPoolExecutor, queue: LiveQueue, rules: Rules = RULES) -> "Future[Batch]":
    """A consumer that sleeps on the queue."""
    future = pool.submit(queue.receive, 1, rules, LONG_SECONDS)
    _until(lambda: len(queue._wakes_at) > 0)
    return future


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def _names(batch: Batch) -> list[str]:
    return [message.id for message, _ in batch.received]


def test_a_send_wakes_one_who_waits() -> None:
    queue = LiveQueue(is_fifo=False)
    with ThreadPoolExecutor() as pool:
        future = _waiting(pool, queue)
        queue.send(_message("m"))
        assert _names(future.result(LONG_SECONDS / 2)) == ["m"]


def test_one_who_waits_wakes_when_a_visibility_timeout_ends_that_began_meanwhile() -> None:
    queue = LiveQueue(is_fifo=False)
    with ThreadPoolExecutor() as pool:
        future = _waiting(pool, queue)
        with queue._changed:
            # Another consumer is quicker than the one that is woken, and dies with the message.
            queue._store.send(_message("m"), time.time())
            quick = queue._store.receive(1, Rules(0.05, 86_400), time.time())
            queue._pass_on()
        assert _names(quick) == ["m"]
        assert _names(future.result(LONG_SECONDS / 2)) == ["m"]


def test_a_message_that_is_given_back_wakes_one_who_waits() -> None:
    queue = LiveQueue(is_fifo=False)
    queue.send(_message("m"))
    handle = queue.receive(1, RULES).received[0][1]
    with ThreadPoolExecutor() as pool:
        future = _waiting(pool, queue)
        assert queue.change_visibility(handle, 0)
        assert _names(future.result(LONG_SECONDS / 2)) == ["m"]


def test_a_deletion_that_frees_a_group_wakes_one_who_waits() -> None:
    queue = LiveQueue(is_fifo=True)
    for name in ("1", "2"):
        queue.send(Message(id=name, body=name, group_id="g", deduplication_id=name))
    handle = queue.receive(1, RULES).received[0][1]
    with ThreadPoolExecutor() as pool:
        future = _waiting(pool, queue)
        queue.delete(handle)
        assert _names(future.result(LONG_SECONDS / 2)) == ["2"]


def test_who_has_hung_up_is_passed_over() -> None:
    queue = LiveQueue(is_fifo=False)
    is_there = threading.Event()
    is_there.set()
    with ThreadPoolExecutor() as pool:
        gone = pool.submit(queue.receive, 1, RULES, LONG_SECONDS, is_there.is_set)
        _until(lambda: len(queue._wakes_at) == 1)
        is_there.clear()
        waiting = pool.submit(queue.receive, 1, RULES, LONG_SECONDS)
        _until(lambda: len(queue._wakes_at) == 2)
        queue.send(_message("m"))
        assert _names(waiting.result(LONG_SECONDS / 2)) == ["m"]
        assert _names(gone.result(LONG_SECONDS / 2)) == []


def test_nobody_waits_for_a_deleted_queue() -> None:
    queue = LiveQueue(is_fifo=False)
    with ThreadPoolExecutor() as pool:
        future = _waiting(pool, queue)
        queue.close()
        assert _names(future.result(LONG_SECONDS / 2)) == []


def test_many_consumers_together_receive_every_message_once() -> None:
    queue, count = LiveQueue(is_fifo=False), 400
    found: list[str] = []

    def consume() -> None:
        while batch := queue.receive(3, RULES, 0.3).received:
            for message, handle in batch:
                found.append(message.id)
                queue.delete(handle)

    with ThreadPoolExecutor(8) as pool:
        consumers = [pool.submit(consume) for _ in range(8)]
        for number in range(count):
            queue.send(_message(str(number)))
        for consumer in consumers:
            consumer.result(LONG_SECONDS)
    assert sorted(found, key=int) == [str(number) for number in range(count)]
    assert sum(queue.counts()) == 0


def test_the_age_of_the_oldest_message_is_known() -> None:
    now = 100.0
    queue = LiveQueue(is_fifo=False, clock=lambda: now)
    assert queue.oldest_age_seconds() is None
    queue.send(_message("m"))
    now = 160.0
    assert queue.oldest_age_seconds() == 60
