"""What every test gets, and which tests stay together."""

import pytest
from hypothesis import settings, strategies
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# How long an example takes is this machine's affair, and no property of what is tested.
settings.register_profile("estate", deadline=None)
settings.load_profile("estate")

_TOGETHER = ("tests/twin/estate/running/", "tests/twin/aws/emulator/", "tests/twin/aws/")
"""Folders whose files share what takes seconds to start: all of one is run by one worker."""


def unit(nodeid: str) -> str:
    """What one worker runs as a whole: a folder that stays together, or a file."""
    file = nodeid.partition("::")[0]
    return next((it for it in _TOGETHER if file.startswith(it)), file)


class ByUnit(LoadScopeScheduling):
    """Hands out units. ``--no-loadscope-reorder`` keeps them in the order of their first tests."""

    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByUnit:
    return ByUnit(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest come first, so that no worker is left with them at the end; files keep their order within a unit."""
    starting = {unit(it.nodeid) for it in items if it.get_closest_marker("twin")}
    items.sort(key=lambda it: _rank(unit(it.nodeid), starting))


def _rank(unit: str, starting: set[str]) -> tuple[int, bool]:
    place = _TOGETHER.index(unit) if unit in _TOGETHER else len(_TOGETHER)
    return place, unit not in starting


@pytest.fixture(scope="session", autouse=True)
def _hypothesis_is_loaded() -> None:
    """Hypothesis imports what it draws from when it draws, deep inside a test.

    pytest then parses the module while CPython 3.11 miscounts its recursion (python/cpython#106905), and an unrelated
    test fails now and then.
    """
    strategies.from_regex("a").validate()
