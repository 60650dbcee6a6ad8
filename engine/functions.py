"""Answers to provider functions that follow from the provider's own settings alone.

They are the same in a preview and on a twin, so that what a program makes of them never shows as a difference.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from engine.exceptions import UnsupportedFunction
from engine.policy_document import policy_document
from engine.provider import ProviderConfig

__all__ = ["answer"]

Answer = dict[str, Any]

_PARTITION = "aws"
_SUFFIX = "amazonaws.com"

_NAME_BY_REGION = {
    "eu-west-1": "Europe (Ireland)",
    "eu-west-2": "Europe (London)",
    "us-east-1": "US East (N. Virginia)",
}
"""The estate's regions. Source: AWS General Reference, Regions and endpoints."""

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
    region = (
        arguments.get("region")
        or arguments.get("name")
        or _region_of(arguments.get("endpoint"))
        or config.region
    )
    return {
        "id": region,
        "name": region,
        "region": region,
        "description": _NAME_BY_REGION.get(region, region),
        "endpoint": f"ec2.{region}.{_SUFFIX}",
    }


def _region_of(endpoint: str | None) -> str | None:
    """EC2's endpoint names its region."""
    return endpoint.split(".")[1] if endpoint else None


def _caller_identity(arguments: Mapping[str, Any], config: ProviderConfig) -> Answer:
    account = config.account_id
    return {"id": account, "accountId": account, "arn": f"arn:aws:iam::{account}:root", "userId": account}


def _partition(arguments: Mapping[str, Any], config: ProviderConfig) -> Answer:
    """AWS's own partition, which the estate's regions are in."""
    reversed_suffix = ".".join(reversed(_SUFFIX.split(".")))
    return {
        "id": _PARTITION,
        "partition": _PARTITION,
        "dnsSuffix": _SUFFIX,
        "reverseDnsPrefix": reversed_suffix,
    }


def _service_principal(arguments: Mapping[str, Any], config: ProviderConfig) -> Answer:
    """By what name a service acts, as policies have it."""
    service, region = arguments["serviceName"], arguments.get("region") or config.region
    return {
        "id": f"{service}.{region}.{_SUFFIX}",
        "name": f"{service}.{_SUFFIX}",
        "region": region,
        "serviceName": service,
        "suffix": _SUFFIX,
    }


def _availability_zones(arguments: Mapping[str, Any], config: ProviderConfig) -> Answer:
    region = arguments.get("region") or config.region
    if region not in ZONES:
        raise UnsupportedFunction(f"aws:index/getAvailabilityZones:getAvailabilityZones in {region}")
    left_out = {*(arguments.get("excludeNames") or ()), *(arguments.get("excludeZoneIds") or ())}
    zones = {name: id_ for name, id_ in ZONES[region].items() if not {name, id_} & left_out}
    return {
        "id": region,
        "region": region,
        "names": list(zones),
        "zoneIds": list(zones.values()),
        "groupNames": [region],
    }


def _policy_document(arguments: Mapping[str, Any], config: ProviderConfig) -> Answer:
    document = policy_document(arguments)
    text = json.dumps(document, indent=2)
    return {
        "id": hashlib.sha256(text.encode()).hexdigest()[:10],
        "json": text,
        "minifiedJson": json.dumps(document, separators=(",", ":")),
        "version": document["Version"],
    } | dict(arguments)


def _random_password(arguments: Mapping[str, Any], config: ProviderConfig) -> Answer:
    """Nobody's password: what is really there gets one from Secrets Manager."""
    return {"id": "pending-password", "randomPassword": "pending-password"}


_FUNCTIONS: dict[str, Callable[[Mapping[str, Any], ProviderConfig], Answer]] = {
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getServicePrincipal:getServicePrincipal": _service_principal,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _availability_zones,
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
    "aws:secretsmanager/getRandomPassword:getRandomPassword": _random_password,
}
