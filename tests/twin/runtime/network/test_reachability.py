"""What a new connection does not get through: what each rule, endpoint and route is for closes with it."""

from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

import pytest

from tests.twin.runtime.network import documents
from tests.twin.runtime.network.documents import (
    ANYWHERE,
    PRIMARY,
    READER,
    WRITER,
    ZONES,
    Document,
    allow,
    entry,
    subnet_id,
    tcp,
)
from tests.twin.runtime.network.reading import Answers, Change, group_of, read, without
from twin.runtime.network.aws_hosts import ENDPOINT_SERVICES
from twin.runtime.network.reachability import closed_ways, endpoints_passed
from twin.runtime.network.ways import ClosedWays

A, B, C = ZONES
BOTH = ("case", "portal")


def everywhere(*keys: tuple[Any, ...]) -> frozenset[Any]:
    """The keys, whose second member is a zone, in every zone."""
    return frozenset((first, zone, *rest) for first, *rest in keys for zone in ZONES)


AT_REST = ClosedWays(
    mesh=everywhere(("portal", "portal"), ("case", "portal"), ("case", "case")),
    aws=everywhere(*(("portal", it) for it in ENDPOINT_SERVICES if it not in (*documents.ENDPOINTS, "s3"))),
    internet=everywhere(("portal",)),
    stores=everywhere(("case", PRIMARY)),
)
"""Nobody calls the portal, case uses no cache, and the portal may not go to the internet, where DynamoDB is too."""


def beyond_rest(*changes: Change, dead: tuple[str, ...] = ()) -> dict[str, frozenset[Any]]:
    """What is closed beyond what is closed at rest."""
    found = closed_ways(read(*changes), dead)
    names = ClosedWays.__dataclass_fields__
    assert all(getattr(found, it) >= getattr(AT_REST, it) for it in names)
    return {it: more for it in names if (more := getattr(found, it) - getattr(AT_REST, it))}


def test_what_is_declared_passes_and_nothing_else() -> None:
    assert closed_ways(read()) == AT_REST


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(
            without("portal", "outbound", 0),
            {"mesh": everywhere(("portal", "case"))},
            id="caller's mesh rule",
        ),
        pytest.param(
            without("case", "inbound", 0), {"mesh": everywhere(("portal", "case"))}, id="callee's mesh rule"
        ),
        pytest.param(
            without("portal", "outbound", 1),
            {"stores": everywhere(("portal", WRITER), ("portal", READER))},
            id="caller's database rule",
        ),
        pytest.param(
            without("database", "inbound", 1),
            {"stores": everywhere(("case", WRITER), ("case", READER))},
            id="database's rule",
        ),
        pytest.param(
            without("cache", "inbound", 0), {"stores": everywhere(("portal", PRIMARY))}, id="cache's rule"
        ),
        pytest.param(
            without("portal", "outbound", 3),
            {"aws": everywhere(*(("portal", it) for it in documents.ENDPOINTS))},
            id="rule to endpoints",
        ),
        pytest.param(
            without("endpoints", "inbound", 0),
            {"aws": everywhere(*((name, it) for it in documents.ENDPOINTS for name in BOTH))},
            id="endpoints' rule",
        ),
        pytest.param(
            without("portal", "outbound", 4),
            {"aws": everywhere(("portal", "s3"))},
            id="rule to a prefix list",
        ),
        pytest.param(
            without("portal", "inbound", 0),
            {"targets": frozenset((zone, "portal", 8080) for zone in ZONES)},
            id="target's rule",
        ),
        pytest.param(
            without("balancer", "outbound", 0),
            {"targets": frozenset((zone, "portal", 8080) for zone in ZONES)},
            id="load balancer's rule to targets",
        ),
        pytest.param(
            without("balancer", "inbound", 0),
            {"listeners": frozenset((zone, 443) for zone in ZONES)},
            id="load balancer's rule for people",
        ),
    ],
)
def test_a_rule_that_is_taken_away_closes_what_it_is_for(
    change: Change, expected: dict[str, frozenset[Any]]
) -> None:
    assert beyond_rest(change) == expected


