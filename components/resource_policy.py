"""Statements of the policies that hang on a resource, beside the IAM policies of those who use it."""

from collections.abc import Sequence
from typing import Any, TypedDict

import pulumi

from components.policy import allow, deny

__all__ = [
    "ServiceSource",
    "Statement",
    "allow_principals",
    "allow_services",
    "deny_without_tls",
    "this_account",
]

Statement = dict[str, Any]


class ServiceSource(TypedDict):
    service: str
    """Service principal that may act, such as `sns.amazonaws.com`."""

    source_arn: pulumi.Input[str]
    """ARN, or ARN pattern with `*`, in whose name the service acts (`aws:SourceArn`)."""


def deny_without_tls(actions: Sequence[str], resources: Sequence[pulumi.Input[str]]) -> Statement:
    """Refuses what is not encrypted on the way."""
    return deny(
        "DenyWithoutTls",
        actions,
        list(resources),
        Principal="*",
        Condition={"Bool": {"aws:SecureTransport": "false"}},
    )


def allow_principals(
    arns: Sequence[pulumi.Input[str]], actions: Sequence[str], resource: pulumi.Input[str]
) -> list[Statement]:
    """One statement for these principals; none where there are none."""
    if not arns:
        return []
    return [allow("AllowPrincipals", actions, resource, Principal={"AWS": list(arns)})]


def allow_services(
    sources: Sequence[ServiceSource],
    actions: Sequence[str],
    resource: pulumi.Input[str],
    account_id: pulumi.Input[str],
) -> list[Statement]:
    """One statement a source, for this account and in the name of that source only.

    Source: IAM user guide, "The confused deputy problem".
    """
    return [
        allow(
            f"AllowService{number}",
            actions,
            resource,
            Principal={"Service": source["service"]},
            Condition={**this_account(account_id), "ArnLike": {"aws:SourceArn": source["source_arn"]}},
        )
        for number, source in enumerate(sources, start=1)
    ]


def this_account(account_id: pulumi.Input[str]) -> dict[str, Any]:
    """The condition under which a service may act for this account only."""
    return {"StringEquals": {"aws:SourceAccount": account_id}}
