"""Policies and callers as the tests write them."""

import json
from typing import Any

from twin.aws.emulator.authorization.caller import Caller, role_session
from twin.aws.emulator.authorization.decision import Access, Applying, Decision, decide
from twin.aws.emulator.authorization.policy import Policy, read

__all__ = ["ACCOUNT", "QUEUE", "ROLE", "SEND", "SESSION", "allow", "asked", "deny", "policy"]

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/estate/case"
SESSION: Caller = role_session(ROLE, "task")
QUEUE = f"arn:aws:sqs:eu-west-2:{ACCOUNT}:cases"
SEND = "sqs:SendMessage"


def allow(action: Any = SEND, resource: Any = QUEUE, **elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **elements}


def deny(action: Any = SEND, resource: Any = QUEUE, **elements: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **elements}


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> Policy:
    return read("p", json.dumps({"Version": version, "Statement": list(statements)}))


def asked(
    applying: Applying,
    caller: Caller = SESSION,
    action: str = SEND,
    resource: str = QUEUE,
    **context: str,
) -> Decision:
    """The decision. Args: context: keys with ``__`` for the colon."""
    keys = {name.replace("__", ":"): value for name, value in context.items()}
    return decide(caller, Access(action, resource, keys), applying)
