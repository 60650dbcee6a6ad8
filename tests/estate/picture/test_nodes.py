"""Which parts an estate is drawn as."""

import pytest

from estate.picture.edges import benefits_by_service
from estate.picture.model import Node, NodeKind, Picture, Region
from estate.picture.nodes import draw
from estate.picture.parts import Parts
from estate.picture.reading import read
from stacks.names import Layer
from tests.estate.picture.sample import (
    PRIMARY,
    STANDBY,
    Program,
    edge,
    network,
    queue,
    route,
    service,
    small,
)

ZONES = (f"{PRIMARY}a", f"{PRIMARY}b", f"{PRIMARY}c")


def picture_of(*programs: Program) -> Picture:
    return read("test", [it.stack for it in programs])


def test_the_small_estate_is_drawn_as_these_parts() -> None:
    assert [node.id for node in read("test", small()).nodes] == [
        "primary/cell/families",
        "primary/database/core",
        "primary/database/core/core-1",
        "primary/database/core/core-2",
        "primary/database/core/core-3",
        "primary/edge/edge",
        "primary/network/network",
        *(f"primary/network/network/data-{zone}" for zone in ZONES),
        f"primary/network/network/nat-{PRIMARY}a",
        *(f"primary/network/network/private-{zone}" for zone in ZONES),
        *(f"primary/network/network/public-{zone}" for zone in ZONES),
        "primary/other/foundation-detector",
        "primary/other/services-listener-rule",
        "primary/other/services-role-policy",
        "primary/other/services-security-group-egress-rule",
        "primary/queue/benefits-of-families",
        "primary/queue/benefits-of-families/dead-letters",
        "primary/queue/case-work",
        "primary/queue/case-work/dead-letters",
        "primary/service/case",
    ]


def test_a_service_to_which_benefits_are_routed_is_a_cell_that_holds_them() -> None:
    assert read("test", small()).node_by_id["primary/cell/families"] == Node(
        id="primary/cell/families",
        label="families",
        layer=Layer.SERVICES,
        kind=NodeKind.CELL,
        region=PRIMARY,
        zones=ZONES,
        count=3,
        limits=(3, 9),
        holds=("grant", "heating"),
    )


def test_a_service_stands_in_the_zones_of_its_subnets() -> None:
    foundation, services = Program(Layer.FOUNDATION), Program(Layer.SERVICES)
    service(services, "case", network(foundation)[1:])

    assert picture_of(foundation, services).node_by_id["primary/service/case"].zones == ZONES[1:]


def test_database_instances_are_in_their_own_zones() -> None:
    picture = read("test", small())

    database = picture.node_by_id["primary/database/core"]
    assert [(it.id.rpartition("/")[2], it.label, it.zone) for it in picture.parts(database)] == [
        ("core-1", "db.t4g.medium", ZONES[0]),
        ("core-2", "db.t4g.medium", ZONES[1]),
        ("core-3", "db.t4g.medium", ZONES[2]),
    ]


def test_cache_nodes_are_in_the_zones_that_are_preferred() -> None:
    data = Program(Layer.DATA)
    cache = data.component("estate:data:Cache", "cache-sessions")
    data.resource(
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "cache-sessions-cache",
        cache,
        replicationGroupId="sessions",
        preferredCacheClusterAzs=["eu-west-2c", "eu-west-2a"],
        nodeType="cache.t4g.micro",
    )
    picture = picture_of(data)

    parts = picture.parts(picture.node_by_id["primary/cache/sessions"])
    assert [(it.id.rpartition("/")[2], it.zone) for it in parts] == [
        ("sessions-001", "eu-west-2c"),
        ("sessions-002", "eu-west-2a"),
    ]


def test_queues_of_partners_are_one_part_a_service_with_their_dead_letters() -> None:
    data = Program(Layer.DATA)
    for partner, owner in (("dwp", "government"), ("hmrc", "government"), ("fife", "health")):
        queue(data, f"partner-{partner}", partner=partner, service=f"exchange-{owner}")

    assert [(it.name, it.count, it.holds) for it in picture_of(data).nodes] == [
        ("queues of partners of exchange-government", 2, ("dwp", "hmrc")),
        ("dead letters of queues of partners of exchange-government", 2, ()),
        ("queues of partners of exchange-health", 1, ("fife",)),
        ("dead letters of queues of partners of exchange-health", 1, ()),
    ]


