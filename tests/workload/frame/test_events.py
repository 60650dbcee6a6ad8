"""Ways of sending what an outbox holds."""

import asyncio
from collections.abc import Sequence

import pytest

from workload.events import Together
from workload.exceptions import DependencyAway
from workload.outbox import Item


def item(id_: int) -> Item:
    return Item(id_, f"key-{id_}", None, {"number": id_})


class Way:
    """Attributes: calls: the numbers of each."""

    def __init__(self, refused: Sequence[int] = (), is_away: bool = False) -> None:
        self.calls: list[list[int]] = []
        self._refused = refused
        self._is_away = is_away

    async def __call__(self, items: Sequence[Item]) -> list[int]:
        self.calls.append([it.document["number"] for it in items])
        if self._is_away:
            raise DependencyAway("stream", "down")
        return [it.id for it in items if it.document["number"] in self._refused]


def test_what_comes_at_one_time_is_sent_in_one_call_and_what_comes_later_in_another() -> None:
    async def main() -> None:
        way = Way()
        together = Together(way, 0.01)
        assert await asyncio.gather(*(together([item(n)]) for n in range(5))) == [[]] * 5
        await together([item(7)])
        assert way.calls == [[0, 1, 2, 3, 4], [7]]

    asyncio.run(main())


def test_each_sender_hears_of_its_own_items_even_where_all_have_the_same_id() -> None:
    async def main() -> None:
        together = Together(Way(refused=[2]), 0.01)
        own = [Item(0, f"key-{n}", None, {"number": n}) for n in range(4)]
        assert await asyncio.gather(*(together([it]) for it in own)) == [[], [], [0], []]

    asyncio.run(main())


def test_all_hear_that_it_is_away() -> None:
    async def main() -> None:
        together = Together(Way(is_away=True), 0.01)
        results = await asyncio.gather(*(together([item(n)]) for n in range(3)), return_exceptions=True)
        assert [type(it) for it in results] == [DependencyAway] * 3

    asyncio.run(main())


def test_who_goes_away_takes_nobody_along() -> None:
    async def main() -> None:
        way = Way()
        together = Together(way, 0.05)
        first = asyncio.create_task(together([item(1)]))
        second = asyncio.create_task(together([item(2)]))
        await asyncio.sleep(0)
        first.cancel()
        assert await second == []
        with pytest.raises(asyncio.CancelledError):
            await first
        assert way.calls == [[1, 2]]

    asyncio.run(main())
