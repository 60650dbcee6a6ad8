"""An account's state is one for all who ask, and only whoever is first waits until it is made."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest
from moto.core import base_backend
from moto.core.base_backend import BackendDict, BaseBackend

from twin.aws.emulator.backends import find_without_lock

ACCOUNT = "123456789012"


class _Backend(BaseBackend):
    pass


@pytest.fixture
def backends(monkeypatch: pytest.MonkeyPatch) -> BackendDict[_Backend]:
    monkeypatch.setattr(BackendDict, "_instances", [])
    monkeypatch.setattr(BackendDict, "__getitem__", BackendDict.__getitem__)
    find_without_lock()
    return BackendDict(_Backend, "ec2")


def test_what_is_there_is_found_while_another_thread_holds_motos_lock(
    backends: BackendDict[_Backend],
) -> None:
    made = backends[ACCOUNT]
    held, released = threading.Event(), threading.Event()

    def hold() -> None:
        with base_backend.backend_lock:
            held.set()
            released.wait(30)

    with ThreadPoolExecutor() as threads:
        threads.submit(hold)
        assert held.wait(10)
        try:
            assert threads.submit(lambda: backends[ACCOUNT]).result(10) is made
        finally:
            released.set()


def test_all_who_are_first_at_once_are_given_the_same(backends: BackendDict[_Backend]) -> None:
    barrier = threading.Barrier(8, timeout=10)

    def look() -> object:
        barrier.wait()
        return backends[ACCOUNT]

    with ThreadPoolExecutor(8) as threads:
        found = {id(it.result(10)) for it in [threads.submit(look) for _ in range(8)]}
    assert found == {id(backends[ACCOUNT])}
    assert cast(Any, BackendDict)._instances == [backends]


def test_after_a_reset_it_is_made_anew(backends: BackendDict[_Backend]) -> None:
    before = backends[ACCOUNT]
    BackendDict.reset()
    assert backends[ACCOUNT] is not before
