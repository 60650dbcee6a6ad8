"""A resource graph put together by hand, and the tools that the analyses ask."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from compliance.analyses.tools import Toolbox
from engine.resource import Registration, Source

__all__ = ["ACCOUNT", "PROJECT", "TODAY", "TOOLS", "allow", "policy", "registration", "role", "role_policy"]

PROJECT = Path(__file__).parents[3]
TOOLS = Toolbox.of(PROJECT)
TODAY = date(2026, 6, 1)
ACCOUNT = "123456789012"


def registration(
    type_token: str, name: str, inputs: Mapping[str, Any], *, line: int = 1, **known: Any
) -> Registration:
    return Registration(
        urn=f"urn:pulumi:test::estate::{type_token}::{name}",
        type=type_token,
        name=name,
        parent="",
        custom=True,
        inputs=inputs,
        trace=(Source("/program/stack.py", line),),
        **known,
    )


def allow(actions: str | Sequence[str], resources: Any = "*", **elements: Any) -> dict[str, Any]:
    return {"Sid": "It", "Effect": "Allow", "Action": actions, "Resource": resources, **elements}


def policy(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def role(name: str, *trust: Mapping[str, Any]) -> Registration:
    return registration("aws:iam/role:Role", name, {"assumeRolePolicy": policy(*trust)}, line=10)


def role_policy(name: str, of: Registration, *statements: Mapping[str, Any], line: int = 20) -> Registration:
    return registration(
        "aws:iam/rolePolicy:RolePolicy",
        name,
        {"role": of.name, "policy": policy(*statements)},
        line=line,
        property_dependencies={"role": (of.urn,)},
    )
