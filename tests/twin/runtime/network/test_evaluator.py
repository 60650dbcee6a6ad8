"""What passes between the places of a VPC, by its routes and network ACLs."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.twin.runtime.network import documents
from tests.twin.runtime.network.documents import BLOCK, IGW_ROUTE, acl, block, entry, subnet_id, tcp
from twin.runtime.network.evaluator import CLOSED, closed_links
from twin.runtime.network.model import Traffic
from twin.runtime.network.reading import vpcs
from twin.runtime.zones import OUTSIDE, Place, Tier

A, B, C = documents.ZONES
PUBLIC, PRIVATE, DATA = Tier.PUBLIC, Tier.PRIVATE, Tier.DATA
TRAFFIC = Traffic({PUBLIC: frozenset({443}), PRIVATE: frozenset({8080}), DATA: frozenset({5432, 6379})})
ALL = {Place(zone, tier) for zone in documents.ZONES for tier in Tier}

Answers = dict[str, dict[str, Any]]
Pairs = set[tuple[Place, Place]]

AT_REST: Pairs = {(OUTSIDE, place) for place in ALL if place.tier is not PUBLIC} | {
    (place, OUTSIDE) for place in ALL if place.tier is DATA
}
"""Nobody outside reaches tasks and databases, and databases reach nobody outside."""


def evaluate(change: Callable[[Answers], None] | None = None, dead: tuple[str, ...] = ()) -> Pairs:
    """The pairs that are closed beyond those at rest."""
    answers = documents.answers()
    if change:
        change(answers)
    (vpc,) = vpcs("eu-west-2", *answers.values())
    closed = closed_links(vpc, TRAFFIC, dead)
    assert set(closed.values()) <= {CLOSED}
    assert set(closed) >= AT_REST
    return set(closed) - AT_REST


def swapped(subnet: str, *acls: dict[str, Any], to: str = "acl-deny-all") -> Callable[[Answers], None]:
    def change(answers: Answers) -> None:
        found = [*answers["describe_network_acls"]["NetworkAcls"], *acls]
        answers["describe_network_acls"]["NetworkAcls"] = documents.swap(found, subnet, to)

    return change


def around(*places: Place) -> Pairs:
    """Everything into and out of the places, but within each."""
    ends = ALL | {OUTSIDE}
    pairs = {(one, other) for one in ends for other in ends if one != other and {one, other} & set(places)}
    return pairs - AT_REST


def test_the_declared_network_lets_the_estate_s_traffic_pass() -> None:
    assert evaluate() == set()


def test_the_default_vpc_is_none_of_the_estate_s() -> None:
    assert [vpc.id for vpc in vpcs("eu-west-2", *documents.answers().values())] == ["vpc-1"]


@pytest.mark.parametrize("tier", [PRIVATE, DATA])
def test_a_deny_all_acl_cuts_its_subnet_off_but_not_within(tier: Tier) -> None:
    assert evaluate(swapped(subnet_id(tier, A))) == around(Place(A, tier))


def test_a_cut_public_subnet_takes_its_nat_gateway_s_zone_off_the_internet() -> None:
    expected = around(Place(A, PUBLIC)) | {(Place(A, PRIVATE), OUTSIDE)}
    assert evaluate(swapped(subnet_id(PUBLIC, A))) == expected


def test_the_default_acl_that_a_subnet_falls_back_to_cuts_it_off() -> None:
    def forget(answers: Answers) -> None:
        for document in answers["describe_network_acls"]["NetworkAcls"]:
            document["Associations"] = [
                it for it in document["Associations"] if it["SubnetId"] != subnet_id(DATA, B)
            ]

    assert evaluate(forget) == around(Place(B, DATA))


def test_answers_need_a_rule_of_their_own() -> None:
    one_way = acl(
        "one-way",
        [],
        [
            entry(100, BLOCK, "allow", egress=False),
            entry(100, BLOCK, "allow", egress=True, **tcp(5432, 6379)),
        ],
    )
    # The data tier answers nobody; among themselves a database's own requests pass, and their answers do not.
    closed = evaluate(swapped(subnet_id(DATA, A), one_way, to="one-way"))
    assert {(Place(zone, PRIVATE), Place(A, DATA)) for zone in documents.ZONES} <= closed
    assert (Place(B, DATA), Place(A, DATA)) in closed
    assert (Place(A, DATA), Place(B, DATA)) not in closed


def test_other_zones_are_denied_and_the_own_is_not() -> None:
    """As AWS FIS does it in the scope availability-zone."""
    others = [block(tier, zone) for tier in documents.TIERS for zone in (B, C)]
    denied = [
        entry(n, cidr, "deny", egress=egress) for egress in (False, True) for n, cidr in enumerate(others, 1)
    ]
    isolated = acl("isolated", [], [*denied, *documents.RULES["private"]])
    closed = evaluate(swapped(subnet_id(PRIVATE, A), isolated, to="isolated"))
    here = Place(A, PRIVATE)
    there = {Place(zone, tier) for zone in (B, C) for tier in Tier}
    assert closed == {(here, it) for it in there} | {(it, here) for it in there}


@pytest.mark.parametrize("port", [5432, 6379])
def test_one_denied_port_of_a_tier_closes_the_pair(port: int) -> None:
    denied = entry(10, block("private", A), "deny", egress=False, **tcp(port, port))
    guarded = acl("guarded", [], [denied, *documents.RULES["data"]])
    closed = evaluate(swapped(subnet_id(DATA, A), guarded, to="guarded"))
    assert closed == {(Place(A, PRIVATE), Place(A, DATA))}


def test_the_route_within_the_vpc_needs_no_table() -> None:
    def forget(answers: Answers) -> None:
        answers["describe_route_tables"]["RouteTables"] = []

    closed = evaluate(forget)
    assert closed == {(OUTSIDE, Place(zone, PUBLIC)) for zone in documents.ZONES} | {
        (Place(zone, tier), OUTSIDE) for zone in documents.ZONES for tier in (PUBLIC, PRIVATE)
    }


def of_table(subnet: str, **members: Any) -> Callable[[Answers], None]:
    """The subnet's route table has other members."""

    def change(answers: Answers) -> None:
        for it in answers["describe_route_tables"]["RouteTables"]:
            if any(one.get("SubnetId") == subnet for one in it["Associations"]):
                it.update(members)

    return change


