"""Where a plan document has each resource: ``aws_sqs_queue.orders``."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from compliance.exceptions import UnmappedType
from compliance.graph import DeclaredResource
from compliance.names import NamesTable, TypeNames

__all__ = ["Place", "identifier", "places_of"]


@dataclass(frozen=True)
class Place:
    """Attributes: name: the part of the address after the type."""

    name: str
    names: TypeNames

    @property
    def type(self) -> str:
        return self.names.terraform

    @property
    def address(self) -> str:
        return f"{self.type}.{self.name}"


def places_of(resources: Iterable[DeclaredResource], table: NamesTable) -> Mapping[str, Place]:
    """Places by URN, in the resources' order. Those that would be the same get a part of their URN's hash.

    Raises: UnmappedType: a resource of a type that the table does not have.
    """
    plain = {it.urn: Place(identifier(it.name), _names(it, table)) for it in resources}
    count = Counter(it.address for it in plain.values())
    return {urn: it if count[it.address] == 1 else _told_apart(it, urn) for urn, it in plain.items()}


def _names(resource: DeclaredResource, table: NamesTable) -> TypeNames:
    names = table.of_type(resource.type)
    if names is None:
        raise UnmappedType(resource.type, resource.urn)
    return names


def identifier(name: str) -> str:
    """The name as Terraform allows names: letters, digits, ``_`` and ``-``, and no digit first."""
    allowed = re.sub(r"[^A-Za-z0-9_-]", "_", name)
    return allowed if re.match(r"[A-Za-z_]", allowed) else f"_{allowed}"


def _told_apart(place: Place, urn: str) -> Place:
    return Place(f"{place.name}_{hashlib.sha256(urn.encode()).hexdigest()[:8]}", place.names)
