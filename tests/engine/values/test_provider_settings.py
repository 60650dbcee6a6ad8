"""Which region, account and default tags a resource gets, and that no provider leads off this machine."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from engine.exceptions import ProgramError, RegistrationError, UnsupportedFeature
from engine.provider import ProviderConfig
from engine.provider_settings import EXAMPLE_ACCOUNT, ProviderSettings, refuse_remote_endpoints
from engine.wire import UNKNOWN, secret

PROVIDER = "urn:pulumi:main-test::shop::pulumi:providers:aws::ireland"
REFERENCE = f"{PROVIDER}::an-id"


def settings(inputs: Mapping[str, Any] | None = None, /, **config: str) -> ProviderSettings:
    given = {f"aws:{key}": value for key, value in config.items()}
    return ProviderSettings(given, {PROVIDER: inputs}.get)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"region": "eu-west-2"}, ProviderConfig("eu-west-2", EXAMPLE_ACCOUNT)),
        (
            {"region": "eu-west-2", "allowedAccountIds": '["210987654321"]'},
            ProviderConfig("eu-west-2", "210987654321"),
        ),
        (
            {"region": "eu-west-2", "defaultTags": '{"tags": {"owner": "a"}}'},
            ProviderConfig("eu-west-2", EXAMPLE_ACCOUNT, {"owner": "a"}),
        ),
    ],
)
def test_the_default_provider_is_the_stacks_configuration(
    config: dict[str, str], expected: ProviderConfig
) -> None:
    assert settings(**config).resolve("", {}) == expected


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"region": "eu-west-1"}, ProviderConfig("eu-west-1", EXAMPLE_ACCOUNT)),
        ({"region": secret("eu-west-1")}, ProviderConfig("eu-west-1", EXAMPLE_ACCOUNT)),
        (
            {
                "region": "eu-west-1",
                "assumeRoles": json.dumps([{"roleArn": "arn:aws:iam::210987654321:role/vault"}]),
                "allowedAccountIds": '["111111111111"]',
            },
            ProviderConfig("eu-west-1", "210987654321"),
        ),
        (
            {"region": "eu-west-1", "assumeRoles": json.dumps([{"roleArn": UNKNOWN}])},
            ProviderConfig("eu-west-1", EXAMPLE_ACCOUNT),
        ),
    ],
    ids=["region", "secret region", "role before account", "unknown role"],
)
def test_an_explicit_provider_has_its_own_and_nothing_of_the_default(
    inputs: dict[str, Any], expected: ProviderConfig
) -> None:
    default = {"region": "eu-west-2", "defaultTags": '{"tags": {"owner": "a"}}'}
    assert settings(inputs, **default).resolve(REFERENCE, {}) == expected


def test_a_resources_own_region_comes_first() -> None:
    assert settings(region="eu-west-2").resolve("", {"region": "us-east-1"}).region == "us-east-1"


@pytest.mark.parametrize("inputs", [{}, {"region": UNKNOWN}])
def test_no_region_is_an_error_that_says_what_to_set(inputs: dict[str, Any]) -> None:
    with pytest.raises(ProgramError, match="Set aws:region"):
        settings(inputs).resolve(REFERENCE, {})


def test_an_unknown_provider_is_an_error() -> None:
    with pytest.raises(RegistrationError, match="is used before it is registered"):
        settings(None, region="eu-west-2").resolve("urn:pulumi:a::b::pulumi:providers:aws::x::id", {})


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:4566",
        "http://127.1.2.3",
        "https://localhost:4566/path",
        "http://[::1]:4566",
        "localhost:4566",
        UNKNOWN,
    ],
)
def test_an_endpoint_on_this_machine_is_let_through(endpoint: str) -> None:
    refuse_remote_endpoints({"endpoints": json.dumps([{"sqs": endpoint}])})


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://sqs.eu-west-2.amazonaws.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://127.0.0.1@example.com",
        "http://10.0.0.1:4566",
        "http://0.0.0.0:4566",
        "example.com:4566",
        "ftp://example.com",
    ],
)
@pytest.mark.parametrize("shape", [json.dumps, list, secret], ids=["JSON", "list", "secret"])
def test_an_endpoint_elsewhere_is_refused(endpoint: str, shape: Any) -> None:
    with pytest.raises(
        UnsupportedFeature, match=r"This engine never deploys: the endpoint '.*' is not on this"
    ):
        refuse_remote_endpoints({"endpoints": shape([{"s3": "http://127.0.0.1:1", "sqs": endpoint}])})


def test_endpoints_in_a_stacks_configuration_are_refused_too() -> None:
    with pytest.raises(UnsupportedFeature, match="never deploys"):
        settings(region="eu-west-2", endpoints='[{"sqs": "https://example.com"}]')
