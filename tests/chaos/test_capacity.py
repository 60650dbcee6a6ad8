"""Capacity is restored while the fault lasts or not at all, and an estate has healed with its stores only."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chaos import capacity
from chaos.capacity import Capacity, stands
from chaos.exceptions import EstateAway
from chaos.injection import Injection
from chaos.place import Place
from chaos.rounds import Round
from load_tests.surroundings import TWIN_PER_SECOND
from tests.chaos.acting import Caches, Databases, place, run, standing

PATH = place().path
LOST = Injection("a loses its power", zones=("a",))


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Virtual time: the last is what it is."""
    times = [1000.0]
    clock = SimpleNamespace(
        time=lambda: times[-1], monotonic=lambda: times[-1], sleep=lambda it: times.append(times[-1] + it)
    )
    monkeypatch.setattr(capacity, "time", clock)
    return times


def there(*zones: str, desired: int = 2, **stores: Any) -> Place:
    """Every service of people's path stands in these zones."""
    clients = {"rds": Databases("one", one="a"), "elasticache": Caches("a"), **stores}
    return place(clients, [standing(name, *zones, desired=desired) for name in PATH])


@pytest.mark.parametrize(
    ("zones", "seen"),
    [(("a", "b"), None), (("b", "b"), 30.0), (("a", "b", "c"), 30.0)],
    ids=["one of two is lost", "both stand elsewhere", "enough stand without it"],
)
def test_only_what_stands_without_the_lost_zone_is_capacity(
    now: list[float], tmp_path: Path, zones: tuple[str, ...], seen: float | None
) -> None:
    round_ = Round(1, "1/1", fault_at=970.0)
    Capacity(there(*zones), run(tmp_path)).look(round_, LOST)
    assert round_.capacity_seconds == seen


def test_the_first_time_that_it_stood_counts(now: list[float], tmp_path: Path) -> None:
    round_, looks = Round(1, "1/1", fault_at=970.0), Capacity(there("b", "c"), run(tmp_path))
    looks.look(round_, LOST)
    now.append(2000.0)
    looks.look(round_, LOST)
    assert round_.capacity_seconds == 30.0


def test_nothing_is_seen_where_the_api_does_not_answer(now: list[float], tmp_path: Path) -> None:
    def away() -> Any:
        raise EstateAway("nobody")

    at = there("b", "c")
    at.standings = away  # type: ignore[method-assign]
    round_ = Round(1, "1/1", fault_at=970.0)
    Capacity(at, run(tmp_path)).look(round_, LOST)
    assert round_.capacity_seconds is None
    assert not Capacity(at, run(tmp_path)).until_whole(5)
    assert now[-1] > 1005


@pytest.mark.parametrize(
    ("at", "is_whole"),
    [
        (there("a", "b"), True),
        (there("a"), False),
        (there("a", "b", rds=Databases("one", "rebooting", one="a")), False),
        (there("a", "b", elasticache=Caches(None)), False),
    ],
    ids=["all stands", "a task is missing", "a database is not available", "a cache has no primary"],
)
def test_an_estate_has_healed_when_tasks_databases_and_caches_are_whole(
    now: list[float], tmp_path: Path, at: Place, is_whole: bool
) -> None:
    assert Capacity(at, run(tmp_path)).until_whole(5) is is_whole


def test_what_a_task_of_a_twin_carries_is_known() -> None:
    found = stands(there("a", "b"), 150)
    assert [it.service for it in found] == list(PATH)
    assert {(it.per_second, it.load_per_second) for it in found} == {(TWIN_PER_SECOND, 150)}
