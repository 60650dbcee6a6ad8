"""Regions of environments: zones, address ranges, subnets."""

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.region import Region, Subnets, overlap
from tests.catalogue.conftest import CatalogueCopy

MISTAKES = [
    pytest.param(
        [
            (
                "environments.yaml",
                "zones: [eu-west-2a, eu-west-2b, eu-west-2c]",
                "zones: [eu-west-2a, eu-west-2a, eu-west-1c]",
            ),
        ],
        [
            "environments.yaml: slice.primary.zones: Zones must be three different ones of "
            "eu-west-2, got ['eu-west-2a', 'eu-west-2a', 'eu-west-1c']. Write the region and a "
            "letter, as in eu-west-2a, eu-west-2b, eu-west-2c.",
        ],
        id="zones-that-are-not-three",
    ),
    pytest.param(
        [
            ("environments.yaml", "10.12.0.0/16", "10.12.0.0/20"),
        ],
        [
            "environments.yaml: slice.primary.cidr: A CIDR must be a private /16, got "
            "'10.12.0.0/20'. Choose one such as 10.40.0.0/16, which has room for nine /20 "
            "subnets.",
        ],
        id="a-range-too-small",
    ),
    pytest.param(
        [
            ("environments.yaml", "10.12.0.0/16", "10.12.0.1/16"),
        ],
        [
            "environments.yaml: slice.primary.cidr: A CIDR must be an IPv4 network with no host "
            "bits set, got '10.12.0.1/16'. Choose one such as 10.40.0.0/16, which has room for "
            "nine /20 subnets.",
        ],
        id="a-range-with-host-bits",
    ),
    pytest.param(
        [
            (
                "environments.yaml",
                "standby: {name: eu-west-1, cidr: 10.11.0.0/16, zones: [eu-west-1a, eu-west-1b, eu-west-1c]}",
                "standby: {name: eu-west-2, cidr: 10.11.0.0/16, zones: [eu-west-2a, eu-west-2b, eu-west-2c]}",
            ),
        ],
        [
            "environments.yaml: local.standby.name: The standby must be in another region than "
            "the primary, got 'eu-west-2'. Choose another region, or leave the standby out.",
        ],
        id="a-standby-in-the-primary-region",
    ),
    pytest.param(
        [
            ("environments.yaml", "10.12.0.0/16", "10.41.0.0/16"),
        ],
        [
            "environments.yaml: prod.standby.cidr: Address ranges must not overlap, got "
            "'10.41.0.0/16'. The primary of 'slice' has 10.41.0.0/16; choose a /16 that nothing "
            "uses.",
        ],
        id="ranges-of-two-environments",
    ),
    pytest.param(
        [
            ("environments.yaml", "10.11.0.0/16", "10.10.0.0/16"),
        ],
        [
            "environments.yaml: local.standby.cidr: Address ranges must not overlap, got "
            "'10.10.0.0/16'. The primary of 'local' has 10.10.0.0/16; choose a /16 that nothing "
            "uses.",
        ],
        id="ranges-of-two-regions",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), MISTAKES)
def test_a_region_that_cannot_be_is_refused(
    copy: CatalogueCopy, changes: list[tuple[str, str, str]], expected: list[str]
) -> None:
    for change in changes:
        copy.change(*change)

    assert copy.problems() == expected


blocks = st.builds(lambda second: f"10.{second}.0.0/16", st.integers(0, 255))


@given(blocks)
def test_subnets_share_no_address_and_stay_inside_their_region(cidr: str) -> None:
    region = Region(name="eu-west-2", cidr=cidr, zones=("eu-west-2a", "eu-west-2b", "eu-west-2c"))
    subnets = [block for kind in region.subnets for block in kind]

    assert [len(kind) for kind in region.subnets] == [3, 3, 3]
    assert {IPv4Network(block).prefixlen for block in subnets} == {20}
    assert all(IPv4Network(block).subnet_of(IPv4Network(cidr)) for block in subnets)
    assert not any(overlap(one, other) for one, other in combinations(subnets, 2))


def test_subnets_leave_room_for_a_fourth_zone() -> None:
    region = Region(name="eu-west-2", cidr="10.40.0.0/16", zones=("eu-west-2a", "eu-west-2b", "eu-west-2c"))

    assert region.subnets == Subnets(
        public=("10.40.0.0/20", "10.40.16.0/20", "10.40.32.0/20"),
        private=("10.40.64.0/20", "10.40.80.0/20", "10.40.96.0/20"),
        data=("10.40.128.0/20", "10.40.144.0/20", "10.40.160.0/20"),
    )


networks = st.builds(
    lambda address, prefix: IPv4Network((address, prefix), strict=False),
    st.integers(0, 2**32 - 1),
    st.integers(8, 28),
)


@given(networks, networks)
def test_two_ranges_overlap_when_one_begins_inside_the_other(one: IPv4Network, other: IPv4Network) -> None:
    first, second = sorted((one, other), key=lambda network: int(network.network_address))

    begins_inside = int(second.network_address) <= int(first.broadcast_address)
    assert overlap(str(one), str(other)) is overlap(str(other), str(one)) is begins_inside
