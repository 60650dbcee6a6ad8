"""What must be there before a deployment, and what is said where it is not."""

import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from catalogue import Environment, load_catalogue
from estate.deployer.prerequisites import Check, check, require
from estate.exceptions import ToolMissing

SDK = importlib.metadata.version("pulumi")
ACCOUNT = "204060801030"


@dataclass(frozen=True)
class Given:
    """Surroundings as a test wants them; None for what is not there."""

    version: str | None = SDK
    state: str | None = "s3://state"
    account: str | None = ACCOUNT
    variables: Mapping[str, str] = field(default_factory=dict[str, str])

    def cli_version(self) -> str | None:
        return self.version

    def backend(self) -> str:
        if self.state is None:
            raise LookupError("PULUMI_ACCESS_TOKEN must be set")
        return self.state

    def account_id(self, region: str) -> str:
        assert region == "eu-west-2"
        if self.account is None:
            raise LookupError("Unable to locate credentials")
        return self.account


@pytest.fixture
def environment() -> Environment:
    dev = load_catalogue().estate("dev").environment
    return dev.model_copy(update={"account_id": ACCOUNT, "domain_name": "dev.estate.gov.scot"})


def failed(environment: Environment, given: Given) -> list[tuple[str, str]]:
    return [(it.name, it.detail) for it in check(environment, given) if not it.ok]


def test_where_all_is_there_each_check_says_what_was_found(environment: Environment) -> None:
    assert check(environment, Given()) == [
        Check("catalogue values", True, f"account {ACCOUNT}, dev.estate.gov.scot"),
        Check("AWS endpoint", True, "AWS's own"),
        Check("Pulumi CLI", True, f"version {SDK}"),
        Check("Pulumi backend", True, "s3://state"),
        Check("AWS account", True, ACCOUNT),
    ]
    require(environment, Given())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(
            Given(version=None),
            [
                ("Pulumi CLI", "there is no 'pulumi' on PATH"),
                ("Pulumi backend", "it was not asked, for want of the CLI"),
            ],
            id="no CLI",
        ),
        pytest.param(
            Given(version="3.1.0"),
            [("Pulumi CLI", f"version 3.1.0 is on PATH, and the program's SDK is {SDK}")],
            id="older than the SDK",
        ),
        pytest.param(
            Given(version="4.0.0"),
            [("Pulumi CLI", f"version 4.0.0 is on PATH, and the program's SDK is {SDK}")],
            id="another major version",
        ),
        pytest.param(Given(version=f"{SDK}-dev.0"), [], id="a pre-release of the right one"),
        pytest.param(Given(version="3.999.0"), [], id="newer than the SDK"),
        pytest.param(
            Given(state=None), [("Pulumi backend", "PULUMI_ACCESS_TOKEN must be set")], id="no backend"
        ),
        pytest.param(
            Given(account=None),
            [("AWS account", "there are no credentials that AWS accepts: Unable to locate credentials")],
            id="no credentials",
        ),
        pytest.param(
            Given(account="999999999999"),
            [("AWS account", f"these credentials are of account 999999999999, and dev is {ACCOUNT}")],
            id="another account",
        ),
        pytest.param(
            Given(variables={"AWS_ENDPOINT_URL": "http://127.0.0.1:5000"}),
            [
                (
                    "AWS endpoint",
                    "AWS_ENDPOINT_URL leads this shell to something else than AWS, as a twin's exports do",
                ),
                ("AWS account", "it was not asked, for the endpoint is not AWS's"),
            ],
            id="a twin's exports",
        ),
        pytest.param(
            Given(variables={"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:5000", "AWS_ENDPOINT_URL": ""}),
            [
                (
                    "AWS endpoint",
                    "AWS_ENDPOINT_URL_S3 leads this shell to something else than AWS, as a twin's exports do",
                ),
                ("AWS account", "it was not asked, for the endpoint is not AWS's"),
            ],
            id="one service's endpoint",
        ),
    ],
)
def test_what_is_missing_is_named(
    environment: Environment, given: Given, expected: list[tuple[str, str]]
) -> None:
    assert failed(environment, given) == expected


def test_every_failure_has_a_fix(environment: Environment) -> None:
    nothing = Given(None, None, None, {"AWS_ENDPOINT_URL": "http://127.0.0.1:5000"})

    assert [it.name for it in check(environment, nothing) if it.ok or not it.fix] == ["catalogue values"]


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_the_placeholders_of_the_catalogue_are_not_deployed_to(name: str) -> None:
    environment = load_catalogue().estate(name).environment
    given = replace(Given(), account=environment.account_id)

    assert failed(environment, given) == [
        (
            "catalogue values",
            f"{name} still has placeholders: {environment.account_id}, {name}.estate.example",
        )
    ]


def test_all_that_is_missing_is_said_at_once(environment: Environment) -> None:
    with pytest.raises(ToolMissing) as missing:
        require(environment, Given(version=None, account=None))

    lines = str(missing.value).splitlines()
    assert lines[0] == "'dev' cannot be reached from here, and nothing was touched."
    assert [line.strip().partition(":")[0] for line in lines[1:]] == [
        "Pulumi CLI",
        "Pulumi backend",
        "AWS account",
    ]
