"""What a program learns of where, and as whom, it runs."""

from typing import Any

import pytest

from tests.twin.aws.sample import CONFIG
from twin.aws.provider import EmulatorProvider


@pytest.mark.parametrize(
    ("token", "arguments", "answer"),
    [
        pytest.param(
            "aws:index/getRegion:getRegion",
            {},
            {
                "region": "eu-west-2",
                "name": "eu-west-2",
                "id": "eu-west-2",
                "description": "Europe (London)",
                "endpoint": "ec2.eu-west-2.amazonaws.com",
            },
            id="the provider's region",
        ),
        pytest.param(
            "aws:index/getRegion:getRegion",
            {"region": "eu-west-1"},
            {
                "region": "eu-west-1",
                "name": "eu-west-1",
                "id": "eu-west-1",
                "description": "Europe (Ireland)",
                "endpoint": "ec2.eu-west-1.amazonaws.com",
            },
            id="another region",
        ),
        pytest.param(
            "aws:index/getPartition:getPartition",
            {},
            {
                "partition": "aws",
                "id": "aws",
                "dnsSuffix": "amazonaws.com",
                "reverseDnsPrefix": "com.amazonaws",
            },
            id="the partition",
        ),
        pytest.param(
            "aws:index/getServicePrincipal:getServicePrincipal",
            {"serviceName": "logs"},
            {
                "id": "logs.eu-west-2.amazonaws.com",
                "name": "logs.amazonaws.com",
                "region": "eu-west-2",
                "serviceName": "logs",
                "suffix": "amazonaws.com",
            },
            id="a service's principal",
        ),
    ],
)
def test_a_function_answers_as_aws_does(
    provider: EmulatorProvider, token: str, arguments: dict[str, Any], answer: dict[str, Any]
) -> None:
    assert provider.invoke(token, arguments, CONFIG) == answer


def test_the_caller_is_in_the_providers_account(provider: EmulatorProvider) -> None:
    answer = provider.invoke("aws:index/getCallerIdentity:getCallerIdentity", {}, CONFIG)
    assert answer["accountId"] == answer["id"] == CONFIG.account_id
    assert answer["arn"].split(":")[:3] == ["arn", "aws", "sts"]
    assert answer["userId"]
