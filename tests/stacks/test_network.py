"""What the program declares lets everything pass that services and cells are told of."""

import json
from collections.abc import Iterator

import pytest

from tests.stacks.graph import Graph, Resource
from tests.stacks.network import declared_network
from twin.runtime.network.declared import Declared
from twin.runtime.network.reachability import closed_ways

Need = tuple[str, str]
"""Kind of way, and where to."""

ALWAYS = ("ecr.api", "ecr.dkr", "logs", "monitoring", "s3")
"""Services of AWS without which no task starts or tells its metrics."""

AWS_BY_KIND = {
    "buckets": "s3",
    "buses": "events",
    "queues": "sqs",
    "streams": "kinesis-streams",
    "topics": "sns",
}


@pytest.fixture(params=["", "-standby"], ids=["primary", "standby"])
def suffix(request: pytest.FixtureRequest, graph: Graph, environment: str) -> str:
    if not graph.of_type("aws:ecs/service:Service", f"services-{environment}{request.param}"):
        pytest.skip("stands in one region")
    return request.param


@pytest.fixture
def definitions(graph: Graph, environment: str, suffix: str) -> list[Resource]:
    return graph.of_type("aws:ecs/taskDefinition:TaskDefinition", f"services-{environment}{suffix}")


@pytest.fixture
def declared(graph: Graph, environment: str, suffix: str) -> Declared:
    return declared_network(graph, environment, is_standby=bool(suffix))


def needs(definition: Resource, services: set[str]) -> Iterator[Need]:
    """What the tasks are told to use. Args: services: that stand in the region."""
    container = json.loads(definition.inputs["containerDefinitions"])[0]
    told = {it["name"]: it["value"] for it in container["environment"]}
    stores = json.loads(told["ESTATE_STORES"])
    yield from (("mesh", it) for it in told["ESTATE_CALLS"].split(",") if it in services)
    yield from (("stores", f"database {it}") for it in stores.get("databases", {}))
    yield from (("stores", f"cache {it}") for it in stores.get("caches", {}))
    yield from (("aws", it) for it in ALWAYS)
    yield from (("aws", service) for kind, service in AWS_BY_KIND.items() if stores.get(kind))
    if "ESTATE_BENEFITS_PATH" in told or "ESTATE_PARTNERS_PATHS" in told:
        yield "aws", "ssm"
    if "ESTATE_PARTNERS_PATHS" in told:
        yield from (("aws", "secretsmanager"), ("internet", ""))


def test_every_service_reaches_what_it_is_told_of_from_every_zone(
    declared: Declared, definitions: list[Resource]
) -> None:
    closed = closed_ways(declared)
    names = {it.name for it in declared.services}
    zones = {subnet.zone for vpc in declared.vpcs for subnet in vpc.subnets}
    assert len(names) == len(definitions) > 0
    refused = [
        (it.inputs["family"], zone, kind, where)
        for it in definitions
        for kind, where in needs(it, names)
        for zone in sorted(zones)
        if (it.inputs["family"], zone, *([where] if where else [])) in getattr(closed, kind)
    ]
    assert refused == []


def test_people_reach_the_load_balancer_and_it_its_targets(declared: Declared) -> None:
    closed = closed_ways(declared)
    assert declared.balancers
    assert all(it.ports == {80, 443} for it in declared.balancers)
    assert declared.target_groups
    assert (closed.listeners, closed.targets) == (frozenset(), frozenset())


def test_a_service_reaches_no_service_and_no_store_that_it_is_not_told_of(
    declared: Declared, definitions: list[Resource]
) -> None:
    closed = closed_ways(declared)
    names = {it.name for it in declared.services}
    wanted = {(it.inputs["family"], *need) for it in definitions for need in needs(it, names)}
    zone = declared.vpcs[0].subnets[0].zone
    stores = [name for it in declared.stores for name in it.names]
    reached = {(name, "mesh", it) for name in names for it in names if (name, zone, it) not in closed.mesh}
    reached |= {
        (name, "stores", it) for name in names for it in stores if (name, zone, it) not in closed.stores
    }
    assert reached <= wanted


def test_only_who_calls_partners_reaches_the_internet(
    declared: Declared, definitions: list[Resource]
) -> None:
    names = {it.name for it in declared.services}
    partners = {it.inputs["family"] for it in definitions if ("internet", "") in set(needs(it, names))}
    assert names - {name for name, _ in closed_ways(declared).internet} == partners
