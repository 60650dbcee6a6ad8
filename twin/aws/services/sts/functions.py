"""Provider functions that say who and where a program runs as."""

from collections.abc import Mapping
from typing import Any

from twin.aws.functions import Function, Invocation

__all__ = ["FUNCTIONS"]

_PARTITION = "aws"
_SUFFIX = "amazonaws.com"

_NAME_BY_REGION = {
    "eu-west-1": "Europe (Ireland)",
    "eu-west-2": "Europe (London)",
    "us-east-1": "US East (N. Virginia)",
}
"""The estate's regions. Source: AWS General Reference, Regions and endpoints."""


def caller_identity(invocation: Invocation) -> Mapping[str, Any]:
    """The provider's account, and who it is there."""
    answer = invocation.api("sts", "get_caller_identity")
    account = invocation.config.account_id
    return {"accountId": account, "id": account, "arn": answer["Arn"], "userId": answer["UserId"]}


def region(invocation: Invocation) -> Mapping[str, Any]:
    """The region that is asked for, the provider's unless another is named."""
    name = (
        invocation.arguments.get("name")
        or _region_of(invocation.arguments.get("endpoint"))
        or invocation.region
    )
    return {
        "region": name,
        "name": name,
        "id": name,
        "description": _NAME_BY_REGION.get(name, name),
        "endpoint": f"ec2.{name}.{_SUFFIX}",
    }


def _region_of(endpoint: str | None) -> str | None:
    """EC2's endpoint names its region."""
    return endpoint.split(".")[1] if endpoint else None


def partition(_: Invocation) -> Mapping[str, Any]:
    """AWS's own partition, which the estate's regions are in."""
    return {
        "partition": _PARTITION,
        "id": _PARTITION,
        "dnsSuffix": _SUFFIX,
        "reverseDnsPrefix": ".".join(reversed(_SUFFIX.split("."))),
    }


def service_principal(invocation: Invocation) -> Mapping[str, Any]:
    """By what name a service acts, as policies have it."""
    service, region = invocation.arguments["serviceName"], invocation.region
    return {
        "id": f"{service}.{region}.{_SUFFIX}",
        "name": f"{service}.{_SUFFIX}",
        "region": region,
        "serviceName": service,
        "suffix": _SUFFIX,
    }


FUNCTIONS: dict[str, Function] = {
    "aws:index/getCallerIdentity:getCallerIdentity": caller_identity,
    "aws:index/getRegion:getRegion": region,
    "aws:index/getPartition:getPartition": partition,
    "aws:index/getServicePrincipal:getServicePrincipal": service_principal,
}
