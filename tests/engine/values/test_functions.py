"""Answers to provider functions that follow from the provider's settings alone."""

import json
from typing import Any

import pytest

from engine.exceptions import UnsupportedFunction
from engine.functions import answer
from engine.provider import ProviderConfig

CONFIG = ProviderConfig("eu-west-2", "210987654321")


def ask(name: str, **arguments: Any) -> dict[str, Any]:
    return answer(name, arguments, CONFIG)


def document(**arguments: Any) -> dict[str, Any]:
    return json.loads(ask("aws:iam/getPolicyDocument:getPolicyDocument", **arguments)["json"])


def test_the_region_is_the_providers_or_the_one_asked_for() -> None:
    assert ask("aws:index/getRegion:getRegion")["region"] == "eu-west-2"
    assert ask("aws:index/getRegion:getRegion", region="eu-west-1")["region"] == "eu-west-1"


def test_the_caller_is_of_the_providers_account() -> None:
    assert ask("aws:index/getCallerIdentity:getCallerIdentity") == {
        "id": "210987654321",
        "accountId": "210987654321",
        "arn": "arn:aws:iam::210987654321:root",
        "userId": "210987654321",
    }


@pytest.mark.parametrize("region", ["eu-west-1", "eu-west-2"])
def test_zones_are_those_of_the_region_and_their_ids_are_as_many(region: str) -> None:
    zones = ask("aws:index/getAvailabilityZones:getAvailabilityZones", region=region)
    assert zones["names"] == [f"{region}{letter}" for letter in "abc"]
    assert len(set(zones["zoneIds"])) == 3


def test_zones_can_be_left_out_by_name_or_id() -> None:
    every = ask("aws:index/getAvailabilityZones:getAvailabilityZones")
    some = ask(
        "aws:index/getAvailabilityZones:getAvailabilityZones",
        excludeNames=["eu-west-2a"],
        excludeZoneIds=[every["zoneIds"][1]],
    )
    assert some["names"] == ["eu-west-2c"]


def test_a_service_has_its_principal() -> None:
    answer = ask("aws:index/getServicePrincipal:getServicePrincipal", serviceName="logs")
    assert (answer["name"], answer["id"]) == ("logs.amazonaws.com", "logs.eu-west-2.amazonaws.com")


def test_zones_of_a_region_that_is_not_used_are_refused() -> None:
    with pytest.raises(UnsupportedFunction, match="getAvailabilityZones in ap-south-1"):
        ask("aws:index/getAvailabilityZones:getAvailabilityZones", region="ap-south-1")


def test_a_function_that_is_not_answered_is_named() -> None:
    with pytest.raises(UnsupportedFunction, match="'aws:ec2/getAmi:getAmi'"):
        ask("aws:ec2/getAmi:getAmi")


class TestPolicyDocument:
    def test_has_the_elements_of_iam(self) -> None:
        assert document(
            policyId="p",
            statements=[
                {
                    "sid": "Read",
                    "actions": ["s3:GetObject", "s3:ListBucket"],
                    "resources": ["*"],
                    "conditions": [
                        {"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]},
                        {"test": "Bool", "variable": "aws:ViaAWSService", "values": ["false"]},
                        {"test": "StringEquals", "variable": "aws:PrincipalOrgID", "values": ["o-2", "o-1"]},
                    ],
                },
            ],
        ) == {
            "Version": "2012-10-17",
            "Id": "p",
            "Statement": [
                {
                    "Sid": "Read",
                    "Effect": "Allow",
                    "Action": ["s3:ListBucket", "s3:GetObject"],
                    "Resource": "*",
                    "Condition": {
                        "Bool": {"aws:SecureTransport": "true", "aws:ViaAWSService": "false"},
                        "StringEquals": {"aws:PrincipalOrgID": ["o-2", "o-1"]},
                    },
                }
            ],
        }

    def test_a_statement_takes_the_place_of_an_earlier_one_with_its_sid(self) -> None:
        base = json.dumps({"Statement": [{"Sid": "One", "Effect": "Allow"}, {"Effect": "Deny"}]})
        own = {"sid": "One", "actions": ["s3:GetObject"]}
        assert document(sourcePolicyDocuments=[base], statements=[own])["Statement"] == [
            {"Sid": "One", "Effect": "Allow", "Action": "s3:GetObject"},
            {"Effect": "Deny"},
        ]

    def test_denies_what_it_does_not_name(self) -> None:
        statement = {
            "effect": "Deny",
            "notActions": ["iam:*"],
            "notResources": ["arn:a"],
            "notPrincipals": [{"type": "AWS", "identifiers": ["arn:b"]}],
        }
        assert document(statements=[statement])["Statement"] == [
            {"Effect": "Deny", "NotAction": "iam:*", "NotResource": "arn:a", "NotPrincipal": {"AWS": "arn:b"}}
        ]

    @pytest.mark.parametrize(
        ("principals", "expected"),
        [
            ([{"type": "*", "identifiers": ["*"]}], "*"),
            ([{"type": "Service", "identifiers": ["ecs.amazonaws.com"]}], {"Service": "ecs.amazonaws.com"}),
            (
                [
                    {"type": "AWS", "identifiers": ["b", "a"]},
                    {"type": "Service", "identifiers": ["c"]},
                    {"type": "AWS", "identifiers": ["d"]},
                ],
                {"AWS": ["d", "b", "a"], "Service": "c"},
            ),
        ],
        ids=["anybody", "one", "one kind twice"],
    )
    def test_names_principals_by_kind(self, principals: list[dict[str, Any]], expected: Any) -> None:
        assert document(statements=[{"principals": principals}])["Statement"][0]["Principal"] == expected
