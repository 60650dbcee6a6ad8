"""The engine sees a program as Pulumi's own SDK, documentation and CLI do."""

import inspect
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.recorder import Computed
from tests.engine.conformance import fixtures
from tests.engine.conformance.fixtures import PROGRAMS
from tests.engine.conformance.pulumi_mocks import registered_under_mocks
from tests.engine.programs import PROJECT, STACK, Run, World, apply, preview

EVERY_PROGRAM = pytest.mark.parametrize("program", PROGRAMS, ids=lambda it: it.__name__)

Program = Callable[[], None]


def registered(run: Run) -> dict[tuple[str, str], Any]:
    """Inputs by type and name of everything but the stack."""
    found = run.deployment.registrations.values()
    return {(it.type, it.name): dict(it.inputs) for it in found if it.type != "pulumi:pulumi:Stack"}


@EVERY_PROGRAM
@pytest.mark.parametrize("computed", list(Computed))
def test_a_preview_registers_what_the_sdks_mocks_do(
    world: World, program: Program, computed: Computed
) -> None:
    run = preview(program, world, computed)
    assert registered(run) == registered_under_mocks(program, PROJECT, STACK)


@EVERY_PROGRAM
def test_an_apply_registers_the_same_resources_as_a_preview(world: World, program: Program) -> None:
    assert apply(program, world).urns == preview(program, world).urns


@EVERY_PROGRAM
def test_a_second_apply_changes_nothing(world: World, program: Program) -> None:
    apply(program, world)
    assert apply(program, world).changes == []


def urn(qualified_type: str, name: str) -> str:
    return f"urn:pulumi:{STACK}::{PROJECT}::{qualified_type}::{name}"


class TestUrns:
    """As documented at pulumi.com/docs/iac/concepts/resources/names/#urns: types of parents joined by `$`, the stack
    not counted."""

    STACK_URN = urn("pulumi:pulumi:Stack", f"{PROJECT}-{STACK}")

    def test_of_nested_components(self, world: World) -> None:
        assert preview(lambda: fixtures.Cell("north"), world).urns == sorted(
            [
                self.STACK_URN,
                urn("shop:index:Cell", "north"),
                urn("shop:index:Cell$shop:index:Store", "north-ledger"),
                urn("shop:index:Cell$shop:index:Store$aws:sqs/queue:Queue", "north-ledger-queue"),
                urn("shop:index:Cell$aws:ssm/parameter:Parameter", "north-name"),
            ]
        )

    def test_of_a_child_of_a_resource(self, world: World) -> None:
        assert preview(fixtures.a_parent_that_is_no_component, world).urns == sorted(
            [
                self.STACK_URN,
                urn("aws:s3/bucket:Bucket", "lake"),
                urn("aws:s3/bucket:Bucket$aws:s3/bucketVersioning:BucketVersioning", "lake-versions"),
            ]
        )

    def test_of_a_provider(self, world: World) -> None:
        assert urn("pulumi:providers:aws", "ireland") in preview(fixtures.explicit_providers, world).urns

    def test_of_aliases(self, world: World) -> None:
        found = preview(fixtures.aliases, world).registrations
        assert found["south"].aliases == (urn("shop:index:Cell", "north"),)
        assert found["moved"].aliases[0] == urn("aws:sqs/queue:Queue", "moved")
        assert found["south-ledger-queue"].aliases == (
            urn("shop:index:Cell$shop:index:Store$aws:sqs/queue:Queue", "north-ledger-queue"),
        )


def test_dependencies_name_resources_and_not_components(world: World) -> None:
    found = preview(fixtures.dependencies, world).registrations
    assert found["first"].dependencies == (
        urn("shop:index:Cell$aws:ssm/parameter:Parameter", "north-name"),
        urn("shop:index:Cell$shop:index:Store$aws:sqs/queue:Queue", "north-ledger-queue"),
    )
    assert found["second"].dependencies == (urn("aws:sqs/queue:Queue", "first"),)


@pytest.mark.skipif(shutil.which("pulumi") is None, reason="the Pulumi CLI is not installed")
@EVERY_PROGRAM
def test_a_preview_plans_what_the_cli_plans(world: World, program: Program, tmp_path: Path) -> None:
    """Needs the AWS provider's plugin too, and no account: nothing is asked of AWS in this preview."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text(f"name: {PROJECT}\nruntime: python\n")
    source = inspect.getsource(fixtures)
    (project / "__main__.py").write_text(f"{source}\n\n{program.__name__}()\n")
    environment = os.environ | {
        "PULUMI_BACKEND_URL": f"file://{tmp_path}",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_PYTHON_CMD": sys.executable,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }

    def pulumi(*arguments: str) -> str:
        command = ["pulumi", *arguments, "--non-interactive", "--cwd", str(project)]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

    pulumi("stack", "init", STACK)
    settings = {
        "aws:region": "eu-west-2",
        "aws:skipCredentialsValidation": "true",
        "aws:skipRequestingAccountId": "true",
        "aws:skipMetadataApiCheck": "true",
    }
    for key, value in settings.items():
        pulumi("config", "set", "--stack", STACK, key, value)
    steps = json.loads(pulumi("preview", "--stack", STACK, "--json"))["steps"]
    planned = sorted(it["urn"] for it in steps if "::pulumi:providers:aws::default" not in it["urn"])
    assert preview(program, world).urns == planned
