"""What the program marks secret is nowhere in the state's folder, and nowhere that a person looks."""

import json
from collections.abc import Callable

import pulumi
import pytest
from pulumi import Output, ResourceOptions
from pulumi_aws import rds, secretsmanager, sqs, ssm

from engine import wire
from engine.executor import Executor
from engine.provider import ProviderConfig
from tests.engine.fuse import Fuse, Killed
from tests.engine.programs import World, apply, difference, preview
from tests.engine.state.steps import resource

WORD = "correct horse battery staple"


def plain_input() -> None:
    ssm.Parameter("password", type="SecureString", value=Output.secret(WORD))


def nested_input() -> None:
    sqs.Queue("orders", tags={"owner": "payments", "token": Output.secret(WORD)})


def read_by_another() -> None:
    password = ssm.Parameter("password", type="SecureString", value=Output.secret(WORD))
    sqs.Queue("orders", policy=password.value.apply(lambda value: json.dumps({"key": value})))


def exported() -> None:
    pulumi.export("password", Output.secret(WORD))


def write_only() -> None:
    rds.Cluster("database", engine="aurora-postgresql", master_password_wo=WORD, master_password_wo_version=1)


MARKED = pytest.mark.parametrize(
    "program", [plain_input, nested_input, read_by_another, exported, write_only]
)


def folder_text(world: World) -> str:
    return "\n".join(path.read_text() for path in sorted(world.folder.glob("*")))


@MARKED
def test_no_secret_is_in_the_state_after_a_run(world: World, program: Callable[[], None]) -> None:
    apply(program, world)
    assert WORD not in folder_text(world)


@MARKED
def test_no_secret_is_in_the_journal_of_a_run_that_was_killed(
    world: World, program: Callable[[], None]
) -> None:
    with pytest.raises(Killed):
        apply(program, world, Fuse.at("before checkpoint"))
    assert WORD not in folder_text(world)


@MARKED
def test_the_secret_reaches_the_provider_and_is_no_difference(
    world: World, program: Callable[[], None]
) -> None:
    apply(program, world)
    if program is not exported:
        assert WORD in str(world.cloud.inventory)
    assert difference(program, world).changes == []


@MARKED
def test_a_killed_run_completes_with_the_secret(world: World, program: Callable[[], None]) -> None:
    with pytest.raises(Killed):
        apply(program, world, Fuse.after(1))
    apply(program, world)
    if program is not exported:
        assert WORD in str(world.cloud.inventory)
    assert WORD not in folder_text(world)


@pytest.mark.parametrize("program", [plain_input, nested_input, read_by_another])
def test_no_secret_is_in_what_a_person_sees(world: World, program: Callable[[], None]) -> None:
    for run in (preview(program, world), apply(program, world)):
        shown = [wire.redact(dict(it.inputs)) for it in run.deployment.registrations.values()]
        assert WORD not in json.dumps(shown)
        assert wire.REDACTED in json.dumps(shown)


def test_a_changed_secret_is_a_change(world: World) -> None:
    apply(plain_input, world)
    run = apply(lambda: ssm.Parameter("password", type="SecureString", value=Output.secret("another")), world)
    assert run.steps == [("update", "password")]
    assert world.cloud.thing("password").inputs["value"] == "another"


def test_a_write_only_value_is_sent_again_only_with_another_version(world: World) -> None:
    def program(word: str, version: int) -> None:
        rds.Cluster(
            "database", engine="postgres", master_password_wo=word, master_password_wo_version=version
        )

    apply(lambda: program("first", 1), world)
    assert apply(lambda: program("second", 1), world).steps == [("same", "database")]
    assert apply(lambda: program("second", 2), world).steps == [("update", "database")]
    assert world.cloud.thing("database").inputs["masterPasswordWo"] == "second"
    assert "masterPasswordWo" not in world.recorded()["database"].inputs


def test_a_write_only_value_that_nobody_marked_is_in_no_journal(world: World) -> None:
    config = ProviderConfig("eu-west-2", "123456789012")
    executor = Executor(world.state(), world.cloud, lambda reference, inputs: config)
    executor.create(resource("orders", inputs={"tokenWo": WORD, "tokenWoVersion": 1}))
    assert world.cloud.thing("orders").inputs == {"tokenWo": WORD, "tokenWoVersion": 1}
    assert WORD not in folder_text(world)


def test_outputs_that_the_program_names_are_secret(world: World) -> None:
    def program() -> None:
        orders = sqs.Queue("orders", opts=ResourceOptions(additional_secret_outputs=["url"]))
        pulumi.export("address", orders.url)

    run = apply(program, world)
    assert run.outputs == {"address": wire.secret("https://orders-1")}
    assert world.recorded()["orders"].outputs["url"] == wire.secret("https://orders-1")
    assert "https://orders-1" not in folder_text(world)


def test_outputs_that_the_schema_names_are_secret(world: World) -> None:
    """pulumi_aws itself marks them, as additional secret outputs."""

    def program() -> None:
        secretsmanager.SecretVersion("version", secret_id="s", secret_string=WORD)

    apply(program, world)
    assert WORD not in folder_text(world)


def test_secret_outputs_of_what_is_read_are_secret(world: World) -> None:
    apply(lambda: ssm.Parameter("theirs", type="SecureString", value=WORD), world)
    other = World(world.folder / "other", world.cloud)
    apply(lambda: ssm.Parameter.get("password", "theirs-1"), other)
    assert WORD not in folder_text(other)


def test_a_stack_that_reads_a_secret_output_of_another_gets_a_secret(world: World) -> None:
    world.others = {"base-test": {"password": wire.secret(WORD), "zone": "a"}}

    def program() -> None:
        base = pulumi.StackReference("organization/shop/base-test")
        ssm.Parameter("password", type="SecureString", value=base.get_output("password"))
        pulumi.export("zone", base.get_output("zone"))

    apply(program, world)
    assert world.recorded()["password"].inputs["value"] == wire.secret(WORD)
    assert WORD not in folder_text(world)
