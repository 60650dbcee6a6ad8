"""Uniform resource names: ``urn:pulumi:<stack>::<project>::<qualified type>::<name>``."""

__all__ = ["STACK_TYPE", "name_of", "provider_of", "stack_of", "type_of", "urn_for"]

STACK_TYPE = "pulumi:pulumi:Stack"


def urn_for(stack: str, project: str, parent: str, type_token: str, name: str) -> str:
    """The URN under a parent's URN ('' for the root). The stack itself does not count into the qualified type."""
    if parent:
        parent_type = parent.split("::")[2]
        if parent_type != STACK_TYPE:
            type_token = f"{parent_type}${type_token}"
    return f"urn:pulumi:{stack}::{project}::{type_token}::{name}"


def stack_of(urn: str) -> str:
    return urn.split("::")[0].rsplit(":", 1)[1]


def type_of(urn: str) -> str:
    """The resource's own type, without its parents'."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def name_of(urn: str) -> str:
    return urn.split("::", 3)[3]


def provider_of(reference: str) -> str:
    """The provider's URN in a reference ``<urn>::<id>``."""
    return reference.rsplit("::", 1)[0]
