"""Which addresses the subnets of a network get."""

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.exceptions import ComponentError
from components.network.address_plan import TIERS, plan_addresses

DERIVED: dict[str, None] = dict.fromkeys(TIERS)


@given(
    address=st.integers(min_value=0, max_value=2**32 - 1),
    mask=st.integers(min_value=16, max_value=24),
    zone_count=st.integers(min_value=2, max_value=4),
)
def test_derived_blocks_lie_in_the_vpc_and_do_not_overlap(address: int, mask: int, zone_count: int) -> None:
    vpc = IPv4Network((address, mask), strict=False)
    plan = plan_addresses(str(vpc), "abcd"[:zone_count], {**DERIVED})
    blocks = [IPv4Network(block) for tier in (plan.public, plan.private, plan.data) for block in tier]
    assert len(blocks) == 3 * zone_count
    assert all(block.subnet_of(vpc) for block in blocks)
    assert not any(one.overlaps(other) for one, other in combinations(blocks, 2))


def test_another_zone_moves_no_address() -> None:
    two, three = (plan_addresses("10.0.0.0/16", zones, {**DERIVED}) for zones in ("ab", "abc"))
    assert (three.public[:2], three.private[:2], three.data[:2]) == (two.public, two.private, two.data)


@pytest.mark.parametrize(
    ("cidr_block", "zones", "given_blocks", "message"),
    [
        pytest.param(
            "10.0.0.0/16",
            ["a"],
            {},
            "A network spans 2 to 4 different zones, got ['a']. Name each zone once.",
            id="one zone",
        ),
        pytest.param(
            "10.0.0.0/16",
            ["a", "a"],
            {},
            "A network spans 2 to 4 different zones, got ['a', 'a']. Name each zone once.",
            id="the same zone twice",
        ),
        pytest.param(
            "10.0.0.1/16",
            ["a", "b"],
            {},
            "A CIDR block is an IPv4 network such as '10.0.0.0/16', got '10.0.0.1/16': "
            "10.0.0.1/16 has host bits set.",
            id="an address, not a network",
        ),
        pytest.param(
            "10.0.0.0/25",
            ["a", "b"],
            {},
            "A VPC whose subnets are derived has a mask of 16 to 24, got '10.0.0.0/25'. "
            "Choose another block or give the subnets' blocks.",
            id="too small to cut",
        ),
        pytest.param(
            "10.0.0.0/16",
            ["a", "b"],
            {"data": ["10.0.1.0/24"]},
            "There is one data block for each zone, got 1 for ['a', 'b']. "
            "Give as many blocks as zones, in their order.",
            id="a block missing",
        ),
        pytest.param(
            "10.0.0.0/16",
            ["a", "b"],
            {"data": ["10.1.0.0/24", "10.0.1.0/24"]},
            "A subnet lies within its VPC '10.0.0.0/16', got '10.1.0.0/24'. Move it.",
            id="outside the VPC",
        ),
        pytest.param(
            "10.0.0.0/16",
            ["a", "b"],
            {"data": ["10.0.0.0/24", "10.0.200.0/24"]},
            "Subnets do not overlap, got '10.0.0.0/20' and '10.0.0.0/24'. Move one of them.",
            id="overlapping",
        ),
    ],
)
def test_blocks_that_cannot_be_are_refused(
    cidr_block: str, zones: list[str], given_blocks: dict[str, list[str]], message: str
) -> None:
    with pytest.raises(ComponentError) as refusal:
        plan_addresses(cidr_block, zones, {**DERIVED, **given_blocks})
    assert str(refusal.value) == message
