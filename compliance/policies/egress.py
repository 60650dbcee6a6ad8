"""What leaves goes to somebody who was named."""

from collections.abc import Mapping
from typing import Any

from ._agency import agency
from ._graph import Graph
from ._policy import Policy
from ._resource import Resource
from .public_ingress import is_any_protocol, is_open_to_the_world

__all__ = ["Egress", "check"]

GROUP = "aws_security_group"
HTTPS = (443, 443)
FIRST_PORT, LAST_PORT = 1, 65535
"""Port 0 is none that anybody listens on. Source: RFC 6335, 6."""


class Egress(Policy):
    """Whoever gets into a task must find no way out with what it read.

    Partners have no addresses that the agency knows, so the services that the catalogue gives partners may call
    anybody, over HTTPS.
    """

    number = 11
    title = "Security groups let nothing out on every port, and only what calls partners out to the world"
    kinds = (GROUP, "aws_vpc_security_group_egress_rule", "aws_security_group_rule")

    def holds(self, resource: Resource, graph: Graph) -> bool | None:
        if resource.kind == "aws_security_group_rule" and resource.value("type") != "egress":
            return None
        blocks = resource.blocks("egress") if resource.kind == GROUP else [resource.settings]
        return not any(_is_any_port(it) or _is_astray(it, resource) for it in blocks)


def _is_astray(block: Mapping[str, Any], resource: Resource) -> bool:
    """Whether the rule lets out to the world what has nobody to call there."""
    may_call = resource.tags.get("service") in agency()["partner_services"] and _ports(block) == HTTPS
    return is_open_to_the_world(block) and not may_call


def _is_any_port(block: Mapping[str, Any]) -> bool:
    first, last = _ports(block)
    are_numbers = isinstance(first, int | float) and isinstance(last, int | float)
    return (are_numbers and first <= FIRST_PORT and last >= LAST_PORT) or is_any_protocol(block)


def _ports(block: Mapping[str, Any]) -> tuple[Any, Any]:
    rule = Resource("", "", block)
    return rule.value("from_port"), rule.value("to_port")


check = Egress()
