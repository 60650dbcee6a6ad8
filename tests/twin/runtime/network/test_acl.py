"""Network ACLs decide as the VPC user guide says."""

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.runtime.network.acl import admits
from twin.runtime.network.model import ANY_PORT, AclEntry, Ports

VPC = IPv4Network("10.0.0.0/16")
SUBNET = IPv4Network("10.0.64.0/20")
ANYWHERE = IPv4Network("0.0.0.0/0")


def rule(number: int, block: IPv4Network, ports: Ports | None, *, allow: bool) -> AclEntry:
    return AclEntry(number, block, ports, allow)


ALLOW_ALL = rule(100, ANYWHERE, ANY_PORT, allow=True)


@pytest.mark.parametrize(
    ("entries", "ports", "passes"),
    [
        pytest.param([], (443, 443), False, id="no rule, denied"),
        pytest.param([ALLOW_ALL], (443, 443), True, id="allowed"),
        pytest.param(
            [rule(50, SUBNET, (443, 443), allow=False), ALLOW_ALL],
            (443, 443),
            False,
            id="the lower number first",
        ),
        pytest.param(
            [ALLOW_ALL, rule(200, SUBNET, ANY_PORT, allow=False)],
            (443, 443),
            True,
            id="a later rule is not asked",
        ),
        pytest.param([rule(100, VPC, (443, 443), allow=True)], (80, 80), False, id="another port"),
        pytest.param(
            [rule(100, IPv4Network("192.168.0.0/16"), ANY_PORT, allow=True)],
            (443, 443),
            False,
            id="another block",
        ),
        pytest.param([rule(100, VPC, None, allow=True)], (443, 443), False, id="another protocol"),
        pytest.param([rule(100, VPC, (1024, 65535), allow=True)], (32768, 60999), True, id="a whole range"),
        pytest.param([rule(100, VPC, (40000, 65535), allow=True)], (32768, 60999), False, id="half a range"),
        pytest.param(
            [rule(100, VPC, (32768, 40000), allow=True), rule(110, VPC, (40001, 60999), allow=True)],
            (32768, 60999),
            True,
            id="a range in two rules",
        ),
        pytest.param(
            [rule(90, IPv4Network("10.0.70.0/24"), ANY_PORT, allow=False), ALLOW_ALL],
            (443, 443),
            False,
            id="a part of the block is denied",
        ),
        pytest.param(
            [rule(100, IPv4Network("10.0.64.0/21"), ANY_PORT, allow=True)],
            (443, 443),
            False,
            id="half a block",
        ),
    ],
)
def test_the_first_rule_that_matches_decides(entries: list[AclEntry], ports: Ports, passes: bool) -> None:
    assert admits(entries, SUBNET, ports) is passes


small_blocks = st.builds(
    lambda last, prefix: IPv4Network(
        (int(SUBNET.network_address) + (last >> (32 - prefix) << (32 - prefix)), prefix)
    ),
    st.integers(0, 15),
    st.integers(28, 32),
)
rules = st.lists(
    st.tuples(small_blocks, st.integers(0, 9), st.integers(0, 9), st.booleans()).map(
        lambda it: AclEntry(0, it[0], (min(it[1:3]), max(it[1:3])), it[3])
    ),
    max_size=5,
)


@given(rules)
def test_looking_behind_every_edge_is_as_good_as_looking_at_every_packet(entries: list[AclEntry]) -> None:
    block = IPv4Network((int(SUBNET.network_address), 28))

    def one(address: int, port: int) -> bool:
        return admits(entries, IPv4Network((address, 32)), (port, port))

    every = all(one(int(address), port) for address in block for port in range(10))
    assert admits(entries, block, (0, 9)) is every
