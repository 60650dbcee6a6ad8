"""What an apply does with each resource, by what is there and what is declared."""

from typing import Any

import pulumi
import pytest
from pulumi import ResourceOptions
from pulumi_aws import sqs, ssm

from engine.exceptions import ResourceFailed
from tests.engine.programs import World, apply, destroy, difference


def queue(resource_name: str = "orders", opts: ResourceOptions | None = None, **inputs: Any) -> sqs.Queue:
    return sqs.Queue(resource_name, opts=opts, **inputs)


def test_a_resource_that_is_not_there_is_created(world: World) -> None:
    run = apply(lambda: queue(visibility_timeout_seconds=30), world)
    assert run.steps == [("create", "orders")]
    assert world.cloud.inventory == [("aws:sqs/queue:Queue", "orders", {"visibilityTimeoutSeconds": 30})]


def test_a_resource_with_the_same_inputs_is_left_alone(world: World) -> None:
    apply(queue, world)
    run = apply(queue, world)
    assert run.steps == [("same", "orders")]
    assert world.cloud.calls == [("create", "orders")]


def test_a_changed_input_is_changed_in_place(world: World) -> None:
    apply(lambda: queue(visibility_timeout_seconds=30), world)
    run = apply(lambda: queue(visibility_timeout_seconds=60), world)
    assert run.steps == [("update", "orders")]
    assert [step.changed for step in run.deployment.steps] == [frozenset({"visibilityTimeoutSeconds"})]
    assert world.cloud.calls == [("create", "orders"), ("update", "orders")]
    assert world.cloud.thing("orders").inputs == {"visibilityTimeoutSeconds": 60}


def test_a_resource_that_is_no_longer_declared_is_deleted(world: World) -> None:
    apply(lambda: (queue("orders"), queue("refunds")), world)
    run = apply(lambda: queue("refunds"), world)
    assert run.steps == [("delete", "orders"), ("same", "refunds")]
    assert world.cloud.names == ["refunds"]


def test_a_replacement_is_made_before_what_it_replaces_is_deleted(world: World) -> None:
    world.cloud.replaces = frozenset({"fifoQueue"})
    apply(queue, world)
    run = apply(lambda: queue(fifo_queue=True), world)
    assert run.steps == [("replace", "orders")]
    assert world.cloud.calls == [("create", "orders"), ("create", "orders"), ("delete", "orders")]
    assert world.cloud.thing("orders").inputs == {"fifoQueue": True}


def test_what_depends_on_a_replaced_resource_is_changed_before_the_old_one_is_deleted(world: World) -> None:
    world.cloud.replaces = frozenset({"fifoQueue"})

    def program(fifo: bool) -> None:
        orders = queue(fifo_queue=fifo)
        ssm.Parameter("address", type="String", value=orders.url)

    apply(lambda: program(False), world)
    world.cloud.calls.clear()
    run = apply(lambda: program(True), world)
    assert run.steps == [("replace", "orders"), ("update", "address")]
    assert world.cloud.calls == [("create", "orders"), ("update", "address"), ("delete", "orders")]


def test_what_cannot_exist_twice_is_deleted_before_its_replacement_is_made(world: World) -> None:
    world.cloud.replaces = frozenset({"fifoQueue"})
    apply(lambda: queue(name="fixed"), world)
    world.cloud.calls.clear()
    run = apply(lambda: queue(name="fixed", fifo_queue=True), world)
    assert run.steps == [("replace", "orders")]
    assert world.cloud.calls == [("delete", "orders"), ("create", "orders")]


def test_delete_before_replace_is_an_option_of_the_program_too(world: World) -> None:
    world.cloud.replaces = frozenset({"fifoQueue"})
    apply(queue, world)
    world.cloud.calls.clear()
    apply(lambda: queue(fifo_queue=True, opts=ResourceOptions(delete_before_replace=True)), world)
    assert world.cloud.calls == [("delete", "orders"), ("create", "orders")]


def test_a_resource_cannot_move_to_another_region(world: World) -> None:
    apply(queue, world)
    world.config = {"aws:region": "eu-west-1"}
    run = apply(queue, world)
    assert run.steps == [("replace", "orders")]
    assert [it.place for it in world.cloud.things.values()] == ["123456789012/eu-west-1"]


def test_deletion_goes_from_dependents_to_what_they_depend_on(world: World) -> None:
    def program() -> None:
        base = queue("base")
        middle = ssm.Parameter("middle", type="String", value=base.url)
        queue("top", opts=ResourceOptions(depends_on=[middle]))
        queue("child", opts=ResourceOptions(parent=middle))

    apply(program, world)
    world.cloud.calls.clear()
    destroy(world)
    assert world.cloud.told("delete")[-2:] == ["middle", "base"]
    assert sorted(world.cloud.told("delete")) == ["base", "child", "middle", "top"]


