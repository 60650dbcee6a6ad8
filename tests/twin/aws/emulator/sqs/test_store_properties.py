"""Whatever is done to a queue: nothing twice within a timeout, order within a group, and everything in the end."""

from dataclasses import dataclass, field

from hypothesis import example, given, settings
from hypothesis import strategies as st

from twin.aws.emulator.extensions.sqs_message import Message
from twin.aws.emulator.extensions.sqs_store import ReceiptExpired, Rules, Store

VISIBILITY = 10
RULES = Rules(visibility_seconds=VISIBILITY, retention_seconds=1e9)

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.sampled_from("abc")),
        st.tuples(st.just("receive"), st.integers(1, 4)),
        st.tuples(st.just("delete"), st.integers(0, 30)),
        st.tuples(st.just("hide"), st.sampled_from([0, 3, 20])),
        st.tuples(st.just("wait"), st.sampled_from([0.5, 4.0, 11.0])),
    ),
    max_size=60,
)


@dataclass
class World:
    """A queue, and what its consumers know."""

    store: Store
    now: float = 0.0
    sent: list[str] = field(default_factory=list[str])
    deleted: set[str] = field(default_factory=set[str])
    held: dict[str, tuple[str, float]] = field(default_factory=dict[str, tuple[str, float]])

    def send(self, group: str) -> None:
        name = f"{group}{len(self.sent)}"
        self.store.send(Message(id=name, body=name, group_id=group, deduplication_id=name), self.now)
        self.sent.append(name)

    def receive(self, count: int) -> None:
        batch = self.store.receive(count, RULES, self.now)
        names = [message.id for message, _ in batch.received]
        assert not any(self.is_held(name) for name in names), "received twice within its visibility timeout"
        assert not self.deleted & set(names), "received after it was deleted"
        if self.store.is_fifo:
            self.check_order(names)
        self.held |= {message.id: (handle, self.now + VISIBILITY) for message, handle in batch.received}

    def check_order(self, names: list[str]) -> None:
        for group in {name[0] for name in names}:
            assert not any(self.is_held(it) for it in self.held if it[0] == group), "the group is blocked"
            remaining = [it for it in self.sent if it[0] == group and it not in self.deleted]
            received = [it for it in names if it[0] == group]
            assert received == remaining[: len(received)], "out of order"

    def delete(self, number: int) -> None:
        if self.held:
            name = sorted(self.held)[number % len(self.held)]
            handle, _ = self.held[name]
            if self.is_held(name) or not self.store.is_fifo:
                self.store.delete(handle, self.now)
                self.deleted.add(name)
            self.held.pop(name)

    def hide(self, seconds: float) -> None:
        for name in sorted(self.held)[:1]:
            handle, _ = self.held[name]
            try:
                if self.store.change_visibility(handle, seconds, self.now):
                    self.held[name] = (handle, self.now + seconds)
            except ReceiptExpired:
                assert not self.is_held(name)

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def is_held(self, name: str) -> bool:
        return name in self.held and self.held[name][1] > self.now


def _played(steps: list[tuple[str, object]], is_fifo: bool) -> World:
    world = World(Store(is_fifo))
    for name, argument in steps:
        getattr(world, name)(argument)
    return world


@settings(max_examples=150, deadline=None)
@given(STEPS, st.booleans())
@example([("send", "a"), ("send", "a"), ("receive", 2), ("hide", 0), ("receive", 2)], True)
def test_no_message_is_received_twice_at_a_time_and_no_group_out_of_order(
    steps: list[tuple[str, object]], is_fifo: bool
) -> None:
    _played(steps, is_fifo)


@settings(max_examples=100, deadline=None)
@given(STEPS, st.booleans())
def test_every_message_that_was_not_deleted_is_received_in_the_end(
    steps: list[tuple[str, object]], is_fifo: bool
) -> None:
    world = _played(steps, is_fifo)
    received: set[str] = set()
    while missing := set(world.sent) - world.deleted - received:
        world.wait(100)
        batch = world.store.receive(10, RULES, world.now).received
        assert batch, f"{missing} do not come"
        for message, handle in batch:
            received.add(message.id)
            world.store.delete(handle, world.now)
    counts = world.store.counts(world.now)
    assert sum(counts) == 0
