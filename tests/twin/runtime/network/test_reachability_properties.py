"""Security groups, against a slow reading of AWS's rules: every address of one end with every one of the other.

Source: VPC user guide, "Security group rules": rules only allow, those of all groups count together, and a rule names
addresses, the interfaces of a group, or a prefix list.
"""

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from twin.runtime.network.aws_hosts import ENDPOINT_SERVICES
from twin.runtime.network.declared import Declared, Endpoint, Firewall, Interfaces, Service, Store
from twin.runtime.network.model import ANY_PORT, Acl, AclEntry, Route, RouteTarget, Subnet, Vpc
from twin.runtime.network.reachability import closed_ways
from twin.runtime.network.security_group import GroupRule, SecurityGroup
from twin.runtime.network.ways import ClosedWays
from twin.runtime.zones import Tier

EVERYTHING = IPv4Network("0.0.0.0/0")
OPEN = Acl("open", *2 * ((AclEntry(1, EVERYTHING, ANY_PORT, True),),))
PORT, STORE_PORT = 8080, 5432
NEAR, FAR = IPv4Network("10.0.0.0/29"), IPv4Network("10.0.0.8/29")
PEERS = (
    *(IPv4Network(it) for it in ("10.0.0.0/28", "10.0.0.0/30", "10.0.0.4/30", "10.0.0.8/30", "10.0.0.12/30")),
    NEAR,
    FAR,
    EVERYTHING,
)
GROUPS = ("one", "two", "three")

CALM = settings(deadline=None)
"""How long an example takes says nothing."""

ports = st.sampled_from([(PORT, PORT), (STORE_PORT, STORE_PORT), (0, 6000), (443, 443), ANY_PORT])
rules = st.one_of(
    st.builds(GroupRule, ports, st.tuples(st.sampled_from(PEERS))),
    st.builds(GroupRule, ports, group_id=st.sampled_from(GROUPS)),
    st.builds(GroupRule, ports, prefix_list_id=st.just("pl-s3")),
)
groups = st.fixed_dictionaries(
    {
        name: st.builds(
            SecurityGroup,
            st.just(name),
            st.just("vpc"),
            st.lists(rules, max_size=4).map(tuple),
            st.lists(rules, max_size=4).map(tuple),
        )
        for name in GROUPS
    }
)
some_groups = st.lists(st.sampled_from(GROUPS), min_size=1, max_size=3, unique=True).map(tuple)


def subnet(name: str, zone: str, block: IPv4Network) -> Subnet:
    out = Route(EVERYTHING, RouteTarget.INTERNET_GATEWAY, "igw")
    return Subnet(name, zone, Tier.PRIVATE, block, OPEN, (out,), "table")


@st.composite
def networks(draw: st.DrawFn) -> Declared:
    """A service that calls another one and a store; endpoints for SQS and S3."""
    near, far = subnet("near", "a", NEAR), subnet("far", "b", FAR)
    caller = Interfaces(("near",), draw(some_groups))
    callee = Interfaces(("near", "far"), draw(some_groups))
    store = Interfaces(("far",), draw(some_groups))
    endpoints = (
        Endpoint("e1", "vpc", "sqs", Interfaces(("near",), draw(some_groups))),
        Endpoint("e2", "vpc", "s3", table_ids=frozenset({"table"})),
    )
    return Declared(
        vpcs=(Vpc("vpc", "r", (near, far), {}),),
        firewall=Firewall(draw(groups), endpoints, {"s3": "pl-s3"}),
        services=(
            Service("caller", caller, has_public_address=True, namespace="n"),
            Service("callee", callee, namespace="n", offers={"callee": PORT}),
        ),
        stores=(Store(("store",), STORE_PORT, store),),
    )


def allows(rules: Iterable[GroupRule], address: IPv4Address, its_groups: Iterable[str], port: int) -> bool:
    return any(
        rule.group_id in its_groups or any(address in block for block in rule.blocks)
        for rule in rules
        if rule.ports[0] <= port <= rule.ports[1]
    )


