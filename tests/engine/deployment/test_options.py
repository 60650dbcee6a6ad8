"""The options that a program gives to a resource, and what they change."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi import Alias, ResourceOptions
from pulumi_aws import sqs, ssm

from engine.exceptions import RegistrationError
from tests.engine.programs import World, apply, destroy, difference


def queue(resource_name: str = "orders", opts: ResourceOptions | None = None, **inputs: Any) -> sqs.Queue:
    return sqs.Queue(resource_name, opts=opts, **inputs)


class Cell(pulumi.ComponentResource):
    def __init__(self, name: str, opts: ResourceOptions | None = None, child: str = "orders") -> None:
        super().__init__("shop:index:Cell", name, None, opts)
        self.orders = queue(f"{name}-{child}", ResourceOptions(parent=self))
        self.register_outputs({"address": self.orders.url})


class TestAliases:
    def test_a_renamed_resource_is_the_same(self, world: World) -> None:
        apply(lambda: queue("old"), world)
        run = apply(lambda: queue("new", ResourceOptions(aliases=[Alias(name="old")])), world)
        assert run.steps == [("same", "new")]
        assert sorted(world.recorded()) == ["new"]
        assert world.cloud.calls == [("create", "old")]

    def test_a_difference_shows_no_deletion_of_the_old_name(self, world: World) -> None:
        apply(lambda: queue("old"), world)
        run = difference(lambda: queue("new", ResourceOptions(aliases=[Alias(name="old")])), world)
        assert run.steps == [("same", "new")]

    def test_an_alias_may_be_a_whole_urn(self, world: World) -> None:
        (urn,) = (urn for urn in apply(lambda: queue("old"), world).urns if urn.endswith("::old"))
        run = apply(lambda: queue("new", ResourceOptions(aliases=[urn])), world)
        assert run.steps == [("same", "new")]

    def test_a_resource_may_move_into_a_component(self, world: World) -> None:
        apply(lambda: queue("orders"), world)

        def program() -> None:
            cell = pulumi.ComponentResource("shop:index:Cell", "north")
            no_parent = Alias(parent=pulumi.ROOT_STACK_RESOURCE)
            queue("orders", ResourceOptions(parent=cell, aliases=[no_parent]))

        assert apply(program, world).steps == [("same", "orders")]

    def test_a_renamed_component_takes_its_children_with_it(self, world: World) -> None:
        apply(lambda: Cell("north"), world)
        run = apply(lambda: Cell("south", ResourceOptions(aliases=[Alias(name="north")])), world)
        assert run.steps == [("same", "south-orders")]

    def test_a_child_may_be_renamed_together_with_its_component(self, world: World) -> None:
        apply(lambda: Cell("north", child="orders"), world)

        def program() -> None:
            cell = pulumi.ComponentResource(
                "shop:index:Cell", "south", None, ResourceOptions(aliases=[Alias(name="north")])
            )
            queue("claims", ResourceOptions(parent=cell, aliases=[Alias(name="north-orders")]))

        assert apply(program, world).steps == [("same", "claims")]

    def test_a_former_name_belongs_to_the_first_that_claims_it(self, world: World) -> None:
        apply(lambda: queue("old"), world)

        def program() -> None:
            first = queue("first", ResourceOptions(aliases=[Alias(name="old")]))
            queue("second", ResourceOptions(aliases=[Alias(name="old")], depends_on=[first]))

        expected = [("create", "second"), ("same", "first")]
        assert difference(program, world).steps == expected
        assert apply(program, world).steps == expected


class TestProtect:
    PROTECTED = ResourceOptions(protect=True)

    def test_a_protected_resource_is_not_deleted(self, world: World) -> None:
        apply(lambda: queue(opts=self.PROTECTED), world)
        with pytest.raises(RegistrationError, match="is protected and is no longer declared"):
            apply(lambda: None, world)
        with pytest.raises(RegistrationError, match="is protected"):
            destroy(world)
        assert world.cloud.names == ["orders"]

    def test_a_protected_resource_is_not_replaced(self, world: World) -> None:
        world.cloud.replaces = frozenset({"fifoQueue"})
        apply(lambda: queue(opts=self.PROTECTED), world)
        with pytest.raises(RegistrationError, match="is protected, and a change of fifoQueue replaces it"):
            apply(lambda: queue(fifo_queue=True, opts=self.PROTECTED), world)
        assert world.cloud.calls == [("create", "orders")]

    def test_a_protected_resource_is_updated(self, world: World) -> None:
        apply(lambda: queue(opts=self.PROTECTED), world)
        assert apply(lambda: queue(delay_seconds=1, opts=self.PROTECTED), world).steps == [
            ("update", "orders")
        ]

    def test_protection_is_taken_away_by_a_run_that_does_not_declare_it(self, world: World) -> None:
        apply(lambda: queue(opts=self.PROTECTED), world)
        apply(queue, world)
        assert apply(lambda: None, world).steps == [("delete", "orders")]


def test_a_retained_resource_leaves_the_state_and_stays_in_the_cloud(world: World) -> None:
    apply(lambda: queue(opts=ResourceOptions(retain_on_delete=True)), world)
    assert apply(lambda: None, world).steps == [("delete", "orders")]
    assert world.recorded() == {}
    assert world.cloud.calls == [("create", "orders")]
    assert world.cloud.names == ["orders"]


class TestIgnoreChanges:
    def test_an_ignored_input_stays_as_it_was(self, world: World) -> None:
        ignoring = ResourceOptions(ignore_changes=["delay_seconds"])
        apply(lambda: queue(delay_seconds=1, opts=ignoring), world)
        assert apply(lambda: queue(delay_seconds=5, opts=ignoring), world).steps == [("same", "orders")]

    def test_another_input_changes_without_it(self, world: World) -> None:
        ignoring = ResourceOptions(ignore_changes=["delaySeconds"])
        apply(lambda: queue(delay_seconds=1, opts=ignoring), world)
        apply(lambda: queue(delay_seconds=5, visibility_timeout_seconds=9, opts=ignoring), world)
        assert world.cloud.thing("orders").inputs == {"delaySeconds": 1, "visibilityTimeoutSeconds": 9}

    def test_one_key_of_a_map_is_ignored(self, world: World) -> None:
        ignoring = ResourceOptions(ignore_changes=['tags["touched by"]'])
        apply(lambda: queue(tags={"touched by": "scaling", "owner": "a"}, opts=ignoring), world)
        run = apply(lambda: queue(tags={"touched by": "nobody", "owner": "a"}, opts=ignoring), world)
        assert run.steps == [("same", "orders")]
        apply(lambda: queue(tags={"touched by": "nobody", "owner": "b"}, opts=ignoring), world)
        assert world.cloud.thing("orders").inputs["tags"] == {"touched by": "scaling", "owner": "b"}

    def test_the_first_run_sets_what_later_ones_ignore(self, world: World) -> None:
        apply(lambda: queue(delay_seconds=1, opts=ResourceOptions(ignore_changes=["delaySeconds"])), world)
        assert world.cloud.thing("orders").inputs == {"delaySeconds": 1}


class TestReplaceOnChanges:
    def test_a_named_input_replaces(self, world: World) -> None:
        options = ResourceOptions(replace_on_changes=["delaySeconds"])
        apply(lambda: queue(delay_seconds=1, opts=options), world)
        assert apply(lambda: queue(delay_seconds=2, opts=options), world).steps == [("replace", "orders")]

    def test_another_input_does_not(self, world: World) -> None:
        options = ResourceOptions(replace_on_changes=['tags["zone"]'])
        apply(lambda: queue(tags={"zone": "a", "owner": "x"}, opts=options), world)
        assert apply(lambda: queue(tags={"zone": "a", "owner": "y"}, opts=options), world).steps == [
            ("update", "orders")
        ]
        assert apply(lambda: queue(tags={"zone": "b", "owner": "y"}, opts=options), world).steps == [
            ("replace", "orders")
        ]

    def test_a_star_means_any(self, world: World) -> None:
        options = ResourceOptions(replace_on_changes=["*"])
        apply(lambda: queue(delay_seconds=1, opts=options), world)
        assert apply(lambda: queue(delay_seconds=2, opts=options), world).steps == [("replace", "orders")]


class TestProviders:
    def test_a_resource_is_made_where_its_provider_points(self, world: World) -> None:
        def program() -> None:
            ireland = aws.Provider("ireland", region="eu-west-1")
            queue("far", ResourceOptions(provider=ireland))
            queue("near")

        run = apply(program, world)
        assert run.steps == [("create", "far"), ("create", "near")]
        assert {it.name: it.place for it in world.cloud.things.values()} == {
            "far": "123456789012/eu-west-1",
            "near": "123456789012/eu-west-2",
        }

    def test_children_inherit_it(self, world: World) -> None:
        def program() -> None:
            ireland = aws.Provider("ireland", region="eu-west-1")
            Cell("north", ResourceOptions(providers=[ireland]))

        apply(program, world)
        assert world.cloud.thing("north-orders").place == "123456789012/eu-west-1"

    def test_a_role_of_another_account_names_the_account(self, world: World) -> None:
        def program() -> None:
            role = aws.ProviderAssumeRoleArgs(role_arn="arn:aws:iam::210987654321:role/vault")
            vault = aws.Provider("vault", region="eu-west-2", assume_roles=[role])
            queue("copies", ResourceOptions(provider=vault))

        apply(program, world)
        assert world.cloud.thing("copies").place == "210987654321/eu-west-2"

    def test_what_moves_with_its_provider_is_deleted_where_it_was(self, world: World) -> None:
        def program(region: str) -> None:
            standby = aws.Provider("standby", region=region)
            queue("orders", ResourceOptions(provider=standby))

        apply(lambda: program("eu-west-1"), world)
        assert apply(lambda: program("us-east-1"), world).steps == [("replace", "orders")]
        assert [it.place for it in world.cloud.things.values()] == ["123456789012/us-east-1"]

    def test_a_resource_and_its_provider_go_together(self, world: World) -> None:
        def program() -> None:
            queue("far", ResourceOptions(provider=aws.Provider("ireland", region="eu-west-1")))

        apply(program, world)
        assert apply(lambda: None, world).steps == [("delete", "far")]
        assert [it for it in world.state().resources.values() if it.type.startswith("pulumi:providers")] == []


def test_two_resources_of_one_urn_are_refused(world: World) -> None:
    with pytest.raises(RegistrationError, match=r"Two resources have the URN '.*::orders'"):
        apply(lambda: (queue("orders"), queue("orders")), world)


def test_outputs_of_a_component_are_in_the_state(world: World) -> None:
    apply(lambda: Cell("north"), world)
    (cell,) = (it for it in world.state().resources.values() if it.type == "shop:index:Cell")
    assert cell.outputs == {"address": "https://north-orders-1"}


def test_what_was_read_before_and_is_declared_now_is_created(world: World) -> None:
    apply(lambda: queue("theirs"), world)
    other = World(world.folder / "other", world.cloud)
    apply(lambda: sqs.Queue.get("orders", "theirs-1"), other)
    assert apply(lambda: queue("orders"), other).steps == [("create", "orders")]
    assert sorted(world.cloud.things) == ["orders-1", "theirs-1"]


def test_dependencies_reach_through_components(world: World) -> None:
    def program() -> None:
        cell = Cell("north")
        ssm.Parameter("after", type="String", value="x", opts=ResourceOptions(depends_on=[cell]))

    apply(program, world)
    dependencies = world.recorded()["after"].dependencies
    assert [urn.rsplit("::", 1)[1] for urn in dependencies] == ["north-orders"]
