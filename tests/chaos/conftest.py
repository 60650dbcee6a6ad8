"""What experiments are done to, for all tests of this folder: a fault endpoint, and AWS's API."""

from collections.abc import Iterator

import pytest

from tests.chaos.stand_in import StandIn, serving
from twin.aws.emulator.process import Emulator, start


@pytest.fixture
def endpoint() -> Iterator[StandIn]:
    with serving() as stand_in:
        yield stand_in


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    started = start(tmp_path_factory.mktemp("emulator"))
    try:
        yield started
    finally:
        started.stop()
