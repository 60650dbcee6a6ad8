"""One slice at work for all tests of this folder, file after file in the order of their names, test after test."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.twin.estate.command import Twin, taken_away


@pytest.fixture(scope="package")
def _slice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    with taken_away(Twin(tmp_path_factory.mktemp("running") / "home", runs=True)) as twin:
        yield twin


@pytest.fixture(scope="package")
def told_by_up(_slice: Twin) -> dict[str, Any]:
    """What the `up` printed that brought it up."""
    return _slice.document("up")


@pytest.fixture
def running(_slice: Twin, told_by_up: dict[str, Any]) -> Twin:
    """Up, with its data plane, in profile `quick`."""
    assert told_by_up["endpoints"]
    return _slice
