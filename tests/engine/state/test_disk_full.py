"""A state that cannot be written: one sentence, nothing lost, and the same command goes on from there."""

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pulumi import Output
from pulumi_aws import sqs

from engine import wire
from engine.exceptions import RetryableError, StateUnwritable
from engine.state import Act, StateStore
from tests.engine.programs import World, apply
from tests.engine.state.steps import URN, intent, resource

FULL = OSError(errno.ENOSPC, "No space left on device")


def full_after(monkeypatch: pytest.MonkeyPatch, count: int, part: int = 0) -> None:
    """The disk takes so many writes to descriptors, and of the next one only a part of its bytes."""
    write, left, lock = os.write, [count], threading.Lock()

    def full(descriptor: int, data: bytes) -> int:
        with lock:
            left[0] -= 1
            if left[0] >= 0:
                return write(descriptor, data)
            if left[0] == -1 and part:
                return write(descriptor, data[:part])
            raise FULL

    monkeypatch.setattr(os, "write", full)


def no_replace(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise FULL

    monkeypatch.setattr(os, "replace", refuse)


def no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, data: str, *_: Any, **__: Any) -> None:
        with self.open("w") as file:
            file.write(data[: len(data) // 2])
        raise FULL

    monkeypatch.setattr(Path, "write_text", refuse)


def program() -> None:
    for name in ("a", "b", "c"):
        sqs.Queue(name, policy=Output.secret("hidden"))


@pytest.mark.parametrize("part", [0, 5], ids=["no byte", "part of a line"])
def test_an_intent_that_cannot_be_written_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    store = StateStore(tmp_path)
    state = store.stack("shop", "main-test")
    state.begin(intent(Act.CREATE, "first", resource("a")))
    before = (tmp_path / "shop.main-test.journal").read_bytes()
    with monkeypatch.context() as disk:
        full_after(disk, 0, part)
        with pytest.raises(StateUnwritable):
            state.begin(intent(Act.CREATE, "second", resource("b")))
        assert list(state.intents) == ["first"]
        assert (tmp_path / "shop.main-test.journal").read_bytes() == before
    state.finish("first", resource("a", "id-1"))
    again = store.stack("shop", "main-test")
    assert (list(again.resources), again.intents) == ([f"{URN}a"], {})


@pytest.mark.parametrize("breaks", [no_replace, no_text])
def test_a_checkpoint_that_cannot_be_written_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, breaks: Callable[[pytest.MonkeyPatch], None]
) -> None:
    store = StateStore(tmp_path)
    state = store.stack("shop", "main-test")
    state.begin(intent(Act.CREATE, "first", resource("a")))
    state.compact()
    state.finish("first", resource("a", "id-1"))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with monkeypatch.context() as disk:
        breaks(disk)
        with pytest.raises(StateUnwritable):
            state.compact()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    state.compact()
    assert list(store.stack("shop", "main-test").resources) == [f"{URN}a"]


def test_the_sentence_says_where_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full_after(monkeypatch, 0)
    with pytest.raises(RetryableError) as told:
        StateStore(tmp_path).stack("shop", "main-test").begin(intent(Act.CREATE, "t", resource("a")))
    assert str(told.value) == (
        f"The state could not be written to '{tmp_path}/shop.main-test.journal': No space left on device. "
        "Free some space or mend the permissions and run the same command again: it goes on from here."
    )


def test_a_folder_that_cannot_be_made_is_told_the_same_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    state = StateStore(tmp_path).stack("shop", "main-test")
    state._journal = tmp_path / "file" / "journal"
    with pytest.raises(StateUnwritable, match="could not be written"):
        state.begin(intent(Act.CREATE, "t", resource("a")))


@pytest.mark.parametrize("writes", range(12))
@pytest.mark.parametrize("part", [0, 5], ids=["no byte", "part of a line"])
def test_a_run_that_meets_a_full_disk_is_completed_by_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch, writes: int, part: int
) -> None:
    """Header, then intent and outcome of each of three resources: the disk is full before each write."""
    total = 7
    with monkeypatch.context() as disk:
        full_after(disk, writes, part)
        if writes < total:
            with pytest.raises(StateUnwritable):
                apply(program, world)
        else:
            apply(program, world)
    apply(program, world)
    assert world.cloud.inventory == [("aws:sqs/queue:Queue", name, {"policy": "hidden"}) for name in "abc"]
    recorded = world.recorded()
    assert sorted(it.id for it in recorded.values()) == sorted(world.cloud.things) == ["a-1", "b-1", "c-1"]


def test_a_key_that_cannot_be_written_leaves_no_half_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = StateStore(tmp_path)
    hidden = resource("a", inputs={"password": wire.secret("x")})
    with monkeypatch.context() as disk:

        def refuse(*_: Any, **__: Any) -> Any:
            raise FULL

        disk.setattr(os, "link", refuse)
        with pytest.raises(StateUnwritable):
            store.stack("shop", "main-test").begin(intent(Act.CREATE, "t", hidden))
    assert [path.name for path in tmp_path.glob("secrets*")] == []
    store.stack("shop", "main-test").begin(intent(Act.CREATE, "t", hidden))
    assert StateStore(tmp_path).stack("shop", "main-test").intents["t"].resource == hidden
