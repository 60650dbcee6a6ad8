"""The stacks' configuration files, which plain `pulumi up` reads."""

import json
from collections.abc import Iterator

import pulumi
import pytest

from catalogue import Catalogue
from stacks import configuration
from stacks.configuration import configuration_files
from stacks.context import ConfigMismatch, StackContext
from stacks.names import StackName

CONFIG = configuration.FOLDER


@pytest.fixture
def configured() -> Iterator[None]:
    """What a test configures is gone after it."""
    yield
    pulumi.runtime.set_all_config({}, [])


def context(real: Catalogue, stack: str) -> StackContext:
    name = StackName.parse(stack)
    return StackContext(name, real.estate(name.environment))


def configure(region: str, accounts: list[str]) -> None:
    pulumi.runtime.set_all_config({"aws:region": region, "aws:allowedAccountIds": json.dumps(accounts)}, [])


def test_the_files_are_what_the_catalogue_says(real: Catalogue) -> None:
    """If not, run `python -m stacks.configuration`."""
    there = {file.name: file.read_text() for file in CONFIG.iterdir()}
    assert there == dict(configuration_files(real))


def test_every_stack_of_every_environment_has_a_file_and_no_other_does(real: Catalogue) -> None:
    layers = ("data", "foundation", "platform", "recovery", "services")
    ends = ["dev", "local", "local-standby", "prod", "prod-standby", "slice", "staging", "staging-standby"]
    assert sorted(name for name, _ in configuration_files(real)) == sorted(
        f"Pulumi.{layer}-{end}.yaml" for layer in layers for end in ends
    )


def test_a_file_keeps_its_stack_in_its_region_and_its_account(real: Catalogue) -> None:
    files = dict(configuration_files(real))
    assert files["Pulumi.data-prod-standby.yaml"] == (
        'config:\n  aws:region: eu-west-1\n  aws:allowedAccountIds: ["333333333333"]\n'
    )


@pytest.mark.usefixtures("configured")
def test_configuration_that_agrees_with_the_catalogue_is_taken(real: Catalogue) -> None:
    configure("eu-west-1", ["333333333333"])
    context(real, "data-prod-standby").check_configuration()


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize(
    ("region", "accounts"),
    [
        pytest.param("eu-west-2", ["333333333333"], id="another-region"),
        pytest.param("eu-west-1", ["111111111111"], id="another-account"),
        pytest.param("eu-west-1", ["333333333333", "111111111111"], id="one-account-too-many"),
        pytest.param("eu-west-1", [], id="any-account"),
    ],
)
def test_configuration_that_leads_elsewhere_is_refused(
    real: Catalogue, region: str, accounts: list[str]
) -> None:
    configure(region, accounts)
    with pytest.raises(ConfigMismatch) as refused:
        context(real, "data-prod-standby").check_configuration()
    assert str(refused.value) == (
        f"The configuration of stack 'data-prod-standby' names {region} in account {accounts}, the catalogue "
        "eu-west-1 in ['333333333333']. Run 'python -m stacks.configuration' to write it anew."
    )


@pytest.mark.usefixtures("configured")
def test_a_stack_of_a_standby_that_the_environment_has_not_is_refused(real: Catalogue) -> None:
    configure("eu-west-1", ["123456789012"])
    with pytest.raises(ConfigMismatch, match="'slice' has none. Give it one in environments.yaml"):
        context(real, "data-slice-standby").check_configuration()
