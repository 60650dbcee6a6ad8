"""What must outlive a zone stands in at least three."""

from collections.abc import Iterable

from ._graph import Graph
from ._policy import NotKnownYet, Policy
from ._resource import Resource

__all__ = ["ThreeZones", "check"]

FEWEST_ZONES = 3
SUBNETS_OF = {
    "aws_lb": ("subnets",),
    "aws_db_subnet_group": ("subnet_ids",),
    "aws_elasticache_subnet_group": ("subnet_ids",),
    "aws_ecs_service": ("network_configuration", "subnets"),
}
"""Where a type says in which subnets it stands."""


class ThreeZones(Policy):
    """With two zones, the loss of one leaves no majority and half of the capacity."""

    number = 1
    title = "Networks, load balancers, services and subnet groups stand in at least three zones"
    kinds = ("aws_vpc", *SUBNETS_OF)

    def holds(self, resource: Resource, graph: Graph) -> bool | None:
        if resource.kind == "aws_vpc":
            return _spread(graph.naming(resource, "aws_subnet"), 0)
        known = graph.named_by(resource, "aws_subnet")
        named = {it.address for it in known}
        given = resource.values(*SUBNETS_OF[resource.kind])
        elsewhere = {it for it in given if it and not _is_one_of(it, named)}
        return _spread(known, len(elsewhere))


def _is_one_of(value: object, addresses: set[str]) -> bool:
    return ".".join(str(value).split(".")[:2]) in addresses


def _spread(subnets: Iterable[Resource], elsewhere: int) -> bool:
    """Whether the subnets are in three zones. A subnet that names no zone is put into any, perhaps another's.

    Args: elsewhere: so many more subnets the plan does not show.
    Raises: NotKnownYet: it depends on those.
    """
    zones = {it.value("availability_zone") or it.value("availability_zone_id") for it in subnets} - {None}
    if len(zones) < FEWEST_ZONES <= len(zones) + elsewhere:
        raise NotKnownYet
    return len(zones) >= FEWEST_ZONES


check = ThreeZones()
