"""The condition keys that every request has.

Source: IAM user guide, "AWS global condition context keys",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html

Plain HTTP inside the twin counts as TLS 1.3: the emulator stands for AWS's endpoints, and nothing on this machine
speaks TLS to it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from twin.aws.emulator.authorization.caller import Caller

__all__ = ["Arrival", "request_context"]

TLS_VERSION = "1.3"

Keys = dict[str, str | list[str]]


@dataclass(frozen=True)
class Arrival:
    """How a request came in. Attributes: at: seconds since the epoch; endpoint_id, vpc_id: of a VPC endpoint."""

    at: float
    endpoint_id: str = ""
    vpc_id: str = ""
    has_mfa: bool = False
    user_id: str = ""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of the principal."""


def request_context(caller: Caller, arrival: Arrival, region: str, account: str) -> Keys:
    """Args: region: that is called. account: the resource's."""
    keys: Keys = {
        "aws:currenttime": datetime.fromtimestamp(arrival.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:epochtime": str(int(arrival.at)),
        "aws:principalisawsservice": str(caller.is_service).lower(),
        "aws:requestedregion": region,
        "aws:resourceaccount": account,
        "aws:securetransport": "true",
        "aws:viaawsservice": "false",
        "s3:resourceaccount": account,
        "s3:tlsversion": TLS_VERSION,
    }
    keys.update(_of_principal(caller, arrival))
    keys.update(_present((("aws:sourcevpce", arrival.endpoint_id), ("aws:sourcevpc", arrival.vpc_id))))
    return keys


def _of_principal(caller: Caller, arrival: Arrival) -> Keys:
    if caller.is_service:
        return {"aws:principalservicename": caller.arn}
    keys: Keys = {
        "aws:principalaccount": caller.account,
        "aws:principalarn": caller.principal_arn,
        "aws:principaltype": "AssumedRole" if caller.role_arn else "User",
    }
    keys.update(_present((("aws:userid", arrival.user_id),)))
    keys.update(_present((("aws:multifactorauthpresent", "true" if arrival.has_mfa else ""),)))
    keys.update({f"aws:principaltag/{name.lower()}": value for name, value in arrival.tags.items()})
    return keys


def _present(pairs: Iterable[tuple[str, str]]) -> Keys:
    return {name: value for name, value in pairs if value}
