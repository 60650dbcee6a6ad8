"""What outputs a resource type has, read from the Python package that defines it.

A provider plugin would send its schema; without one the SDK's own classes are the source: every output is a
typed property of the resource's class.
"""

import importlib
import inspect
import threading
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType, UnionType
from typing import Any, Union, get_args, get_origin

import pulumi
from pulumi import _types
from pulumi.runtime import rpc

from engine.exceptions import UnsupportedResource

__all__ = ["Kind", "computed_names", "output_kinds", "resource_class"]


class Kind(StrEnum):
    """How an output's value looks on the wire."""

    STRING = "string"
    OTHER = "other"


_IMPORTING = threading.RLock()
"""Two threads that import one package at the same time may see it half made."""


@cache
def resource_class(type_token: str) -> type[pulumi.CustomResource]:
    """The class that registers this type, e.g. of ``aws:ec2/vpc:Vpc``.

    Raises: UnsupportedResource: no installed Pulumi package defines the type.
    """
    package, module, _ = [*type_token.split(":"), "", ""][:3]
    _load(package, type_token)
    for candidate in rpc._RESOURCE_MODULES.get(f"{package}:{module}", []):
        information: dict[str, Any] = candidate.mod_info  # type: ignore[attr-defined]
        name = information["classes"].get(type_token)
        if name:
            with _IMPORTING:
                return getattr(importlib.import_module(information["fqn"]), name)
    raise UnsupportedResource(type_token)


@cache
def _load(package: str, type_token: str) -> None:
    """The Python package that defines a Pulumi package's types has been imported."""
    with _IMPORTING:
        try:
            importlib.import_module(f"pulumi_{package}")
        except ImportError:
            raise UnsupportedResource(type_token) from None


@cache
def output_kinds(type_token: str) -> Mapping[str, Kind]:
    """Each output's wire name (camelCase) and kind. Inputs are outputs too, as in every Pulumi resource."""
    declared = _types.resource_types(resource_class(type_token))
    return MappingProxyType({name: _kind(annotation) for name, annotation in declared.items()})


@cache
def computed_names(type_token: str) -> frozenset[str]:
    """The outputs that are no inputs: only what makes the resource can say them."""
    initializer = getattr(resource_class(type_token), "_internal_init", None)
    parameters = inspect.signature(initializer).parameters if initializer else ()
    inputs = {name.replace("_", "") for name in parameters}
    return frozenset(name for name in output_kinds(type_token) if name.lower() not in inputs)


def _kind(annotation: Any) -> Kind:
    if isinstance(annotation, str):
        return Kind.STRING if annotation in ("str", "Optional[str]", "_builtins.str") else Kind.OTHER
    if annotation is str:
        return Kind.STRING
    if get_origin(annotation) not in (Union, UnionType):
        return Kind.OTHER
    arguments = [argument for argument in get_args(annotation) if argument is not type(None)]
    return Kind.STRING if arguments == [str] else Kind.OTHER
