"""Registrations come from many threads at once; the journal holds every step of all of them."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine import wire
from engine.state import Act, StateStore
from tests.engine.state.steps import URN, intent, resource


def test_no_step_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also none of those whose thread finds the journal not open yet: opening it is drawn out until all of them do."""
    truncate, gathered = os.ftruncate, threading.Barrier(2)

    def slowly(descriptor: int, length: int) -> None:
        try:
            gathered.wait(timeout=0.2)  # nobody comes where one thread at a time may open it
        except threading.BrokenBarrierError:
            pass
        truncate(descriptor, length)

    monkeypatch.setattr(os, "ftruncate", slowly)
    store = StateStore(tmp_path)
    state = store.stack("shop", "main-test")

    def make(number: int) -> None:
        name, hidden = f"r{number}", {"password": wire.secret(f"word {number}")}
        state.begin(intent(Act.CREATE, name, resource(name, inputs=hidden)))
        state.finish(name, resource(name, f"id-{number}", inputs=hidden))

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(make, range(200)))
    again = store.stack("shop", "main-test")
    assert again.intents == {}
    assert sorted(it.id for it in again.resources.values()) == sorted(f"id-{number}" for number in range(200))
    assert again.resources[f"{URN}r7"].inputs == {"password": wire.secret("word 7")}
    assert (
        sum(b'"boot"' in line for line in (tmp_path / "shop.main-test.journal").read_bytes().splitlines())
        == 1
    )
