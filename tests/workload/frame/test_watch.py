"""What was asked for elsewhere is asked about, soon and then less often, and settled once."""

import asyncio
import io
from collections.abc import Collection, Sequence
from itertools import pairwise

from tests.workload.virtual_time import run
from workload.clock import monotonic
from workload.exceptions import DependencyAway
from workload.known import Known
from workload.logs import Log
from workload.watch import GIVE_UP_SECONDS, LONGEST_SECONDS, TICK_SECONDS, Watch


def _run(answer: dict[str, float], seconds: float, away: float = 0) -> tuple[list[tuple[float, str]], int]:
    """Asks about ids that are settled from some moment on."""
    asked: list[tuple[float, str]] = []

    async def ask(ids: Sequence[str]) -> Collection[str]:
        now = monotonic() - 1000
        asked.extend((now, id_) for id_ in ids)
        if now < away:
            raise DependencyAway("decision", "gone")
        return [id_ for id_ in ids if answer.get(id_, 1e9) <= now]

    async def test() -> int:
        watch = Watch("test", ask, Log("test", io.StringIO()))
        watch.add(answer)
        task = asyncio.create_task(watch.run())
        await asyncio.sleep(seconds)
        task.cancel()
        return len(watch)

    return asked, run(test)


def test_what_is_settled_is_asked_about_no_more() -> None:
    asked, left = _run({"a": 0.0}, 10)
    assert (len(asked), left) == (1, 0)


def test_it_is_asked_less_and_less_often_and_then_left_to_the_sweep() -> None:
    asked, left = _run({"a": 1e9}, 200)
    moments = [at for at, _ in asked]
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    assert all(later >= earlier - TICK_SECONDS for earlier, later in pairwise(pauses))
    assert max(pauses) <= LONGEST_SECONDS + TICK_SECONDS
    assert moments[-1] <= GIVE_UP_SECONDS + TICK_SECONDS
    assert left == 0


def test_while_the_other_service_is_away_nothing_is_forgotten() -> None:
    asked, left = _run({"a": 0.0, "b": 5.0}, 30, away=8)
    assert left == 0
    assert max(at for at, _ in asked) >= 8


def test_known_facts_stay_known_while_their_source_is_away_and_a_miss_asks_again() -> None:
    reads, source = [], {"a": 1}

    async def read() -> dict[str, int]:
        reads.append(monotonic())
        if source.get("away"):
            raise DependencyAway("parameters", "gone")
        return dict(source)

    async def test() -> None:
        known = Known(read)
        assert await known.named("a") == 1
        source["b"] = 2
        assert await known.named("b") is None
        await asyncio.sleep(2)
        assert await known.named("b") == 2
        source["away"] = 1
        await asyncio.sleep(60)
        assert await known.named("a") == 1
        assert len(reads) == 3

    run(test)
