"""What a benefit of a cell accepted into its queue is stored, however long its database is away."""

import asyncio

import pytest

from tests.workload.world import AwayDatabase, World, message
from workload import benefits, schema
from workload.exceptions import DependencyAway

URL = "https://queues/child-payment"
PARTS = {
    "settings": {"name": "Child Payment", "queue_url": URL},
    "database": {"database": "core", "schema": "child_payment", "role": "child_payment"},
}
ACCEPTED = {
    "kind": "application",
    "id": "a-1",
    "benefit": "child-payment",
    "client_reference": "AB123456C",
    "content": {},
    "received_at": "2026-01-01T12:00:00Z",
}


def test_what_was_accepted_is_no_dead_letter_while_there_is_no_writer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A queue counts receives: the second already sends the message anew, so that it never comes to the last."""
    monkeypatch.setattr(schema, "WAIT_SECONDS", 0.01)
    world = World("cell", "cell-families")
    frame = world.frame({"core": AwayDatabase("core")})

    async def come_twice() -> None:
        consumer = benefits._made(frame, "child-payment", PARTS).consumer  # pyright: ignore[reportPrivateUsage]
        assert consumer
        with pytest.raises(DependencyAway):
            await consumer._handle(message(ACCEPTED))  # pyright: ignore[reportPrivateUsage]
        await consumer._handle(message(ACCEPTED, receive_count=2))  # pyright: ignore[reportPrivateUsage]

    asyncio.run(come_twice())
    (anew,) = world.aws.sent[URL]
    assert anew.pop("not_before")
    assert anew == ACCEPTED