def test_queues_of_benefits_that_no_cell_serves_here_are_one_part() -> None:
    data = Program(Layer.DATA, is_standby=True)
    for benefit in ("grant", "heating"):
        queue(data, f"benefit-{benefit}", benefit=benefit)

    found = [it for it in picture_of(data).nodes if it.part_of is None]
    assert [(it.label, it.count) for it in found] == [("benefits", 2)]


def test_the_same_benefit_is_held_by_the_cell_of_each_region() -> None:
    programs = [
        Program(layer, standby) for standby in (False, True) for layer in (Layer.PLATFORM, Layer.SERVICES)
    ]
    for platform, services in (programs[:2], programs[2:]):
        route(services, edge(platform), service(services, "cell-families", []), "grant", benefit="grant")
    picture = picture_of(*programs)

    assert [(it.id, it.region) for it in picture.nodes if it.kind is NodeKind.CELL] == [
        ("primary/cell/families", PRIMARY),
        ("standby/cell/families", STANDBY),
    ]


@pytest.mark.parametrize(
    ("type_token", "label"),
    [
        ("estate:foundation:PersonRole", "person role"),
        ("estate:services:Benefit", "benefit"),
        ("estate:later:SomethingNew", "something new"),
    ],
)
def test_components_of_any_other_kind_are_counted_by_what_they_are(type_token: str, label: str) -> None:
    foundation = Program(Layer.FOUNDATION)
    for name in ("one", "two"):
        parent = foundation.component(type_token, name)
        foundation.resource("aws:iam/role:Role", f"{name}-role", parent)

    assert [(it.label, it.count) for it in picture_of(foundation).nodes] == [(label, 2)]


def test_every_resource_of_aws_is_behind_exactly_one_part() -> None:
    stacks = small()
    parts = Parts(stacks)
    drawn = [part for it in draw(parts, benefits_by_service(parts)) for part in it.parts]

    behind = sorted(member.urn for part in drawn for member in part.members)
    assert behind == sorted(each.urn for stack in stacks for each in stack.registrations)


def test_regions_are_those_of_the_stacks_with_the_zones_of_their_networks() -> None:
    here, there = Program(Layer.FOUNDATION), Program(Layer.FOUNDATION, is_standby=True)
    network(here)
    network(there, zones=("a", "b"))

    assert picture_of(there, here).regions == (
        Region(PRIMARY, "primary", ZONES),
        Region(STANDBY, "standby", (f"{STANDBY}a", f"{STANDBY}b")),
    )


def test_an_order_of_registration_changes_nothing() -> None:
    stacks = small()
    for stack in stacks:
        assert isinstance(stack.registrations, list)
        stack.registrations.reverse()

    assert read("test", reversed(stacks)) == read("test", small())


def test_a_secret_is_in_no_node() -> None:
    services = Program(Layer.SERVICES)
    made = service(services, "case", [])
    services.resource(
        "aws:ecs/taskDefinition:TaskDefinition", "case-task", made.component, containerDefinitions="hunter2"
    )
    data = Program(Layer.DATA)
    secret = data.component("estate:data:Secret", "partner-secret")
    data.resource("aws:secretsmanager/secretVersion:SecretVersion", "v", secret, secretString="hunter2")

    assert "hunter2" not in str([it.to_json() for it in picture_of(services, data).nodes])


def test_a_nodes_document_has_only_what_is_known_of_it() -> None:
    foundation = Program(Layer.FOUNDATION)
    network(foundation, zones=("a",))
    picture = picture_of(foundation)

    assert [it.to_json() for it in picture.nodes if it.kind is NodeKind.NAT] == [
        {
            "id": f"primary/network/network/nat-{PRIMARY}a",
            "label": "NAT gateway",
            "layer": "foundation",
            "kind": "nat",
            "region": PRIMARY,
            "zone": f"{PRIMARY}a",
            "part_of": "primary/network/network",
        }
    ]
