"""One emulator with the extensions and one without, each with its world, for all tests of this folder."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.twin.aws.emulator.reporting import report
from tests.twin.aws.emulator.world import Clients, build, clients_of


@dataclass(frozen=True)
class Served:
    """An emulator's endpoint, clients for it, and what is in it."""

    endpoint: str
    clients: Clients
    world: dict[str, Any]


def serve(kind: str) -> Iterator[Served]:
    """An emulator of its own: "extended" or "stock"."""
    command = [sys.executable, "-m", "tests.twin.aws.emulator.served", kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        endpoint = f"http://127.0.0.1:{process.stdout.readline().strip()}"
        clients = clients_of(endpoint)
        try:
            yield Served(endpoint, clients, build(clients))
        finally:
            process.kill()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that start a process are marked as such."""
    for item in items:
        if {"attended", "extended", "stock", "mended", "state_dir"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.twin)


@pytest.fixture(scope="session")
def extended() -> Iterator[Served]:
    yield from serve("extended")


@pytest.fixture(scope="session")
def stock() -> Iterator[Served]:
    yield from serve("stock")


@pytest.fixture(scope="session")
def attended() -> Iterator[Served]:
    """An emulator with the extensions to which a data plane has reported."""
    for served in serve("extended"):
        report(served.endpoint)
        yield served


@pytest.fixture(params=["extended", pytest.param("stock", marks=pytest.mark.xfail(strict=True))])
def mended(request: pytest.FixtureRequest) -> Served:
    """The emulator, and stock moto, on which the test must fail: else the extension is not needed any more."""
    return request.getfixturevalue(request.param)
