"""What a program asks for that it does not declare: other stacks, functions, resources that are there already."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi import ResourceOptions
from pulumi_aws import sqs

from engine.exceptions import ProgramError, ResourceFailed, UnsupportedFunction
from engine.recorder import Computed
from engine.wire import UNKNOWN
from tests.engine.programs import World, apply, preview


class TestStackReference:
    @staticmethod
    def program() -> None:
        base = pulumi.StackReference("organization/shop/base-test")
        sqs.Queue("network", policy=base.require_output("network"))

    def test_reads_the_outputs_of_another_stack(self, world: World) -> None:
        world.others = {"base-test": {"network": "vpc-1"}}
        run = apply(self.program, world)
        assert world.cloud.thing("network").inputs == {"policy": "vpc-1"}
        assert run.steps == [("create", "network"), ("read", "organization/shop/base-test")]

    def test_is_never_deleted(self, world: World) -> None:
        world.others = {"base-test": {"network": "vpc-1"}}
        apply(self.program, world)
        assert apply(lambda: None, world).steps == [("delete", "network")]
        assert list(world.state().resources) == [
            "urn:pulumi:main-test::shop::pulumi:pulumi:Stack::shop-main-test"
        ]

    def test_of_a_stack_that_was_never_deployed_says_which(self, world: World) -> None:
        with pytest.raises(
            ProgramError, match=r"Stack 'organization/shop/base-test' is referenced and has no outputs"
        ):
            apply(self.program, world)
        assert world.cloud.calls == []

    @pytest.mark.parametrize(
        ("name", "sentence"),
        [
            pytest.param("acme/infra/main-test", "is of project 'infra'", id="another project's namesake"),
            pytest.param("acme/infra/base-test", "is of project 'infra'", id="another project"),
            pytest.param("acme/shop/main-test", "is referenced by itself", id="itself"),
            pytest.param("main-test", "is referenced by itself", id="itself by its short name"),
        ],
    )
    def test_of_what_nobody_here_will_have_is_refused(self, world: World, name: str, sentence: str) -> None:
        world.others = {"base-test": {}, "main-test": {}}
        with pytest.raises(ProgramError, match=sentence):
            apply(lambda: pulumi.StackReference(name), world)

    def test_is_unknown_in_a_preview_with_unknowns(self, world: World) -> None:
        run = preview(self.program, world, Computed.UNKNOWN)
        assert run.registrations["network"].inputs["policy"] == UNKNOWN


class TestFunctions:
    @staticmethod
    def program() -> None:
        pulumi.export("account", aws.get_caller_identity().account_id)
        pulumi.export("region", aws.get_region_output().region)
        pulumi.export("zones", aws.get_availability_zones(state="available").names)

    EXPECTED = {
        "account": "123456789012",
        "region": "eu-west-2",
        "zones": ["eu-west-2a", "eu-west-2b", "eu-west-2c"],
    }

    def test_are_answered_by_the_provider_in_an_apply(self, world: World) -> None:
        assert apply(self.program, world).outputs == self.EXPECTED
        assert sorted(set(world.cloud.told("invoke"))) == [
            "aws:index/getAvailabilityZones:getAvailabilityZones",
            "aws:index/getCallerIdentity:getCallerIdentity",
            "aws:index/getRegion:getRegion",
        ]

    @pytest.mark.parametrize("computed", list(Computed))
    def test_are_answered_in_a_preview_with_nothing_there(self, world: World, computed: Computed) -> None:
        assert preview(self.program, world, computed).outputs == self.EXPECTED
        assert world.cloud.calls == []

    def test_ask_under_the_provider_that_they_are_given(self, world: World) -> None:
        def program() -> None:
            ireland = aws.Provider("ireland", region="eu-west-1")
            options = pulumi.InvokeOptions(provider=ireland)
            pulumi.export("zones", aws.get_availability_zones_output(opts=options).names)

        assert apply(program, world).outputs == {"zones": ["eu-west-1a", "eu-west-1b", "eu-west-1c"]}

    def test_that_nobody_answers_are_refused(self, world: World) -> None:
        with pytest.raises(UnsupportedFunction, match="No handler for function 'aws:ec2/getAmi:getAmi'"):
            apply(lambda: aws.ec2.get_ami(owners=["self"]), world)


class TestReading:
    @staticmethod
    def there(world: World) -> World:
        """A world of another project in a cloud in which a queue is."""
        apply(lambda: sqs.Queue("theirs", delay_seconds=3), world)
        world.cloud.calls.clear()
        return World(world.folder / "ours", world.cloud)

    def test_gives_what_is_there(self, world: World) -> None:
        def program() -> None:
            theirs = sqs.Queue.get("orders", "theirs-1")
            pulumi.export("address", theirs.url)
            pulumi.export("delay", theirs.delay_seconds)

        run = apply(program, self.there(world))
        assert run.outputs == {"address": "https://theirs-1", "delay": 3}
        assert run.steps == [("read", "orders")]

    def test_never_deletes_it(self, world: World) -> None:
        ours = self.there(world)
        apply(lambda: sqs.Queue.get("orders", "theirs-1"), ours)
        apply(lambda: None, ours)
        assert world.cloud.calls == [("read", "orders")]

    def test_of_what_is_not_there_fails(self, world: World) -> None:
        with pytest.raises(ResourceFailed, match="there is no aws:sqs/queue:Queue 'nowhere'"):
            apply(lambda: sqs.Queue.get("orders", "nowhere"), world)

    def test_in_a_preview_asks_nobody(self, world: World) -> None:
        assert preview(lambda: sqs.Queue.get("orders", "theirs-1"), world).steps == [("read", "orders")]
        assert world.cloud.calls == []


class TestPreview:
    @staticmethod
    def program(seen: list[Any]) -> None:
        orders = sqs.Queue("orders", opts=ResourceOptions(protect=True))
        orders.arn.apply(seen.append)
        orders.delay_seconds.apply(seen.append)
        sqs.Queue("address", policy=pulumi.Output.concat("at ", orders.url))

    def test_with_placeholders_an_apply_on_a_computed_string_runs(self, world: World) -> None:
        seen: list[Any] = []
        run = preview(lambda: self.program(seen), world)
        assert [str(arn).rsplit(":", 1)[0] for arn in seen] == ["arn:aws:sqs:eu-west-2:123456789012"]
        assert run.registrations["address"].inputs["policy"].startswith("at pending-")

    def test_with_unknowns_it_does_not(self, world: World) -> None:
        seen: list[Any] = []
        run = preview(lambda: self.program(seen), world, Computed.UNKNOWN)
        assert seen == []
        assert run.registrations["address"].inputs["policy"] == UNKNOWN

    def test_knows_where_in_the_program_a_resource_is_made(self, world: World) -> None:
        run = preview(lambda: self.program([]), world)
        source = run.registrations["orders"].source
        assert source is not None
        assert (source.file, source.line) == (__file__, self.program.__code__.co_firstlineno + 2)

    def test_gives_the_same_inputs_every_time(self, world: World) -> None:
        runs = [preview(lambda: self.program([]), world) for _ in range(2)]
        first, second = ({it.urn: it.inputs for it in run.registrations.values()} for run in runs)
        assert first == second