def connects(declared: Declared, caller: Interfaces, callee: Interfaces, port: int) -> bool:
    """Packet by packet, from the caller's first subnet."""
    known = declared.firewall.groups
    blocks = {it.id: it.block for it in declared.vpcs[0].subnets}
    out = [rule for it in caller.group_ids for rule in known[it].outbound]
    into = [rule for it in callee.group_ids for rule in known[it].inbound]
    servers = [address for it in callee.subnet_ids for address in blocks[it]]
    return all(
        allows(out, server, callee.group_ids, port) and allows(into, client, caller.group_ids, port)
        for client, server in product(blocks[caller.subnet_ids[0]], servers)
    )


@CALM
@given(networks())
def test_who_may_connect_is_who_may_with_every_address(declared: Declared) -> None:
    closed = closed_ways(declared)
    caller, callee = (it.interfaces for it in declared.services)
    (store,) = declared.stores
    (sqs, _) = declared.firewall.endpoints
    assert sqs.interfaces
    assert (("caller", "a", "callee") not in closed.mesh) is connects(declared, caller, callee, PORT)
    assert (("caller", "a", "store") not in closed.stores) is connects(
        declared, caller, store.interfaces, STORE_PORT
    )
    assert (("caller", "a", "sqs") not in closed.aws) is connects(declared, caller, sqs.interfaces, 443)


@CALM
@given(networks())
def test_gateway_endpoints_and_the_internet_need_a_rule_that_names_them(declared: Declared) -> None:
    closed = closed_ways(declared)
    out = [
        rule
        for it in declared.services[0].interfaces.group_ids
        for rule in declared.firewall.groups[it].outbound
        if rule.ports[0] <= 443 <= rule.ports[1]
    ]
    to_anybody = any(EVERYTHING in rule.blocks for rule in out)
    assert (("caller", "a") not in closed.internet) is to_anybody
    assert (("caller", "a", "s3") not in closed.aws) is (
        to_anybody or any(rule.prefix_list_id == "pl-s3" for rule in out)
    )


@CALM
@given(networks(), st.sampled_from(GROUPS), rules, st.booleans())
def test_another_rule_closes_nothing(
    declared: Declared, name: str, rule: GroupRule, is_inbound: bool
) -> None:
    group = declared.firewall.groups[name]
    more = replace(
        group,
        inbound=(*group.inbound, rule) if is_inbound else group.inbound,
        outbound=group.outbound if is_inbound else (*group.outbound, rule),
    )
    known = {**declared.firewall.groups, name: more}
    after = closed_ways(replace(declared, firewall=replace(declared.firewall, groups=known)))
    before = closed_ways(declared)
    for kind in ClosedWays.__dataclass_fields__:
        assert getattr(after, kind) <= getattr(before, kind)


@CALM
@given(networks())
def test_without_outbound_rules_nothing_is_reached(declared: Declared) -> None:
    known = {name: replace(it, outbound=()) for name, it in declared.firewall.groups.items()}
    closed = closed_ways(replace(declared, firewall=replace(declared.firewall, groups=known)))
    assert ("caller", "a", "callee") in closed.mesh
    assert ("caller", "a", "store") in closed.stores
    assert ("caller", "a") in closed.internet
    assert {service for name, zone, service in closed.aws if (name, zone) == ("caller", "a")} == set(
        ENDPOINT_SERVICES
    )


@CALM
@given(networks())
def test_without_inbound_rules_nobody_is_reached(declared: Declared) -> None:
    known = {name: replace(it, inbound=()) for name, it in declared.firewall.groups.items()}
    closed = closed_ways(replace(declared, firewall=replace(declared.firewall, groups=known)))
    assert ("caller", "a", "store") in closed.stores
    assert ("caller", "a", "callee") in closed.mesh
    assert ("caller", "a", "sqs") in closed.aws
