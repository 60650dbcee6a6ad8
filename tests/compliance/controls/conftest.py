"""The crosswalk as it is committed, and one small enough to break."""

import shutil
from pathlib import Path

import pytest

from compliance.controls import Crosswalk, load
from compliance.controls.reading import HERE


@pytest.fixture(scope="session")
def crosswalk() -> Crosswalk:
    return load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the crosswalk's files, to be broken."""
    for file in HERE.rglob("*.yaml"):
        target = tmp_path / file.relative_to(HERE)
        target.parent.mkdir(exist_ok=True)
        shutil.copy(file, target)
    return tmp_path
