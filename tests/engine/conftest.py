"""What every test of the engine starts from."""

import logging
from pathlib import Path

import pytest

from tests.engine.programs import World

# As `engine.runner` does: a program that fails leaves futures that nobody asked, and one failure prints hundreds of
# lines.
logging.getLogger("asyncio").setLevel(logging.CRITICAL)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An empty cloud, and a state of which nothing is known."""
    return World(tmp_path / "state")
