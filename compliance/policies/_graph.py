"""The plan's resources and who names whom, from Checkov's graph."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ._resource import Resource

__all__ = ["Graph", "graph_of"]


@dataclass(frozen=True, eq=False)
class Graph:
    """Every managed resource, by address."""

    resources: Mapping[str, Resource]

    def named_by(self, resource: Resource, kind: str = "") -> Sequence[Resource]:
        """What the resource refers to."""
        found = [self.resources[it] for it in resource.references if it in self.resources]
        return [it for it in found if it.kind.startswith(kind)]

    def naming(self, resource: Resource, kind: str = "") -> Sequence[Resource]:
        """What refers to the resource."""
        return [it for it in self._naming.get(resource.address, ()) if it.kind.startswith(kind)]

    def resolve(self, value: Any) -> Resource | None:
        """The resource of which a value is an attribute, such as ``aws_kms_key.main.arn``."""
        return self.resources.get(".".join(str(value).split(".")[:2]))

    def of_kind(self, kind: str) -> Sequence[Resource]:
        return [it for it in self.resources.values() if it.kind == kind]

    @cached_property
    def _naming(self) -> Mapping[str, Sequence[Resource]]:
        found: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources.values():
            for address in resource.references:
                found[address].append(resource)
        return found


_latest: tuple[Any, Graph] = (None, Graph({}))


def graph_of(checkov_graph: Any) -> Graph:
    """The graph that a check was given, read once for all checks of a scan."""
    global _latest
    if _latest[0] is not checkov_graph:
        _latest = (checkov_graph, _read(checkov_graph))
    return _latest[1]


def _read(checkov_graph: Any) -> Graph:
    found: dict[str, Resource] = {}
    for _, attributes in checkov_graph.nodes():
        if attributes.get("block_type_") != "resource":
            continue
        kind = attributes["resource_type"]
        for settings in attributes["config_"][kind].values():
            address = attributes["__address__"]
            found[address] = Resource(kind, address, settings)
    return Graph(found)
