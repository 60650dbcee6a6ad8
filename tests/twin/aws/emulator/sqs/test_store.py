"""What a queue holds, in virtual time."""

import pytest

from twin.aws.emulator.extensions.sqs_message import Message
from twin.aws.emulator.extensions.sqs_store import Counts, ReceiptExpired, ReceiptUnknown, Rules, Store

DAY = 86_400
RULES = Rules(visibility_seconds=30, retention_seconds=4 * DAY)


def _message(name: str, group: str | None = None, deduplication: str | None = None) -> Message:
    return Message(id=name, body=name, group_id=group, deduplication_id=deduplication)


def _names(store: Store, now: float, count: int = 10, rules: Rules = RULES) -> list[str]:
    return [message.id for message, _ in store.receive(count, rules, now).received]


def _handle(store: Store, now: float, rules: Rules = RULES) -> str:
    return store.receive(1, rules, now).received[0][1]


def _filled(is_fifo: bool, *names: str) -> Store:
    """Names such as ``a1`` are message 1 of group a."""
    store = Store(is_fifo)
    for name in names:
        store.send(_message(name, name[0], name if is_fifo else None), now=0)
    return store


@pytest.mark.parametrize("is_fifo", [False, True], ids=["standard", "fifo"])
def test_a_received_message_is_hidden_until_its_visibility_timeout_has_passed(is_fifo: bool) -> None:
    store = _filled(is_fifo, "a1")
    assert _names(store, now=1) == ["a1"]
    assert _names(store, now=30.9) == []
    assert _names(store, now=31) == ["a1"]


@pytest.mark.parametrize("is_fifo", [False, True], ids=["standard", "fifo"])
def test_a_message_without_visibility_timeout_is_received_again_at_once(is_fifo: bool) -> None:
    store = _filled(is_fifo, "a1")
    at_once = Rules(visibility_seconds=0, retention_seconds=DAY)
    assert _names(store, 1, rules=at_once) == ["a1"]
    assert _names(store, 1, rules=at_once) == ["a1"]


def test_a_delayed_message_comes_when_its_delay_is_over() -> None:
    store = Store(is_fifo=False)
    store.send(_message("late"), now=0, delay_seconds=5)
    assert store.counts(4.9) == Counts(visible=0, delayed=1, in_flight=0)
    assert _names(store, 4.9) == []
    assert _names(store, 5) == ["late"]


def test_the_store_knows_when_something_becomes_visible_next() -> None:
    store = _filled(False, "a1")
    assert store.next_change() == float("inf")
    handle = _handle(store, now=1)
    assert store.next_change() == 31
    store.delete(handle, now=2)
    assert store.next_change() == float("inf")


def test_a_message_that_was_kept_too_long_is_gone() -> None:
    store = _filled(False, "a1")
    assert _names(store, now=4 * DAY) == []
    assert store.counts(4 * DAY) == Counts(0, 0, 0)


def test_a_standard_message_is_deleted_by_its_last_receipt_only() -> None:
    store = _filled(False, "a1")
    first = _handle(store, now=0)
    last = _handle(store, now=30)
    store.delete(first, now=31)
    assert store.counts(31).in_flight == 1
    store.delete(last, now=70)
    assert store.counts(70) == Counts(0, 0, 0)
    store.delete(last, now=71)


def test_a_fifo_receipt_expires_with_its_visibility_timeout() -> None:
    store = _filled(True, "a1")
    handle = _handle(store, now=0)
    with pytest.raises(ReceiptExpired):
        store.delete(handle, now=30)


@pytest.mark.parametrize(
    "handle",
    ["", "none", "bm9uZQ==", _handle(_filled(False, "x1"), now=0)],
    ids=["empty", "no base64", "of nothing", "of another queue"],
)
def test_a_handle_of_no_receipt_of_the_queue_is_refused(handle: str) -> None:
    with pytest.raises(ReceiptUnknown):
        _filled(False, "a1").delete(handle, now=0)


def test_a_changed_visibility_timeout_counts_from_the_change() -> None:
    store = _filled(False, "a1")
    handle = _handle(store, now=0)
    assert store.change_visibility(handle, 100, now=29)
    assert _names(store, now=128.9) == []
    assert store.change_visibility(handle, 0, now=128.9)
    assert _names(store, now=128.9) == ["a1"]


def test_a_message_that_is_visible_again_has_no_visibility_to_change() -> None:
    store = _filled(False, "a1")
    handle = _handle(store, now=0)
    assert not store.change_visibility(handle, 100, now=30)


def test_a_message_is_dead_once_it_was_received_too_often() -> None:
    store = _filled(True, "a1", "a2")
    rules = Rules(visibility_seconds=30, retention_seconds=DAY, maximum_receives=2)
    for now in (0, 30):
        assert _names(store, now, 1, rules) == ["a1"]
    batch = store.receive(1, rules, now=60)
    assert [it.id for it in batch.dead] == ["a1"]
    assert [it.id for it, _ in batch.received] == ["a2"]


def test_messages_of_a_group_come_in_order_and_as_many_as_possible_together() -> None:
    store = _filled(True, "a1", "b1", "a2", "b2", "a3")
    assert _names(store, 0, count=4) == ["a1", "a2", "a3", "b1"]


def test_a_group_waits_while_one_of_its_messages_is_in_flight() -> None:
    store = _filled(True, "a1", "b1", "a2")
    handle = _handle(store, now=0)
    assert _names(store, 1) == ["b1"]
    store.delete(handle, now=2)
    assert _names(store, 2) == ["a2"]


def test_a_group_waits_for_a_later_message_in_flight_though_the_first_came_back() -> None:
    store = _filled(True, "a1", "a2")
    received = store.receive(2, RULES, now=0).received
    assert store.change_visibility(received[0][1], 0, now=1)
    assert _names(store, 1) == []
    store.delete(received[1][1], now=2)
    assert _names(store, 2) == ["a1"]


def test_a_message_that_comes_back_is_again_the_first_of_its_group() -> None:
    store = _filled(True, "a1", "a2")
    assert _names(store, 0, count=1) == ["a1"]
    assert _names(store, 30) == ["a1", "a2"]


def test_a_duplicate_is_told_of_the_first_even_when_that_was_deleted() -> None:
    store = Store(is_fifo=True)
    first = store.send(_message("a1", "a", "same"), now=0)
    store.delete(_handle(store, now=1), now=1)
    assert store.send(_message("a2", "a", "same"), now=299) == first
    assert store.counts(299) == Counts(0, 0, 0)
    store.send(_message("a3", "a", "same"), now=300)
    assert _names(store, 300) == ["a3"]


def test_deduplication_by_group_lets_other_groups_use_an_id() -> None:
    store = Store(is_fifo=True)
    for name in ("a1", "b1"):
        store.send(_message(name, name[0], "same"), now=0, is_per_group=True)
    assert _names(store, 0) == ["a1", "b1"]


def test_sequence_numbers_rise() -> None:
    store = Store(is_fifo=True)
    numbers = [store.send(_message(name, "a", name), now=0).sequence_number for name in ("a1", "a2", "a3")]
    assert all(number is not None and len(number) == 20 for number in numbers)
    assert numbers == sorted(numbers, key=str)
    assert len(set(numbers)) == 3


def test_a_purged_queue_holds_nothing() -> None:
    store = _filled(True, "a1", "a2")
    _handle(store, now=0)
    store.purge()
    assert (store.counts(0), _names(store, 99), store.next_change()) == (Counts(0, 0, 0), [], float("inf"))
