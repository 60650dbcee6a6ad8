"""What a destination does not take stays in the outbox: without a queue, a topic or the bus, nothing is lost."""

import asyncio
import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.workload.contracts.task import sentences
from tests.workload.virtual_time import run
from workload.exceptions import DependencyAway
from workload.logs import Log
from workload.outbox import LINGER_SECONDS, Item, Relay

OUTBOXES = [
    *(
        ("case", name)
        for name in ("decision-requests", "payment-requests", "letters-to-send", "fraud-referrals")
    ),
    ("case", "applications"),
    ("case", "agency"),
    ("cell", "applications"),
    ("cell", "agency"),
    ("decision", "agency"),
    ("payments", "payments-announced"),
]


class Table:
    """The outbox's table, as far as the relay uses it."""

    def __init__(self, destinations: Sequence[str]) -> None:
        self.items = [Item(place, f"k{place}", None, {"type": "t"}) for place in range(len(destinations))]
        self.destination = dict(enumerate(destinations))
        self.due = dict.fromkeys(self.destination, 0.0)

    def relay(self, senders: dict[str, Callable[..., Any]]) -> Relay:
        relay = Relay(None, "x", senders, Log("t", io.StringIO()), lambda: True)  # pyright: ignore
        relay._claim = self._claim
        relay._settle = self._settle
        return relay

    async def _claim(self, destinations: Sequence[str]) -> dict[str, list[Item]]:
        now = asyncio.get_running_loop().time()
        found: dict[str, list[Item]] = {}
        for item in self.items:
            if self.destination[item.id] in destinations and self.due[item.id] <= now:
                found.setdefault(self.destination[item.id], []).append(item)
                self.due[item.id] = now + 15
        return found

    async def _settle(self, sent: list[int], failed: list[int]) -> None:
        self.items = [it for it in self.items if it.id not in sent]
        self.due.update({id_: asyncio.get_running_loop().time() + 2 for id_ in failed})


@pytest.mark.parametrize(("role", "destination"), OUTBOXES, ids=[f"{a} without {b}" for a, b in OUTBOXES])
def test_it_is_kept_while_its_destination_is_away_and_sent_once_afterwards(
    role: str, destination: str
) -> None:
    assert "later" in sentences(role)[destination]

    async def test() -> None:
        table, taken, away = Table([destination, "other", destination]), [], [True]

        async def send(items: Sequence[Item]) -> list[int]:
            if away[0]:
                raise DependencyAway(destination, "gone")
            taken.extend(it.id for it in items)
            return []

        async def other(items: Sequence[Item]) -> list[int]:
            taken.extend(it.id for it in items)
            return []

        relay = table.relay({destination: send, "other": other})
        task = asyncio.create_task(relay.run())
        await asyncio.sleep(60)
        assert [it.id for it in table.items] == [0, 2]
        assert taken == [1]
        assert relay.away == [destination]
        away[0] = False
        await asyncio.sleep(20)
        task.cancel()
        assert (table.items, taken, relay.away) == ([], [1, 0, 2], [])

    run(test)


def test_a_commit_is_sent_with_what_follows_it_at_once() -> None:
    async def test() -> float:
        table, at = Table([]), []

        async def send(items: Sequence[Item]) -> list[int]:
            at.append(asyncio.get_running_loop().time())
            return []

        relay = table.relay({"case": send})
        task = asyncio.create_task(relay.run())
        await asyncio.sleep(30.3)
        table.items = [Item(0, "k", None, {})]
        table.destination, table.due = {0: "case"}, {0: 0.0}
        relay.wake()
        await asyncio.sleep(5)
        task.cancel()
        return at[0]

    assert run(test) == pytest.approx(1030.3 + LINGER_SECONDS)
