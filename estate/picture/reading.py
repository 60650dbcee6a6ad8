"""Reads a picture out of what an estate's programs register."""

from collections.abc import Iterable

from estate.picture.edges import benefits_by_service, edges
from estate.picture.model import Node, NodeKind, Picture, Region
from estate.picture.nodes import draw
from estate.picture.parts import Parts, Stack

__all__ = ["read"]


def read(environment: str, stacks: Iterable[Stack]) -> Picture:
    """The picture of everything that the stacks register; the same for the same stacks."""
    parts = Parts(stacks)
    drawn = draw(parts, benefits_by_service(parts))
    id_by_urn = {part.urn: it.node.id for it in drawn for part in it.parts}
    nodes = tuple(sorted((it.node for it in drawn), key=lambda node: node.id))
    return Picture(
        environment=environment,
        resource_count=sum(len(stack.registrations) for stack in parts.stacks),
        stack_count=len(parts.stacks),
        regions=_regions(parts.stacks, nodes),
        nodes=nodes,
        edges=edges(parts, id_by_urn),
    )


def _regions(stacks: Iterable[Stack], nodes: Iterable[Node]) -> tuple[Region, ...]:
    zones_by_region = {it.region: it.zones for it in nodes if it.kind is NodeKind.NETWORK}
    role_by_region = {stack.region: stack.role for stack in stacks}
    return tuple(
        Region(name, role, zones_by_region.get(name, ()))
        for name, role in sorted(role_by_region.items(), key=lambda it: it[1])
    )
