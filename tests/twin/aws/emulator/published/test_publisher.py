"""What happened inside the emulator is published by the minute, late, and once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.aws.emulator.extensions.sqs_queue import Traffic
from twin.aws.emulator.monitoring.series import Datum
from twin.aws.emulator.published.functions import called
from twin.aws.emulator.published.ledger import Entry, Ledger, Resource
from twin.aws.emulator.published.measure import measures
from twin.aws.emulator.published.publisher import Publisher
from twin.aws.emulator.published.queues import QueueLook
from twin.aws.emulator.published.streams import note_put, note_read

STREAM = Resource("123456789012", "eu-west-2", "AWS/Kinesis", "StreamName", "events")
QUEUE = Resource("123456789012", "eu-west-2", "AWS/SQS", "QueueName", "case")


class Function:
    account_id, region, function_name = "123456789012", "eu-west-2", "rotate"


def _entry(at: float, value: float = 1.0) -> Entry:
    return Entry(STREAM, "IncomingRecords", "Count", value, at)


def _totals(data: list[Datum]) -> dict[tuple[str, float], float]:
    return {(it.metric.name, it.at): it.sample.total for it in data}


def test_a_minute_can_be_read_after_the_delay() -> None:
    put: list[Datum] = []
    ledger = Ledger()
    looks = iter([{QUEUE: QueueLook(4, 0, 0, 9.0, Traffic(), 0.0)}] * 3)
    publisher = Publisher(put.extend, lambda: next(looks), ledger, now=10.0, delay=60.0)
    ledger.note(_entry(30.0, 2), _entry(59.9, 3), _entry(60.1, 50))
    for now in (59.0, 61.0, 119.0):
        publisher.tick(now)
        assert put == []
    publisher.tick(120.5)
    assert _totals(put) == {
        ("ApproximateNumberOfMessagesVisible", 0.0): 4,
        ("ApproximateAgeOfOldestMessage", 0.0): 9,
        ("IncomingRecords", 0.0): 5,
    }
    assert put[-1].metric.dimensions == (("StreamName", "events"),)


@given(st.lists(st.floats(0, 600), max_size=40), st.floats(0.5, 90))
def test_every_entry_is_published_once_in_its_own_minute(moments: list[float], step: float) -> None:
    put: list[Datum] = []
    ledger = Ledger()
    publisher = Publisher(put.extend, dict, ledger, now=0.0, delay=30.0)
    ledger.note(*map(_entry, moments))
    now = 0.0
    while now < 900:
        publisher.tick(now)
        now += step
    assert sum(it.sample.count for it in put) == len(moments)
    assert {it.at for it in put} == {float(int(moment // 60) * 60) for moment in moments}


def test_a_look_that_fails_costs_its_minute_only() -> None:
    put: list[Datum] = []
    answers: list[Any] = [RuntimeError("the test wants it"), {}]

    def look() -> dict[Resource, QueueLook]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    ledger = Ledger()
    publisher = Publisher(put.extend, look, ledger, now=0.0, delay=0.0)
    with pytest.raises(RuntimeError):
        publisher.tick(60.0)
    ledger.note(_entry(70.0))
    publisher.tick(120.0)
    assert _totals(put) == {("IncomingRecords", 60.0): 1}


@pytest.mark.parametrize(
    ("written_at", "age"),
    [pytest.param(None, 0, id="caught up"), pytest.param(97.5, 2500, id="behind")],
)
def test_a_reader_is_as_old_as_the_last_record_it_got(written_at: float | None, age: float) -> None:
    told = {it.metric: it.value for it in note_read(STREAM, written_at, 3, 100.0)}
    assert told == {
        "GetRecords.IteratorAgeMilliseconds": age,
        "GetRecords.Records": 3,
        "GetRecords.Success": 1,
        "ReadProvisionedThroughputExceeded": 0,
    }


def test_each_put_is_one_that_was_not_throttled() -> None:
    found = measures([*note_put(STREAM, 2, 100, 0.0), *note_put(STREAM, 5, 10, 59.0)])
    assert {it.metric: it.values for it in found} == {
        "IncomingBytes": ((10, 1), (100, 1)),
        "IncomingRecords": ((2, 1), (5, 1)),
        "WriteProvisionedThroughputExceeded": ((0, 2),),
    }


def test_a_call_of_a_function_is_noted_whether_it_fails_or_not() -> None:
    ledger, clock = Ledger(), iter([10.0, 10.5, 20.0, 21.0])
    with called(Function(), ledger, lambda: next(clock)):
        pass
    with pytest.raises(ValueError), called(Function(), ledger, lambda: next(clock)):
        raise ValueError
    found = {it.metric: it.values for it in measures(ledger.take(60.0))}
    assert found == {
        "Duration": ((500.0, 1), (1000.0, 1)),
        "Errors": ((0, 1), (1, 1)),
        "Invocations": ((1, 2),),
        "Throttles": ((0, 2),),
    }