def test_without_egress_to_anywhere_partners_and_aws_without_endpoints_are_away() -> None:
    over_internet = {it for it in ENDPOINT_SERVICES if it not in (*documents.ENDPOINTS, "s3")}
    assert beyond_rest(without("case", "outbound", 0)) == {
        "aws": everywhere(*(("case", it) for it in over_internet)),
        "internet": everywhere(("case",)),
    }


def dropped(service: str, operation: str, member: str, number: int) -> Change:
    def change(answers: Answers) -> None:
        del answers[service, operation][member][number]

    return change


def without_endpoint(name: str) -> Change:
    number = documents.ENDPOINTS.index(name) if name != "s3" else len(documents.ENDPOINTS)
    return dropped("ec2", "describe_vpc_endpoints", "VpcEndpoints", number)


def test_calls_of_aws_pass_by_the_endpoint_to_which_the_usual_name_leads() -> None:
    named = {(name, zone, it): f"vpce-{it}" for name in BOTH for zone in ZONES for it in documents.ENDPOINTS}
    gateway = {(name, zone, "s3"): "vpce-s3" for name in BOTH for zone in ZONES}
    assert endpoints_passed(read()) == named | gateway


@pytest.mark.parametrize("name", [*documents.ENDPOINTS, "s3"])
def test_what_has_no_endpoint_any_more_passes_by_none(name: str) -> None:
    assert name not in {it for _, _, it in endpoints_passed(read(without_endpoint(name)))}


@pytest.mark.parametrize("name", [*documents.ENDPOINTS, "s3"])
def test_without_its_endpoint_a_service_is_reached_over_the_internet_by_whom_may(name: str) -> None:
    assert beyond_rest(without_endpoint(name)) == {"aws": everywhere(("portal", name))}


def endpoint(name: str, **members: Any) -> Change:
    def change(answers: Answers) -> None:
        found = answers["ec2", "describe_vpc_endpoints"]["VpcEndpoints"]
        next(it for it in found if it["VpcEndpointId"] == f"vpce-{name}").update(members)

    return change


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"PrivateDnsEnabled": False}, id="without private DNS"),
        pytest.param({"State": "pending"}, id="not available"),
        pytest.param({"VpcId": "vpc-0"}, id="of another VPC"),
        pytest.param(
            {"DnsOptions": {"PrivateDnsOnlyForInboundResolverEndpoint": True}}, id="with DNS for others"
        ),
    ],
)
def test_an_endpoint_that_the_usual_name_does_not_lead_to_serves_nobody(members: dict[str, Any]) -> None:
    assert beyond_rest(endpoint("sqs", **members)) == {"aws": everywhere(("portal", "sqs"))}


def test_who_is_refused_by_an_endpoint_is_not_led_over_the_internet_instead() -> None:
    """Case may go to the internet."""
    refused = endpoint("sqs", Groups=[{"GroupId": "sg-case"}])
    assert beyond_rest(refused) == {"aws": everywhere(("portal", "sqs"), ("case", "sqs"))}


def test_a_gateway_endpoint_is_for_subnets_of_its_route_tables() -> None:
    tables = [f"rtb-private-{zone[-1]}" for zone in (B, C)]
    assert beyond_rest(endpoint("s3", RouteTableIds=tables)) == {"aws": {("portal", A, "s3")}}


def test_an_endpoint_without_an_interface_in_the_zone_is_reached_in_another_one() -> None:
    elsewhere = endpoint("sqs", SubnetIds=[subnet_id("private", B)])
    assert beyond_rest(elsewhere) == {}
    assert beyond_rest(elsewhere, dead=(B,))["aws"] >= {
        (name, zone, "sqs") for name in BOTH for zone in (A, C)
    }


def test_where_the_endpoint_has_an_interface_in_the_zone_only_that_one_counts() -> None:
    """Assumed: the name leads to it."""

    def narrow(answers: Answers) -> None:
        rule = allow(443, cidr=documents.block("private", B))
        group_of(answers, "portal")["IpPermissionsEgress"][3] = rule

    assert beyond_rest(narrow) == {
        "aws": frozenset(("portal", zone, it) for zone in (A, C) for it in documents.ENDPOINTS)
    }


def cut_off(zone: str) -> Change:
    def change(answers: Answers) -> None:
        found = answers["ec2", "describe_network_acls"]["NetworkAcls"]
        documents.swap(found, subnet_id("private", zone), "acl-deny-all")

    return change


