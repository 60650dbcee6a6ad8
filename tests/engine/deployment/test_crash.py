"""A run that is killed anywhere is completed by the next: nothing is made twice, nothing is left behind.

The scenario holds every kind of step: two programs, and the change from one to the other. A fuse counts the moments
of a whole run (before and after each write of the state and each call of the cloud), and then a run is killed at each.
"""

import copy
import shutil
from collections.abc import Callable
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest
from pulumi import Alias, ResourceOptions
from pulumi_aws import sqs, ssm

from engine.exceptions import ResourceFailed
from tests.engine.cloud import Cloud
from tests.engine.fuse import Fuse, Killed
from tests.engine.programs import Run, World, apply, destroy

Act = Callable[[World, Fuse], Run]


def first() -> None:
    sqs.Queue("same")
    replaced = sqs.Queue("replaced", fifo_queue=False)
    ssm.Parameter("updated", type="String", value=replaced.url)
    sqs.Queue("only-once", name="fixed", fifo_queue=False)
    gone = sqs.Queue("gone")
    ssm.Parameter("gone-too", type="String", value=gone.url)
    sqs.Queue("former-name")


def second() -> None:
    same = sqs.Queue("same")
    replaced = sqs.Queue("replaced", fifo_queue=True, opts=ResourceOptions(depends_on=[same]))
    updated = ssm.Parameter("updated", type="String", value=replaced.url)
    sqs.Queue("only-once", name="fixed", fifo_queue=True, opts=ResourceOptions(depends_on=[updated]))
    sqs.Queue("new", policy=pulumi.Output.secret("hidden"), opts=ResourceOptions(depends_on=[updated]))
    sqs.Queue("name", opts=ResourceOptions(aliases=[Alias(name="former-name")]))
    ireland = aws.Provider("ireland", region="eu-west-1")
    sqs.Queue("far", opts=ResourceOptions(provider=ireland))


CHANGES = [
    ("create", "far"),
    ("create", "new"),
    ("delete", "gone"),
    ("delete", "gone-too"),
    ("replace", "only-once"),
    ("replace", "replaced"),
    ("update", "updated"),
]


def new_world(folder: Path) -> World:
    return World(folder / "state", Cloud(replaces=frozenset({"fifoQueue"})))


def copied(world: World, folder: Path) -> World:
    """The same world again, in another folder."""
    shutil.rmtree(folder, ignore_errors=True)
    if world.folder.exists():
        shutil.copytree(world.folder, folder / "state")
    twin = copy.copy(world.cloud)
    twin.things, twin.calls = copy.deepcopy(world.cloud.things), list(world.cloud.calls)
    twin._answers, twin._made = dict(world.cloud._answers), world.cloud._made.copy()
    return World(folder / "state", twin)


def survives_every_crash(start: World, act: Act, folder: Path) -> list[str]:
    """Kills a run at each of its moments and lets the next one complete it. Returns the moments."""
    clean = copied(start, folder / "clean")
    fuse = Fuse()
    act(clean, fuse)
    for moment in range(len(fuse.passed)):
        world = copied(start, folder / "crashed")
        blown = Fuse.after(moment)
        with pytest.raises(Killed):
            act(world, blown)
        act(world, Fuse())
        assert_complete(world, clean, f"killed {blown.passed[-1]} (moment {moment})")
    return fuse.passed


def assert_complete(world: World, clean: World, when: str) -> None:
    """What is there is what a clean run leaves, and the state knows each thing by its id."""
    state = world.state()
    assert world.cloud.inventory == clean.cloud.inventory, when
    assert sorted(it.id for it in state.resources.values() if it.is_real) == sorted(world.cloud.things), when
    assert (state.retired, state.intents) == ([], {}), when
    assert sorted(state.resources) == sorted(clean.state().resources), when


def test_the_scenario_has_every_kind_of_step(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    apply(first, world)
    assert apply(second, world).changes == CHANGES


def test_a_first_run(tmp_path: Path) -> None:
    moments = survives_every_crash(new_world(tmp_path / "start"), lambda w, f: apply(second, w, f), tmp_path)
    assert {
        "before begin creating far",
        "after begin creating far",
        "before create of far",
        "after create of far",
        "before finish far",
        "after finish far",
        "before compact",
        "after compact",
    } <= set(moments)


def test_a_run_with_every_kind_of_step(tmp_path: Path) -> None:
    start = new_world(tmp_path / "start")
    apply(first, start)
    moments = survives_every_crash(start, lambda w, f: apply(second, w, f), tmp_path)
    assert {
        "after create of replaced",
        "before begin deleting replaced",
        "after delete of only-once",
        "before begin creating only-once",
        "after update of updated",
        "after rename name",
        "after delete of gone-too",
        "before gone gone-too",
    } <= set(moments)


def test_a_destruction(tmp_path: Path) -> None:
    start = new_world(tmp_path / "start")
    apply(second, start)
    survives_every_crash(start, lambda w, f: destroy(w, f), tmp_path)


def test_a_run_that_is_killed_over_and_over_completes(tmp_path: Path) -> None:
    """Each run gets one moment further than the step that it takes up again, so there is progress."""
    world = new_world(tmp_path)
    for _ in range(200):
        fuse = Fuse.after(6)
        try:
            apply(second, world, fuse)
        except Killed:
            continue
        break
    clean = new_world(tmp_path / "clean")
    apply(second, clean)
    assert_complete(world, clean, "killed every sixth moment")


def test_a_step_that_was_cut_off_is_done_even_if_the_program_does_not_want_it_any_more(
    tmp_path: Path,
) -> None:
    """Only so does the state know of it, and can delete it."""
    world = new_world(tmp_path)
    with pytest.raises(Killed):
        apply(lambda: sqs.Queue("orders"), world, Fuse.at("after create of orders"))
    assert world.cloud.names == ["orders"]
    assert apply(lambda: None, world).steps == [("delete", "orders")]
    assert world.cloud.names == []


def test_a_step_that_cannot_be_completed_is_told_and_begun_anew(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    with pytest.raises(Killed):
        apply(lambda: sqs.Queue("orders"), world, Fuse.at("after begin creating orders"))
    world.cloud.breaks = {("create", "orders"): "LimitExceeded"}
    with pytest.raises(ResourceFailed, match="LimitExceeded"):
        apply(lambda: None, world)
    assert apply(lambda: None, world).steps == []


def test_a_renamed_component_keeps_the_children_that_a_crash_left_under_its_old_name(tmp_path: Path) -> None:
    class Cell(pulumi.ComponentResource):
        def __init__(self, name: str, opts: ResourceOptions | None = None) -> None:
            super().__init__("shop:index:Cell", name, None, opts)
            for suffix in ("orders", "refunds"):
                sqs.Queue(f"{name}-{suffix}", opts=ResourceOptions(parent=self))

    def renamed() -> None:
        Cell("south", ResourceOptions(aliases=[Alias(name="north")]))

    start = new_world(tmp_path / "start")
    apply(lambda: Cell("north"), start)
    survives_every_crash(start, lambda w, f: apply(renamed, w, f), tmp_path)
    ids = sorted(start.cloud.things)
    apply(renamed, start)
    assert sorted(start.cloud.things) == ids
