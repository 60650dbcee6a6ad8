"""Copies of a thing that come in several ways, to several tasks, are done once."""

import asyncio
import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workload.claims import SharedClaims
from tests.workload.virtual_time import run
from workload.clock import monotonic
from workload.exceptions import DependencyAway, TryLater
from workload.logs import Log
from workload.once import CLAIM_SECONDS, MOST, RETRY_SECONDS, Once

LONGEST_SECONDS = 3_600.0
"""Whoever tries for longer comes to no end."""


class Act:
    """Attributes: done: ids, in order. fails: for each try, whether it fails before it has an effect."""

    def __init__(self, fails: Sequence[bool] = (), seconds: float = 0.5) -> None:
        self.done: list[str] = []
        self._fails = list(fails)
        self._seconds = seconds

    async def __call__(self, id_: str) -> None:
        await asyncio.sleep(self._seconds)
        if self._fails and self._fails.pop(0):
            raise DependencyAway("events", "the test took it away")
        self.done.append(id_)


def _once(shared: SharedClaims | None) -> Once:
    return Once(shared, Log("hub", io.StringIO()))


async def _until_done(once: Once, id_: str, act: Act) -> bool:
    """As a queue does: what is put back comes again."""
    while monotonic() < 1000.0 + LONGEST_SECONDS:
        try:
            return await once.run(id_, lambda: act(id_))
        except TryLater as later:
            await asyncio.sleep(later.after_seconds)
        except DependencyAway:
            await asyncio.sleep(2.0)
    raise AssertionError(f"{id_} was never done")


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=12),
    st.lists(st.booleans(), max_size=8),
)
def test_whichever_tasks_take_the_copies_and_whatever_fails_each_is_done_once(
    copies: list[tuple[int, int]], fails: list[bool]
) -> None:
    """Safety and progress: copies of some ids at several tasks at once, tries that fail before their effect."""

    async def test() -> tuple[list[str], list[bool]]:
        shared, act = SharedClaims(), Act(fails)
        tasks = [_once(shared) for _ in range(3)]
        ours = await asyncio.gather(*(_until_done(tasks[task], f"e-{id_}", act) for id_, task in copies))
        return act.done, list(ours)

    done, ours = run(test)
    wanted = sorted({f"e-{id_}" for id_, _ in copies})
    assert sorted(done) == wanted
    assert sum(ours) == len(wanted)


def test_while_a_task_is_about_a_thing_its_copy_waits_at_another_task() -> None:
    async def test() -> float:
        shared, act = SharedClaims(), Act(seconds=1.0)
        first, second = _once(shared), _once(shared)
        running = asyncio.create_task(first.run("e-1", lambda: act("e-1")))
        await asyncio.sleep(0.5)
        with pytest.raises(TryLater) as later:
            await second.run("e-1", lambda: act("e-1"))
        assert await running
        return later.value.after_seconds

    assert run(test) == RETRY_SECONDS


def test_a_copy_at_the_same_task_is_done_when_the_first_is() -> None:
    async def test() -> tuple[list[str], bool, float]:
        act, once = Act(seconds=1.0), _once(SharedClaims())
        running = asyncio.create_task(once.run("e-1", lambda: act("e-1")))
        await asyncio.sleep(0.5)
        is_ours = await once.run("e-1", lambda: act("e-1"))
        assert await running
        return act.done, is_ours, monotonic()

    assert run(test) == (["e-1"], False, pytest.approx(1001.0))


def test_a_copy_at_the_same_task_comes_again_where_the_first_fails() -> None:
    async def test() -> None:
        async def fails() -> None:
            await asyncio.sleep(1.0)
            raise DependencyAway("stream", "down")

        act, once = Act(), _once(SharedClaims())
        running = asyncio.create_task(once.run("e-1", fails))
        await asyncio.sleep(0.5)
        with pytest.raises(TryLater):
            await once.run("e-1", lambda: act("e-1"))
        with pytest.raises(DependencyAway):
            await running
        await asyncio.sleep(RETRY_SECONDS)
        assert await once.run("e-1", lambda: act("e-1"))

    run(test)


def test_what_a_task_took_up_before_it_died_is_done_by_another_after_its_claim() -> None:
    async def test() -> tuple[list[str], float]:
        shared, act = SharedClaims(), Act()
        dying = asyncio.create_task(_once(shared).run("e-1", lambda: Act(seconds=99)("e-1")))
        await asyncio.sleep(1)
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
        await _until_done(_once(shared), "e-1", act)
        return act.done, monotonic() - 1000.0

    done, seconds = run(test)
    assert done == ["e-1"]
    assert seconds >= CLAIM_SECONDS


@pytest.mark.parametrize("is_there", [True, False])
def test_without_what_tasks_share_each_does_a_thing_once(is_there: bool) -> None:
    async def test() -> list[str]:
        shared, act = SharedClaims(), Act()
        shared.is_away = True
        tasks = [_once(shared if is_there else None) for _ in range(2)]
        for once in (*tasks, *tasks):
            await _until_done(once, "e-1", act)
        return act.done

    assert run(test) == ["e-1", "e-1"]


def test_a_task_remembers_so_many_ids_and_no_more() -> None:
    async def test() -> list[str]:
        once, act = _once(None), Act(seconds=0)
        for number in range(MOST + 1):
            await once.run(str(number), lambda number=number: act(str(number)))
        for number in (1, 0):
            await once.run(str(number), lambda number=number: act(str(number)))
        return act.done[MOST + 1 :]

    assert run(test) == ["0"]
