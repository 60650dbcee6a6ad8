"""What is on disk after a process ended anywhere, as the next one reads it."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.exceptions import StateCorrupt
from engine.resource import ResourceState
from engine.state import Act, StackState, StateStore
from tests.engine.state.steps import URN, intent, resource


@pytest.fixture
def store(tmp_path: Path) -> StateStore:
    return StateStore(tmp_path)


@pytest.fixture
def state(store: StateStore) -> StackState:
    return read(store)


def read(store: StateStore, boot: str = "boot-1") -> StackState:
    return store.stack("shop", "main-test", boot)


def facts(state: StackState) -> tuple[dict[str, ResourceState], list[ResourceState], list[str]]:
    return state.resources, state.retired, sorted(state.intents)


def make(state: StackState, name: str, id: str, token: str = "", **more: Any) -> ResourceState:
    made = resource(name, id, **more)
    state.begin(intent(Act.CREATE, token or f"make {id}", resource(name, **more)))
    state.finish(token or f"make {id}", made)
    return made


def test_nothing_is_known_of_a_stack_that_was_never_up(store: StateStore, tmp_path: Path) -> None:
    assert facts(read(store)) == ({}, [], [])
    assert read(store).outputs is None
    assert list(tmp_path.iterdir()) == []


def test_an_intent_without_an_outcome_is_there_to_be_taken_up(store: StateStore, state: StackState) -> None:
    begun = intent(Act.CREATE, "t", resource("a", inputs={"x": 1}, location="1/eu-west-2"))
    state.begin(begun)
    again = read(store)
    assert (again.resources, again.intents) == ({}, {"t": begun})


def test_a_step_that_was_finished_is_known_by_its_outcome(store: StateStore, state: StackState) -> None:
    made = make(state, "a", "id-1", outputs={"arn": "x"})
    assert facts(read(store)) == ({made.urn: made}, [], [])


def test_a_step_that_failed_clean_never_was(store: StateStore, state: StackState) -> None:
    state.begin(intent(Act.CREATE, "t", resource("a")))
    state.forget("t")
    assert facts(read(store)) == ({}, [], [])


def test_a_replacement_retires_what_it_replaces(store: StateStore, state: StackState) -> None:
    old = make(state, "a", "old")
    new = resource("a", "new", generation=1)
    state.begin(intent(Act.CREATE, "t", resource("a", generation=1), retires=True))
    state.finish("t", new)
    assert facts(read(store)) == ({new.urn: new}, [old], [])

    state.begin(intent(Act.DELETE, "u", old))
    state.gone("u")
    assert facts(read(store)) == ({new.urn: new}, [], [])


def test_deleting_what_was_retired_leaves_what_replaced_it_even_with_the_same_id(
    store: StateStore, state: StackState
) -> None:
    old = make(state, "a", "https://orders")
    new = resource("a", "https://orders", generation=1)
    state.begin(intent(Act.CREATE, "t", resource("a", generation=1), retires=True))
    state.finish("t", new)
    state.begin(intent(Act.DELETE, "u", old))
    state.gone("u")
    assert facts(state) == facts(read(store)) == ({new.urn: new}, [], [])


def test_a_deleted_resource_is_gone(store: StateStore, state: StackState) -> None:
    made = make(state, "a", "id-1")
    state.begin(intent(Act.DELETE, "t", made))
    assert list(read(store).resources) == [made.urn]
    state.gone("t")
    assert facts(read(store)) == ({}, [], [])


def test_a_renamed_resource_has_its_new_name(store: StateStore, state: StackState) -> None:
    make(state, "old", "id-1", inputs={"x": 1})
    state.rename(f"{URN}old", f"{URN}new")
    assert read(store).resources == {f"{URN}new": resource("new", "id-1", inputs={"x": 1})}


def test_what_is_noted_is_known_at_once_and_what_is_recorded_once_it_is_compacted(
    store: StateStore, state: StackState
) -> None:
    state.note(resource("noted"))
    state.record(resource("recorded"))
    assert sorted(read(store).resources) == [f"{URN}noted"]
    state.compact()
    assert sorted(read(store).resources) == [f"{URN}noted", f"{URN}recorded"]


def test_compacting_changes_nothing_that_is_known(store: StateStore, state: StackState) -> None:
    old = make(state, "a", "old")
    state.begin(intent(Act.CREATE, "t", resource("a", generation=1), retires=True))
    state.finish("t", resource("a", "new", generation=1))
    pending = intent(Act.UPDATE, "u", resource("a", "new", inputs={"x": 2}, generation=1))
    state.begin(pending)
    before = facts(read(store))
    state.compact()
    assert facts(read(store)) == before
    assert read(store).retired == [old]
    assert read(store).intents == {"u": pending}


def test_compacting_leaves_one_file(tmp_path: Path, state: StackState) -> None:
    make(state, "a", "id-1")
    assert [path.name for path in tmp_path.iterdir()] == ["shop.main-test.journal"]
    state.compact()
    assert [path.name for path in tmp_path.iterdir()] == ["shop.main-test.json"]


def test_steps_go_on_after_compacting(store: StateStore, state: StackState) -> None:
    first = make(state, "a", "id-1")
    state.compact()
    second = make(state, "b", "id-2")
    assert facts(read(store)) == ({first.urn: first, second.urn: second}, [], [])
    read(store).compact()
    assert facts(read(store)) == ({first.urn: first, second.urn: second}, [], [])


def test_resources_are_written_in_the_order_of_registration(tmp_path: Path, state: StackState) -> None:
    for name in ("c", "a", "b"):
        make(state, name, name)
    state.compact(order=[f"{URN}a", f"{URN}b", f"{URN}not-there"])
    document = json.loads((tmp_path / "shop.main-test.json").read_text())
    written = [it["urn"] for it in document["checkpoint"]["latest"]["resources"]]
    assert written == [f"{URN}a", f"{URN}b", f"{URN}c"]


def test_a_journal_that_outlived_its_compaction_is_not_applied_again(
    store: StateStore, tmp_path: Path, state: StackState
) -> None:
    """A process that dies between the two leaves steps that the checkpoint holds already."""
    make(state, "a", "old")
    make(state, "b", "id-b")
    state.begin(intent(Act.CREATE, "t", resource("a", generation=1), retires=True))
    new = resource("a", "new", generation=1)
    state.finish("t", new)
    state.begin(intent(Act.DELETE, "u", resource("a", "old")))
    state.gone("u")
    state.rename(f"{URN}b", f"{URN}c")
    journal = (tmp_path / "shop.main-test.journal").read_bytes()
    state.compact()
    (tmp_path / "shop.main-test.journal").write_bytes(journal)

    again = read(store)
    assert facts(again) == ({new.urn: new, f"{URN}c": resource("c", "id-b")}, [], [])
    made = make(again, "d", "id-d")
    assert sorted(read(store).resources) == [f"{URN}a", f"{URN}c", made.urn]


class TestTornLine:
    @pytest.fixture
    def torn(self, tmp_path: Path, state: StackState) -> Path:
        make(state, "a", "id-1")
        state.begin(intent(Act.CREATE, "t", resource("b")))
        journal = tmp_path / "shop.main-test.journal"
        journal.write_bytes(journal.read_bytes()[:-9])
        return journal

    def test_never_happened(self, store: StateStore, torn: Path) -> None:
        assert facts(read(store)) == ({f"{URN}a": resource("a", "id-1")}, [], [])

    def test_is_cut_off_before_the_next_step_is_written(self, store: StateStore, torn: Path) -> None:
        make(read(store), "c", "id-3")
        assert sorted(read(store).resources) == [f"{URN}a", f"{URN}c"]
        for line in torn.read_bytes().splitlines():
            json.loads(line)

    def test_may_be_the_first(self, store: StateStore, tmp_path: Path) -> None:
        (tmp_path / "shop.main-test.journal").write_bytes(b'{"boo')
        assert facts(read(store)) == ({}, [], [])
        made = make(read(store), "a", "id-1")
        assert facts(read(store)) == ({made.urn: made}, [], [])


class TestCorrupt:
    def test_a_line_of_the_journal_in_the_middle(
        self, store: StateStore, tmp_path: Path, state: StackState
    ) -> None:
        make(state, "a", "id-1")
        journal = tmp_path / "shop.main-test.journal"
        lines = journal.read_bytes().splitlines(keepends=True)
        journal.write_bytes(b"".join([lines[0], b"what is this\n", *lines[1:]]))
        with pytest.raises(
            StateCorrupt, match=r"A line of the journal '.*shop\.main-test\.journal' cannot be read"
        ):
            read(store)

    @pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 3}', '{"checkpoint": {}}'])
    def test_a_checkpoint(self, store: StateStore, tmp_path: Path, text: str) -> None:
        (tmp_path / "shop.main-test.json").write_text(text)
        with pytest.raises(StateCorrupt, match=r"The state in '.*shop\.main-test\.json' cannot be read"):
            read(store)


class TestBoot:
    """An emulator keeps everything in memory: the state of another boot describes nothing."""

    @pytest.mark.parametrize("compacted", [False, True])
    def test_of_another_boot_nothing_is_known(
        self, store: StateStore, tmp_path: Path, state: StackState, compacted: bool
    ) -> None:
        make(state, "a", "id-1")
        state.begin(intent(Act.CREATE, "t", resource("b")))
        if compacted:
            state.compact()
        assert facts(read(store, "boot-2")) == ({}, [], [])
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("compacted", [False, True])
    def test_of_the_same_boot_it_is_kept(self, store: StateStore, state: StackState, compacted: bool) -> None:
        make(state, "a", "id-1")
        if compacted:
            state.compact()
        assert list(read(store, "boot-1").resources) == [f"{URN}a"]

    def test_steps_under_the_new_boot_are_kept(self, store: StateStore, state: StackState) -> None:
        make(state, "a", "id-1")
        state.compact()
        make(read(store, "boot-2"), "b", "id-2")
        assert list(read(store, "boot-2").resources) == [f"{URN}b"]

    def test_whoever_names_no_boot_reads_what_there_is(self, store: StateStore, state: StackState) -> None:
        make(state, "a", "id-1")
        assert list(read(store, "").resources) == [f"{URN}a"]


class TestStore:
    def test_lists_stacks_with_a_checkpoint_or_only_a_journal(self, store: StateStore) -> None:
        make(store.stack("shop", "data-test"), "a", "id-1")
        store.stack("shop", "base-test").compact()
        store.stack("other", "base-test").compact()
        assert store.stacks("shop") == ["base-test", "data-test"]

    def test_lists_none_where_there_is_no_folder(self, tmp_path: Path) -> None:
        assert StateStore(tmp_path / "nowhere").stacks("shop") == []

    def test_keeps_stacks_apart(self, store: StateStore) -> None:
        make(store.stack("shop", "data-test"), "a", "id-1")
        assert facts(store.stack("shop", "base-test")) == ({}, [], [])

    def test_gives_a_stacks_outputs(self, store: StateStore) -> None:
        root = ResourceState(
            urn="urn:pulumi:base-test::shop::pulumi:pulumi:Stack::shop-base-test",
            type="pulumi:pulumi:Stack",
            custom=False,
            outputs={"network": "vpc-1"},
        )
        state = store.stack("shop", "base-test")
        state.record(root)
        state.compact()
        assert store.outputs("shop", "base-test") == {"network": "vpc-1"}
        assert store.outputs("shop", "data-test") is None


def test_the_checkpoint_has_pulumis_shape_and_says_whose_it_is(tmp_path: Path, state: StackState) -> None:
    """Source: pulumi/pulumi sdk/go/common/apitype/core.go, CheckpointV3, DeploymentV3, ResourceV3."""
    make(
        state,
        "a",
        "old",
        inputs={"x": 1},
        outputs={"x": 1, "arn": "y"},
        dependencies=(f"{URN}b",),
        protect=True,
    )
    state.begin(intent(Act.CREATE, "t", resource("a", generation=1), retires=True))
    state.finish("t", resource("a", "new", generation=1))
    state.begin(intent(Act.DELETE, "u", resource("a", "old")))
    state.compact()
    document = json.loads((tmp_path / "shop.main-test.json").read_text())
    assert document["version"] == 3
    assert document["twin"] == {
        "boot": "boot-1",
        "serial": 1,
        "note": "State of an emulated estate. Not for 'pulumi stack import'.",
    }
    assert document["checkpoint"]["stack"] == "organization/shop/main-test"
    latest = document["checkpoint"]["latest"]
    assert latest["resources"] == [
        {"urn": f"{URN}a", "custom": True, "type": "aws:sqs/queue:Queue", "id": "new", "generation": 1},
        {
            "urn": f"{URN}a",
            "custom": True,
            "delete": True,
            "id": "old",
            "type": "aws:sqs/queue:Queue",
            "inputs": {"x": 1},
            "outputs": {"x": 1, "arn": "y"},
            "dependencies": [f"{URN}b"],
            "protect": True,
        },
    ]
    assert [it["type"] for it in latest["pending_operations"]] == ["deleting"]
