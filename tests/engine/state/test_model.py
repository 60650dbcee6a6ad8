"""Whatever is done to a state, and wherever its journal is cut, what is read back is what was done up to there.

The model is the state itself as it stood after each step: a journal cut anywhere must read as one of those, the
last whose line is whole. Compacting and reading back at any time must change nothing.
"""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import wire
from engine.resource import ResourceState
from engine.state import Act, Intent, StackState, StateStore
from tests.engine.state.steps import URN, resource

names = st.sampled_from(["a", "b", "c"])


@dataclass(frozen=True)
class Facts:
    """What a state knows. Retired resources are in no order of meaning."""

    resources: dict[str, ResourceState]
    retired: frozenset[tuple[str, str]]
    intents: dict[str, Intent]

    @classmethod
    def of(cls, state: StackState) -> "Facts":
        retired = frozenset((it.urn, it.id) for it in state.retired)
        return cls(dict(state.resources), retired, dict(state.intents))


class History:
    """Carries steps out on a state as an executor would, and notes what it knew after each line that it wrote."""

    def __init__(self, folder: Path) -> None:
        self.store = StateStore(folder)
        self.journal = folder / "shop.main-test.journal"
        self.state = self.read()
        self.after: dict[int, Facts] = {0: Facts.of(self.state)}
        self.counter = 0

    def read(self) -> StackState:
        return self.store.stack("shop", "main-test", "boot-1")

    def length(self) -> int:
        return self.journal.stat().st_size if self.journal.exists() else 0

    def note(self) -> None:
        self.after[self.length()] = Facts.of(self.state)

    def token(self) -> str:
        self.counter += 1
        return f"token-{self.counter}"

    def begin(self, act: Act, of: ResourceState, retires: bool = False) -> Intent:
        intent = Intent(act, self.token(), of, retires)
        self.state.begin(intent)
        self.note()
        return intent

    def settle(self, intent: Intent, outcome: str) -> None:
        """The step ends: done, failed clean, or cut off (and never ended)."""
        of = intent.resource
        if outcome == "done" and intent.act is Act.DELETE:
            self.state.gone(intent.token)
        elif outcome == "done":
            self.state.finish(intent.token, replace(of, id=of.id or intent.token))
        elif outcome == "failed":
            self.state.forget(intent.token)
        self.note()

    def make(self, name: str, outcome: str) -> None:
        old = self.state.resources.get(URN + name)
        inputs: dict[str, Any] = {"n": self.counter, "password": wire.secret("hidden")}
        goal = resource(name, inputs=inputs, generation=old.generation + 1 if old else 0)
        self.settle(self.begin(Act.CREATE, goal, retires=old is not None), outcome)

    def change(self, name: str, outcome: str) -> None:
        old = self.state.resources.get(URN + name)
        if old:
            goal = replace(old, inputs={"n": self.counter})
            self.settle(self.begin(Act.UPDATE, goal), outcome)

    def remove(self, name: str, outcome: str) -> None:
        waiting = [it for it in self.state.retired if it.urn == URN + name]
        old = waiting[0] if waiting else self.state.resources.get(URN + name)
        if old:
            self.settle(self.begin(Act.DELETE, old), outcome)

    def rename(self, name: str, outcome: str) -> None:
        if URN + name in self.state.resources and URN + "renamed" not in self.state.resources:
            self.state.rename(URN + name, URN + "renamed")
            self.note()

    def compact(self, name: str, outcome: str) -> None:
        self.state.compact()
        self.after = {0: Facts.of(self.state)}

    def reopen(self, name: str, outcome: str) -> None:
        before = Facts.of(self.state)
        self.state.close()
        self.state = self.read()
        assert Facts.of(self.state) == before


steps = st.tuples(
    st.sampled_from([History.make, History.make, History.change, History.remove, History.rename]),
    names,
    st.sampled_from(["done", "done", "failed", "cut off"]),
)
pauses = st.tuples(st.sampled_from([History.compact, History.reopen]), names, st.just("done"))


@settings(max_examples=60, deadline=None)
@given(st.lists(steps | steps | steps | pauses, max_size=12), st.data())
def test_a_journal_cut_anywhere_reads_as_what_was_done_up_to_there(
    history: list[Any], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        done = History(Path(folder))
        for step, name, outcome in history:
            step(done, name, outcome)
        done.state.close()
        whole = done.journal.read_bytes() if done.journal.exists() else b""
        cut = data.draw(st.integers(0, len(whole)), label="cut")
        if whole:
            done.journal.write_bytes(whole[:cut])
        expected = done.after[max(length for length in done.after if length <= cut)]
        assert Facts.of(done.read()) == expected
        assert b"hidden" not in whole


@settings(max_examples=40, deadline=None)
@given(st.lists(steps | pauses, max_size=12))
def test_what_was_compacted_and_the_journal_that_was_left_read_as_one(history: list[Any]) -> None:
    """The process died after it wrote the checkpoint and before it removed the journal."""
    with tempfile.TemporaryDirectory() as folder:
        done = History(Path(folder))
        for step, name, outcome in history:
            step(done, name, outcome)
        whole = done.journal.read_bytes() if done.journal.exists() else None
        expected = Facts.of(done.state)
        done.state.compact()
        if whole is not None:
            done.journal.write_bytes(whole)
        assert Facts.of(done.read()) == expected
