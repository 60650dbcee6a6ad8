"""What the engine does not do, it says in one sentence before anything is done."""

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi import ResourceOptions
from pulumi.dynamic import CreateResult, Resource, ResourceProvider
from pulumi_aws import sqs

from engine.exceptions import EstateError, ProgramError, UnsupportedFeature, UnsupportedResource
from tests.engine.programs import World, apply, preview


def remote_component() -> None:
    pulumi.ComponentResource("other:index:Thing", "thing", {}, None, remote=True)


def import_() -> None:
    sqs.Queue("orders", opts=ResourceOptions(import_="https://there"))


def deleted_with() -> None:
    base = sqs.Queue("base")
    sqs.Queue("orders", opts=ResourceOptions(deleted_with=base))


def dynamic_provider() -> None:
    class Maker(ResourceProvider):
        def create(self, props: Any) -> CreateResult:
            return CreateResult("id", {})

    class Thing(Resource, name="Thing"):
        pass

    Thing(Maker(), "thing", {})


def hook() -> None:
    made = pulumi.ResourceHook("noting", lambda args: None)
    sqs.Queue("orders", opts=ResourceOptions(hooks=pulumi.ResourceHookBinding(after_create=[made])))


def remote_endpoint() -> None:
    endpoint = aws.ProviderEndpointArgs(sqs="https://sqs.eu-west-2.amazonaws.com")
    aws.Provider("real", region="eu-west-2", endpoints=[endpoint])


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        (remote_component, "'thing' wants a remote component, which this engine does not do."),
        (import_, "'orders' wants to import an existing resource (import_), which this engine does not do."),
        (deleted_with, "'orders' wants the option deleted_with, which this engine does not do."),
        (dynamic_provider, "'thing' wants a dynamic provider, which this engine does not do."),
        (hook, "The program wants resource hooks, which this engine does not do."),
        (
            remote_endpoint,
            "This engine never deploys: the endpoint 'https://sqs.eu-west-2.amazonaws.com' is not on this "
            "machine. Use Pulumi itself to reach AWS.",
        ),
    ],
    ids=lambda it: it.__name__ if callable(it) else "",
)
@pytest.mark.parametrize("run", [apply, preview])
def test_a_feature_that_is_not_implemented(
    world: World, program: Callable[[], None], sentence: str, run: Callable[..., Any]
) -> None:
    with pytest.raises(EstateError) as told:
        run(program, world)
    assert str(told.value) == sentence
    assert "orders" not in world.cloud.names


def test_a_type_that_no_handler_knows_is_named_and_earlier_resources_are_kept(world: World) -> None:
    world.cloud.unhandled = frozenset({"aws:ssm/parameter:Parameter"})

    def program() -> None:
        orders = sqs.Queue("orders")
        aws.ssm.Parameter("address", type="String", value=orders.url)

    with pytest.raises(
        UnsupportedResource, match="No handler for resource type 'aws:ssm/parameter:Parameter'"
    ):
        apply(program, world)
    assert sorted(world.recorded()) == ["orders"]

    world.cloud.unhandled = frozenset()
    assert apply(program, world).steps == [("create", "address"), ("same", "orders")]


def test_a_type_that_no_installed_package_defines_is_named(world: World) -> None:
    with pytest.raises(UnsupportedResource, match="'azure:core/resourceGroup:ResourceGroup'"):
        preview(lambda: pulumi.CustomResource("azure:core/resourceGroup:ResourceGroup", "group", {}), world)


def test_a_program_without_a_region_is_told_what_to_set(world: World) -> None:
    world.config = {}
    with pytest.raises(ProgramError, match="Set aws:region in the stack's configuration"):
        apply(lambda: sqs.Queue("orders"), world)


def test_endpoints_of_the_default_provider_are_looked_at_too(world: World) -> None:
    world.config = {"aws:region": "eu-west-2", "aws:endpoints": '[{"sqs": "https://elsewhere.example"}]'}
    with pytest.raises(UnsupportedFeature, match=r"'https://elsewhere\.example' is not on this machine"):
        apply(lambda: sqs.Queue("orders"), world)


class TestMissingOutput:
    """An output that is read and not returned would reach the program as None, and AWS as an empty value."""

    def test_read_by_a_resource(self, world: World) -> None:
        world.cloud.withholds = frozenset({"url"})

        def program() -> None:
            sqs.Queue("reader", policy=sqs.Queue("orders").url)

        with pytest.raises(EstateError) as told:
            apply(program, world)
        assert str(told.value) == (
            "policy of urn:pulumi:main-test::shop::aws:sqs/queue:Queue::reader reads an output that no handler "
            "returns (urn:pulumi:main-test::shop::aws:sqs/queue:Queue::orders returns no url). "
            "Return it from the handler's row under twin/aws."
        )
        assert world.cloud.names == ["orders"]

    def test_read_through_an_apply(self, world: World) -> None:
        world.cloud.withholds = frozenset({"url"})

        def program() -> None:
            sqs.Queue("reader", policy=sqs.Queue("orders").url.apply(lambda url: f"at {url}"))

        with pytest.raises(EstateError, match="orders returns no url"):
            apply(program, world)

    def test_exported(self, world: World) -> None:
        world.cloud.withholds = frozenset({"url"})
        with pytest.raises(EstateError, match="address of .*Stack.* reads an output that no handler returns"):
            apply(lambda: pulumi.export("address", sqs.Queue("orders").url), world)

    def test_that_nobody_reads_is_no_error(self, world: World) -> None:
        world.cloud.withholds = frozenset({"url"})
        assert apply(lambda: sqs.Queue("orders"), world).steps == [("create", "orders")]
