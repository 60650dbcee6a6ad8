"""Answers to provider functions that follow from the provider's own settings alone.

They are the same in a preview and on a twin, so that what a program makes of them never shows as a difference.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from engine.exceptions import UnsupportedFunction
from engine.provider import ProviderConfig

__all__ = ["answer"]

Answer = dict[str, Any]

ZONES: Mapping[str, Mapping[str, str]] = {
    "eu-west-1": {"eu-west-1a": "euw1-az3", "eu-west-1b": "euw1-az1", "eu-west-1c": "euw1-az2"},
    "eu-west-2": {"eu-west-2a": "euw2-az2", "eu-west-2b": "euw2-az3", "eu-west-2c": "euw2-az1"},
    "us-east-1": {f"us-east-1{letter}": f"use1-az{number}" for number, letter in enumerate("abcdef", 1)},
}
"""Zone ids by zone name. Which name has which id differs by account (docs.aws.amazon.com/ram/latest/userguide/
working-with-az-ids.html); these are an example account's."""


def answer(token: str, arguments: Mapping[str, Any], config: ProviderConfig) -> Answer:
    """What the function returns, camelCase.

    Raises: UnsupportedFunction: none of the functions that are answered here.
    """
    try:
        function = _FUNCTIONS[token]
    except KeyError:
        raise UnsupportedFunction(token) from None
    return function(arguments, config)


def _region(arguments: Mapping[str, Any], config: ProviderConfig) -> Answer:
    region = arguments.get("region") or arguments.get("name") or config.region
    return {
        "id": region,
        "name": region,
        "region": region,
        "description": region,
        "endpoint": f"ec2.{region}.amazonaws.com",
    }


def _caller_identity(arguments: Mapping[str, Any], config: ProviderConfig) -> Answer:
    account = config.account_id
    return {"id": account, "accountId": account, "arn": f"arn:aws:iam::{account}:root", "userId": account}


def _partition(arguments: Mapping[str, Any], config: ProviderConfig) -> Answer:
    return {
        "id": "aws",
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    }


def _availability_zones(arguments: Mapping[str, Any], config: ProviderConfig) -> Answer:
    region = arguments.get("region") or config.region
    if region not in ZONES:
        raise UnsupportedFunction(f"aws:index/getAvailabilityZones:getAvailabilityZones in {region}")
    zones = ZONES[region]
    return {
        "id": region,
        "region": region,
        "names": list(zones),
        "zoneIds": list(zones.values()),
        "groupNames": [region],
    }


def _policy_document(arguments: Mapping[str, Any], config: ProviderConfig) -> Answer:
    statements = [_statement(each) for each in arguments.get("statements", [])]
    document = {"Version": arguments.get("version", "2012-10-17"), "Statement": statements}
    if arguments.get("policyId"):
        document["Id"] = arguments["policyId"]
    text = json.dumps(document, indent=2)
    return {
        "id": hashlib.sha256(text.encode()).hexdigest()[:10],
        "json": text,
        "minifiedJson": json.dumps(document),
    } | dict(arguments)


def _statement(given: Mapping[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = {"Sid": given["sid"]} if given.get("sid") else {}
    statement["Effect"] = given.get("effect", "Allow")
    for key in ("actions", "notActions", "resources", "notResources"):
        if given.get(key):
            statement[key[0].upper() + key[1:-1]] = _one_or_many(given[key])
    for key in ("principals", "notPrincipals"):
        if given.get(key):
            statement[key[0].upper() + key[1:-1]] = _principals(given[key])
    for condition in given.get("conditions", []):
        test = statement.setdefault("Condition", {}).setdefault(condition["test"], {})
        test[condition["variable"]] = _one_or_many(condition["values"])
    return statement


def _principals(given: list[dict[str, Any]]) -> str | dict[str, Any]:
    if any(each["type"] == "*" for each in given):
        return "*"
    by_type: dict[str, list[str]] = {}
    for each in given:
        by_type.setdefault(each["type"], []).extend(each["identifiers"])
    return {kind: _one_or_many(identifiers) for kind, identifiers in by_type.items()}


def _random_password(arguments: Mapping[str, Any], config: ProviderConfig) -> Answer:
    """Nobody's password: what is really there gets one from Secrets Manager."""
    return {"id": "pending-password", "randomPassword": "pending-password"}


def _one_or_many(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else sorted(values)


_FUNCTIONS: dict[str, Callable[[Mapping[str, Any], ProviderConfig], Answer]] = {
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _availability_zones,
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
    "aws:secretsmanager/getRandomPassword:getRandomPassword": _random_password,
}
