"""IAM policy documents as values: who may do what to which, under what condition."""

from collections.abc import Iterable, Mapping
from typing import Any

import pulumi

__all__ = ["allow", "deny", "policy_document", "trust_policy"]

VERSION = "2012-10-17"


def policy_document(statements: Iterable[Mapping[str, Any]]) -> pulumi.Output[str]:
    """The JSON of a policy with these statements; they may hold outputs."""
    return pulumi.Output.json_dumps({"Version": VERSION, "Statement": list(statements)})


def allow(sid: str, actions: Iterable[str], resources: Any, **elements: Any) -> dict[str, Any]:
    """A statement that allows; `elements` are further ones, such as Principal and Condition."""
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": resources,
        **elements,
    }


def deny(sid: str, actions: Iterable[str], resources: Any, **elements: Any) -> dict[str, Any]:
    """A statement that denies; `elements` are further ones, such as Principal and Condition."""
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Action": list(actions),
        "Resource": resources,
        **elements,
    }


def trust_policy(service: str, condition: Mapping[str, Any] | None = None) -> pulumi.Output[str]:
    """Lets an AWS service take the role, under the condition that keeps others from borrowing it."""
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": service},
    }
    if condition is not None:
        statement["Condition"] = condition
    return policy_document([statement])