def test_an_endpoint_in_another_zone_is_behind_both_zones_acls() -> None:
    elsewhere = endpoint("sqs", SubnetIds=[subnet_id("private", B)])
    closed = beyond_rest(elsewhere, cut_off(B))["aws"]
    assert {(name, zone) for name, zone, it in closed if it == "sqs"} == {
        (name, zone) for name in BOTH for zone in (A, C)
    }


def test_a_zone_behind_a_deny_all_acl_reaches_endpoints_in_its_own_subnet_only() -> None:
    """Source: VPC user guide, "Network ACL basics": an ACL is not asked within its subnet."""

    closed = beyond_rest(cut_off(A))
    assert closed["internet"] == {("case", A)}
    assert {service for _, _, service in closed["aws"]}.isdisjoint(documents.ENDPOINTS)
    assert {("portal", A, "s3"), ("case", A, "s3")} <= closed["aws"]


def test_the_way_to_a_gateway_endpoint_needs_a_rule_for_answers() -> None:
    """Network ACLs are stateless, also for S3."""

    def deafen(answers: Answers) -> None:
        found = answers["ec2", "describe_network_acls"]["NetworkAcls"]
        acl = next(it for it in found if it["NetworkAclId"] == "acl-private")
        acl["Entries"] = [it for it in acl["Entries"] if it["Egress"] or it["RuleNumber"] != 110]

    closed = beyond_rest(deafen)
    assert closed["aws"] >= everywhere(("portal", "s3"), ("case", "s3"))
    assert closed["internet"] == everywhere(("case",))


def test_without_a_route_to_a_nat_gateway_a_zone_keeps_its_endpoints() -> None:
    def close(answers: Answers) -> None:
        for it in answers["ec2", "describe_route_tables"]["RouteTables"]:
            if it.get("RouteTableId") == "rtb-private-a":
                it["Routes"] = it["Routes"][:1]

    closed = beyond_rest(close)
    assert closed["internet"] == {("case", A)}
    assert {(name, zone) for name, zone, _ in closed["aws"]} == {("case", A)}
    assert {service for *_, service in closed["aws"]}.isdisjoint({*documents.ENDPOINTS, "s3"})


def test_tasks_without_public_addresses_reach_nobody_by_an_internet_gateway() -> None:
    def move(public: str) -> Change:
        def change(answers: Answers) -> None:
            network = answers["ecs", "describe_services"]["services"][1]["networkConfiguration"]
            subnets = [subnet_id("public", zone) for zone in ZONES]
            network["awsvpcConfiguration"].update(subnets=subnets, assignPublicIp=public)

        return change

    assert ("case", A) in closed_ways(read(move("DISABLED"))).internet
    assert ("case", A) not in closed_ways(read(move("ENABLED"))).internet


@pytest.mark.parametrize(
    ("rule", "is_open"),
    [
        pytest.param(allow(5432, cidr=documents.BLOCK), True, id="the whole VPC"),
        pytest.param(allow(5432, cidr=documents.block("data", A)), False, id="one of three subnets"),
        pytest.param(allow(5433, group="sg-database"), False, id="another port"),
        pytest.param({**allow(5432, group="sg-database"), "IpProtocol": "udp"}, False, id="another protocol"),
        pytest.param({**allow(0, group="sg-database"), "IpProtocol": "-1"}, True, id="all protocols"),
        pytest.param({**allow(5000, group="sg-database"), "ToPort": 6000}, True, id="a range"),
        pytest.param(allow(5432, group="sg-cache"), False, id="another group"),
    ],
)
def test_a_rule_counts_for_its_peer_protocol_and_ports(rule: Document, is_open: bool) -> None:
    def put(answers: Answers) -> None:
        group_of(answers, "portal")["IpPermissionsEgress"][1] = rule

    assert (("portal", A, WRITER) not in closed_ways(read(put)).stores) is is_open


def test_blocks_of_several_rules_count_together() -> None:
    def put(answers: Answers) -> None:
        halves = (half for zone in ZONES for half in IPv4Network(documents.block("data", zone)).subnets())
        rules = [allow(5432, cidr=str(half)) for half in halves]
        group_of(answers, "portal")["IpPermissionsEgress"][1:2] = rules

    assert beyond_rest(put) == {}