def test_destroy_leaves_nothing_in_the_cloud_and_no_state(world: World) -> None:
    apply(lambda: (queue("orders"), queue("refunds")), world)
    assert destroy(world).steps == [("delete", "orders"), ("delete", "refunds")]
    assert world.cloud.inventory == []
    assert sorted(path.name for path in world.folder.iterdir()) == []


def test_a_failure_in_the_middle_keeps_what_was_done_and_deletes_nothing(world: World) -> None:
    apply(lambda: queue("former"), world)
    world.cloud.breaks = {("create", "second"): "LimitExceeded"}

    def program() -> None:
        first = queue("first")
        ssm.Parameter("second", type="String", value=first.url)

    with pytest.raises(ResourceFailed, match=r"Could not create urn:.*::second: LimitExceeded"):
        apply(program, world)
    assert world.cloud.names == ["first", "former"]
    assert sorted(world.recorded()) == ["first", "former"]

    world.cloud.breaks = {}
    assert apply(program, world).steps == [("create", "second"), ("delete", "former"), ("same", "first")]


def test_a_failed_update_keeps_the_old_inputs_so_that_it_is_tried_again(world: World) -> None:
    apply(lambda: queue(delay_seconds=1), world)
    world.cloud.breaks = {("update", "orders"): "Throttling"}
    with pytest.raises(ResourceFailed):
        apply(lambda: queue(delay_seconds=2), world)
    assert world.recorded()["orders"].inputs == {"delaySeconds": 1}
    assert world.state().intents == {}

    world.cloud.breaks = {}
    assert apply(lambda: queue(delay_seconds=2), world).steps == [("update", "orders")]


def test_a_failed_deletion_is_tried_again(world: World) -> None:
    apply(lambda: queue("orders"), world)
    world.cloud.breaks = {("delete", "orders"): "InUse"}
    with pytest.raises(ResourceFailed, match="Could not delete"):
        apply(lambda: None, world)
    assert sorted(world.recorded()) == ["orders"]

    world.cloud.breaks = {}
    assert apply(lambda: None, world).steps == [("delete", "orders")]


def test_a_step_that_failed_halfway_is_finished_as_it_was_begun_or_tells_the_way_out(world: World) -> None:
    world.cloud.breaks, world.cloud.breaks_halfway = {("create", "orders"): "Throttling"}, True
    with pytest.raises(ResourceFailed, match="Could not create"):
        apply(lambda: queue(delay_seconds=1), world)

    with pytest.raises(ResourceFailed, match=r"Throttling. An earlier run began this step.*'estate down'"):
        apply(lambda: queue(delay_seconds=2), world)

    world.cloud.breaks = {}
    assert apply(lambda: queue(delay_seconds=2), world).steps == [("update", "orders")]
    assert world.cloud.names == ["orders"]


def test_a_program_that_raises_deletes_nothing(world: World) -> None:
    apply(lambda: queue("orders"), world)

    def program() -> None:
        raise LookupError("no such cell")

    with pytest.raises(Exception, match="LookupError: no such cell"):
        apply(program, world)
    assert world.cloud.names == ["orders"]


def test_a_failed_run_leaves_nothing_to_the_next(world: World) -> None:
    def program() -> None:
        raise LookupError("no such cell")

    for _ in range(2):
        with pytest.raises(Exception, match="no such cell"):
            apply(program, world)
        assert apply(queue, world).steps in ([("create", "orders")], [("same", "orders")])


def test_stack_outputs_are_kept_only_if_the_run_succeeds(world: World) -> None:
    def program(delay: int) -> None:
        queue(delay_seconds=delay)
        pulumi.export("delay", delay)

    apply(lambda: program(1), world)
    world.cloud.breaks = {("update", "orders"): "Throttling"}
    with pytest.raises(ResourceFailed):
        apply(lambda: program(2), world)
    assert world.state().outputs == {"delay": 1}


class TestDifference:
    def test_shows_what_an_apply_would_do_and_does_nothing(self, world: World) -> None:
        world.cloud.replaces = frozenset({"fifoQueue"})
        apply(lambda: [queue(name) for name in ("kept", "changed", "replaced", "gone")], world)
        before = (world.cloud.inventory, list(world.cloud.calls), _contents(world))

        def program() -> None:
            queue("kept")
            queue("changed", delay_seconds=9)
            queue("replaced", fifo_queue=True)
            queue("new")

        run = difference(program, world)
        assert run.steps == [
            ("create", "new"),
            ("delete", "gone"),
            ("replace", "replaced"),
            ("same", "kept"),
            ("update", "changed"),
        ]
        assert before == (world.cloud.inventory, list(world.cloud.calls), _contents(world))
        assert apply(program, world).steps == run.steps

    def test_of_what_is_up_knows_the_real_outputs(self, world: World) -> None:
        def program() -> None:
            ssm.Parameter("address", type="String", value=queue().url)

        apply(program, world)
        assert difference(program, world).changes == []


def _contents(world: World) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in world.folder.iterdir()}
