"""Writes `schema.json`: the output properties of every handled type.

For developers, after a row or pulumi-aws changes. Usage: ``python -m twin.aws.generate_schema``
"""

import importlib
import json
import pkgutil
from collections.abc import Iterable
from pathlib import Path

import pulumi_aws

from twin.aws import registry

__all__ = ["class_of", "generated", "output_properties"]

SCHEMA = Path(__file__).with_name("schema.json")


def class_of(type_token: str) -> type:
    """pulumi_aws's class of a type: ``pulumi_aws.ec2.Vpc`` of ``aws:ec2/vpc:Vpc``."""
    _, module, name = type_token.split(":")
    package = module.partition("/")[0]
    known = {found.name for found in pkgutil.iter_modules(pulumi_aws.__path__)}
    return getattr(
        importlib.import_module(f"pulumi_aws.{package if package in known else package + '_'}"),
        name,
    )


def output_properties(type_token: str) -> list[str]:
    """The names, as Pulumi's wire has them, of all properties that the class lets a program read."""
    members = vars(class_of(type_token)).values()
    getters = (member.fget for member in members if isinstance(member, property))
    return sorted(name for getter in getters if (name := getattr(getter, "_pulumi_name", None)))


def generated(types: Iterable[str]) -> str:
    """The content of the table."""
    table = {token: output_properties(token) for token in sorted(types)}
    return json.dumps(table, indent=1) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(generated(registry.resources()))