def test_a_prefix_list_of_one_s_own_is_the_blocks_that_it_has() -> None:
    def put(answers: Answers) -> None:
        group_of(answers, "portal")["IpPermissionsEgress"][1] = allow(5432, prefix_list="pl-own")
        lists = answers["ec2", "describe_managed_prefix_lists"]["PrefixLists"]
        lists.append({"PrefixListId": "pl-own", "PrefixListName": "own", "OwnerId": "123456789012"})
        entries = [{"Cidr": documents.BLOCK}]
        answers["ec2", "get_managed_prefix_list_entries"] = {"Entries": entries}

    assert beyond_rest(put) == {}


def test_several_groups_of_an_interface_count_together() -> None:
    def change(answers: Answers) -> None:
        without("portal", "outbound", 1)(answers)
        network = answers["ecs", "describe_services"]["services"][0]["networkConfiguration"]
        network["awsvpcConfiguration"]["securityGroups"].append("sg-case")

    assert not {it for it in closed_ways(read(change)).stores if it[0] == "portal"}


def test_who_names_no_group_has_the_default_one() -> None:
    def change(answers: Answers) -> None:
        network = answers["ecs", "describe_services"]["services"][0]["networkConfiguration"]
        network["awsvpcConfiguration"]["securityGroups"] = []

    def admit(answers: Answers) -> None:
        group_of(answers, "default")["IpPermissionsEgress"] = [allow(5432, group="sg-database")]
        group_of(answers, "database")["IpPermissions"] = [allow(5432, group="sg-default")]

    assert ("portal", A, WRITER) in closed_ways(read(change)).stores
    assert ("portal", A, WRITER) not in closed_ways(read(change, admit)).stores


def test_a_group_that_is_not_known_yet_closes_nothing() -> None:
    declared = read()
    known = {name: it for name, it in declared.firewall.groups.items() if name != "sg-portal"}
    found = closed_ways(replace(declared, firewall=replace(declared.firewall, groups=known)))
    assert not {it for it in found.stores if it[0] == "portal"}


def test_the_proxy_s_own_port_counts_where_one_is_declared() -> None:
    def change(answers: Answers) -> None:
        mesh = answers["ecs", "describe_services"]["services"][1]["deployments"][0][
            "serviceConnectConfiguration"
        ]
        mesh["services"][0]["ingressPortOverride"] = 15_000

    assert beyond_rest(change) == {"mesh": everywhere(("portal", "case"))}


def test_health_checks_at_a_port_of_their_own_need_a_rule_of_their_own() -> None:
    def change(answers: Answers) -> None:
        answers["elbv2", "describe_target_groups"]["TargetGroups"][0]["HealthCheckPort"] = "9090"

    assert beyond_rest(change) == {"targets": frozenset((zone, "portal", 9090) for zone in ZONES)}


def test_people_reach_no_internal_load_balancer_and_the_cdn_one_that_admits_the_cdn() -> None:
    def inside(answers: Answers) -> None:
        answers["elbv2", "describe_load_balancers"]["LoadBalancers"][0]["Scheme"] = "internal"

    def cdn(answers: Answers) -> None:
        group_of(answers, "balancer")["IpPermissions"] = [allow(443, prefix_list="pl-cdn")]
        name = "com.amazonaws.global.cloudfront.origin-facing"
        lists = answers["ec2", "describe_managed_prefix_lists"]["PrefixLists"]
        lists.append({"PrefixListId": "pl-cdn", "PrefixListName": name, "OwnerId": "AWS"})

    assert beyond_rest(inside) == {"listeners": frozenset((zone, 443) for zone in ZONES)}
    assert beyond_rest(cdn) == {}


def test_an_acl_does_not_count_for_stores_here() -> None:
    """It closes the pair of places instead, for what is under way as well."""

    def deny(answers: Answers) -> None:
        found = answers["ec2", "describe_network_acls"]["NetworkAcls"]
        acl = next(it for it in found if it["NetworkAclId"] == "acl-data")
        acl["Entries"].insert(0, entry(1, ANYWHERE, "deny", egress=False, **tcp(5432, 5432)))

    assert beyond_rest(deny) == {}
