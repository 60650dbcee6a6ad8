"""A twin for each file of tests, brought up once and taken away whatever happens."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.twin.estate.command import Twin, copy_catalogue


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    """Not up yet. Its catalogue is a copy that tests may change."""
    folder: Path = tmp_path_factory.mktemp("twin")
    made = Twin(folder / "home", copy_catalogue(folder))
    try:
        yield made
    finally:
        made.run("down")
        for process in made.processes():
            _kill(process)


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
        process.wait(10)
    except psutil.NoSuchProcess:
        pass
