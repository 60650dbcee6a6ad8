"""Transforms run, innermost first, and what they make of a resource is what is registered."""

from typing import cast

import pulumi
import pytest
from pulumi import ResourceOptions, ResourceTransformArgs, ResourceTransformResult
from pulumi.resource import DependencyResource
from pulumi_aws import sqs

from engine.exceptions import ProgramError, UnsupportedFeature
from tests.engine.programs import World, apply, preview


def tagging(key: str, value: str) -> pulumi.ResourceTransform:
    def transform(args: ResourceTransformArgs) -> ResourceTransformResult | None:
        if args.type_ != "aws:sqs/queue:Queue":
            return None
        tags = cast(dict[str, str], args.props.get("tags") or {})
        return ResourceTransformResult(props={**args.props, "tags": {**tags, key: value}}, opts=args.opts)

    return transform


def noting(seen: list[str], who: str) -> pulumi.ResourceTransform:
    def transform(args: ResourceTransformArgs) -> None:
        if args.custom:
            seen.append(f"{who} {args.name}")

    return transform


def test_one_of_the_stack_reaches_every_resource(world: World) -> None:
    def program() -> None:
        pulumi.runtime.register_resource_transform(tagging("owner", "payments"))
        component = pulumi.ComponentResource("shop:index:Cell", "north")
        sqs.Queue("inner", opts=ResourceOptions(parent=component))
        sqs.Queue("outer", tags={"zone": "a"})

    apply(program, world)
    assert world.cloud.thing("inner").inputs == {"tags": {"owner": "payments"}}
    assert world.cloud.thing("outer").inputs == {"tags": {"zone": "a", "owner": "payments"}}


def test_one_of_a_component_reaches_its_children_only(world: World) -> None:
    def program() -> None:
        options = ResourceOptions(transforms=[tagging("cell", "north")])
        component = pulumi.ComponentResource("shop:index:Cell", "north", None, options)
        sqs.Queue("inner", opts=ResourceOptions(parent=component))
        sqs.Queue("outer")

    apply(program, world)
    assert world.cloud.thing("inner").inputs == {"tags": {"cell": "north"}}
    assert world.cloud.thing("outer").inputs == {}


def test_they_run_from_the_resource_outwards(world: World) -> None:
    seen: list[str] = []

    def program() -> None:
        pulumi.runtime.register_resource_transform(noting(seen, "stack"))
        outer = pulumi.ComponentResource(
            "shop:index:Cell", "a", None, ResourceOptions(transforms=[noting(seen, "outer")])
        )
        inner = pulumi.ComponentResource(
            "shop:index:Cell", "b", None, ResourceOptions(parent=outer, transforms=[noting(seen, "inner")])
        )
        sqs.Queue("q", opts=ResourceOptions(parent=inner, transforms=[noting(seen, "own")]))

    preview(program, world)
    assert seen == ["own q", "inner q", "outer q", "stack q"]


def test_they_may_change_options(world: World) -> None:
    def protecting(args: ResourceTransformArgs) -> ResourceTransformResult:
        return ResourceTransformResult(
            args.props,
            ResourceOptions.merge(args.opts, ResourceOptions(protect=True, ignore_changes=["delaySeconds"])),
        )

    def program() -> None:
        pulumi.runtime.register_resource_transform(protecting)
        sqs.Queue("orders", opts=ResourceOptions(retain_on_delete=True))

    orders = apply(program, world).registrations["orders"]
    assert (orders.protect, orders.retain_on_delete, orders.ignore_changes) == (True, True, ("delaySeconds",))


def test_a_secret_stays_one(world: World) -> None:
    def program() -> None:
        pulumi.runtime.register_resource_transform(tagging("owner", "payments"))
        sqs.Queue("orders", policy=pulumi.Output.secret("hidden"))

    apply(program, world)
    assert "hidden" not in "".join(path.read_text() for path in world.folder.iterdir())
    assert world.cloud.thing("orders").inputs == {"policy": "hidden", "tags": {"owner": "payments"}}


def test_a_transform_cannot_ask_for_what_the_engine_does_not_do(world: World) -> None:
    def tying(args: ResourceTransformArgs) -> ResourceTransformResult | None:
        if args.name != "orders":
            return None
        other = DependencyResource("urn:pulumi:main-test::shop::aws:sqs/queue:Queue::other")
        return ResourceTransformResult(args.props, ResourceOptions(deleted_with=other))

    def program() -> None:
        pulumi.runtime.register_resource_transform(tying)
        sqs.Queue("orders")

    with pytest.raises(UnsupportedFeature, match="'orders' wants the option deleted_with"):
        apply(program, world)


def test_one_that_raises_fails_the_program_with_what_it_raised(world: World) -> None:
    def program() -> None:
        def failing(args: ResourceTransformArgs) -> None:
            if args.custom:
                raise LookupError("no such cell")

        pulumi.runtime.register_resource_transform(failing)
        sqs.Queue("orders")

    with pytest.raises(ProgramError, match=r"^A transform of 'orders' failed: no such cell$"):
        apply(program, world)
