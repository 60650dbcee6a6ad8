"""A twin for each file of tests, brought up once and taken away whatever happens."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.twin.estate.command import Twin, copy_catalogue, taken_away


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    """Not up yet. Its catalogue is a copy that tests may change."""
    folder: Path = tmp_path_factory.mktemp("twin")
    with taken_away(Twin(folder / "home", copy_catalogue(folder))) as made:
        yield made
