"""What is spread over three zones."""

import pytest

from catalogue import Catalogue
from tests.stacks.graph import Graph

INSTANCE = "aws:rds/clusterInstance:ClusterInstance"


@pytest.fixture
def zones(environment: str, real: Catalogue) -> tuple[str, ...]:
    return real.environments[environment].primary.zones


def private_subnets(graph: Graph, stack: str, zones: tuple[str, ...]) -> list[str]:
    return [
        graph.one("aws:ec2/subnet:Subnet", f"network-private-{zone}", stack).output("id") for zone in zones
    ]


def test_every_service_and_cell_of_the_catalogue_stands_in_the_primary_region_in_three_private_subnets(
    graph: Graph, environment: str, real: Catalogue, zones: tuple[str, ...]
) -> None:
    estate = real.estate(environment)
    services = graph.of_type("aws:ecs/service:Service", f"services-{environment}")
    subnets = private_subnets(graph, f"foundation-{environment}", zones)

    assert sorted(it.inputs["name"] for it in services) == sorted(
        [*estate.services, *(f"cell-{name}" for name in estate.cells)]
    )
    for service in services:
        assert service.inputs["networkConfiguration"]["subnets"] == subnets
        assert service.inputs["networkConfiguration"]["assignPublicIp"] is False
        assert service.inputs["availabilityZoneRebalancing"] == "ENABLED"


def test_every_database_has_its_writer_and_two_readers_in_three_zones(
    graph: Graph, environment: str, real: Catalogue, zones: tuple[str, ...]
) -> None:
    members: dict[str, list[str]] = {}
    for it in graph.of_type(INSTANCE, f"data-{environment}"):
        members.setdefault(it.inputs["clusterIdentifier"], []).append(it.inputs["availabilityZone"])

    assert members == {name: list(zones) for name in real.estate(environment).databases}


def test_every_cache_has_a_node_a_zone_and_fails_over_by_itself(
    graph: Graph, environment: str, real: Catalogue, zones: tuple[str, ...]
) -> None:
    caches = graph.of_type("aws:elasticache/replicationGroup:ReplicationGroup", f"data-{environment}")

    assert [it.inputs["replicationGroupId"] for it in caches] == list(real.estate(environment).caches)
    for cache in caches:
        assert cache.inputs["numCacheClusters"] == len(zones)
        assert (cache.inputs["automaticFailoverEnabled"], cache.inputs["multiAzEnabled"]) == (True, True)


def test_every_zone_has_its_own_way_out(graph: Graph, environment: str, zones: tuple[str, ...]) -> None:
    stack = f"foundation-{environment}"
    assert [it.name for it in graph.of_type("aws:ec2/natGateway:NatGateway", stack)] == [
        f"network-nat-{zone}" for zone in zones
    ]