@pytest.mark.parametrize(
    "routes",
    [
        pytest.param([], id="no route"),
        pytest.param([documents.nat_route(A, State="blackhole")], id="a black hole"),
        pytest.param([documents.nat_route("eu-west-2z")], id="a gateway that is gone"),
        pytest.param(
            [
                documents.nat_route(A),
                {**documents.nat_route("eu-west-2z"), "DestinationCidrBlock": "198.51.0.0/16"},
            ],
            id="a more specific route to nowhere",
        ),
    ],
)
def test_without_a_route_that_works_a_zone_s_tasks_are_off_the_internet(routes: list[dict[str, Any]]) -> None:
    assert evaluate(of_table(subnet_id(PRIVATE, A), Routes=routes)) == {(Place(A, PRIVATE), OUTSIDE)}


def test_a_subnet_without_a_table_of_its_own_has_the_main_one() -> None:
    def change(answers: Answers) -> None:
        tables = answers["describe_route_tables"]["RouteTables"]
        tables[0]["Routes"].append(IGW_ROUTE)
        for it in tables[1:]:
            it["Associations"] = [
                one for one in it["Associations"] if one["SubnetId"] != subnet_id(PUBLIC, A)
            ]

    assert evaluate(change) == set()


def test_a_nat_gateway_is_of_no_use_while_its_zone_is_dead() -> None:
    def share(answers: Answers) -> None:
        for zone in (B, C):
            of_table(subnet_id(PRIVATE, zone), Routes=[documents.nat_route(A)])(answers)

    assert evaluate(share) == set()
    assert evaluate(share, dead=(A,)) == {(Place(zone, PRIVATE), OUTSIDE) for zone in documents.ZONES}


def test_a_public_subnet_that_lets_no_reply_in_reaches_nobody_outside() -> None:
    rules = [it for it in documents.RULES["public"] if it["RuleNumber"] != 130 or it["Egress"]]
    closed = evaluate(swapped(subnet_id(PUBLIC, A), acl("deaf", [], rules), to="deaf"))
    assert closed == {(Place(A, PUBLIC), OUTSIDE), (Place(A, PRIVATE), OUTSIDE)}


def test_rules_for_addresses_elsewhere_do_not_matter() -> None:
    rules = [entry(1, "203.0.113.0/24", "deny", egress=False), *documents.RULES["public"]]
    assert evaluate(swapped(subnet_id(PUBLIC, A), acl("picky", [], rules), to="picky")) == set()


def test_a_subnet_without_a_tier_tag_is_known_by_its_routes() -> None:
    def strip(answers: Answers) -> None:
        for it in answers["describe_subnets"]["Subnets"]:
            it.pop("Tags", None)

    answers = documents.answers()
    strip(answers)
    (vpc,) = vpcs("eu-west-2", *answers.values())
    assert {subnet.id: subnet.tier for subnet in vpc.subnets} == {
        subnet_id(tier, zone): tier for tier in Tier for zone in documents.ZONES
    }
