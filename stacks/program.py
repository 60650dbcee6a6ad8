"""Declares the stack that Pulumi asks for."""

from collections.abc import Callable, Mapping

import pulumi

from catalogue import load_catalogue
from stacks.context import StackContext
from stacks.layers import data, foundation, platform, recovery, services
from stacks.names import Layer, StackName

__all__ = ["deploy"]

_LAYERS: Mapping[Layer, Callable[[StackContext], None]] = {
    Layer.FOUNDATION: foundation.declare,
    Layer.DATA: data.declare,
    Layer.PLATFORM: platform.declare,
    Layer.SERVICES: services.declare,
    Layer.RECOVERY: recovery.declare,
}


def deploy() -> None:
    """Everything of the present stack is registered.

    Raises: ValueError: the stack's name is none of this project's. catalogue.CatalogueError. ConfigMismatch: the
        stack's configuration contradicts the catalogue.
    """
    name = StackName.parse(pulumi.get_stack())
    context = StackContext(name, load_catalogue().estate(name.environment))
    context.check_configuration()
    _LAYERS[name.layer](context)
