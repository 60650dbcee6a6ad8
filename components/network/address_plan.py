"""Which addresses each subnet has: given, or cut from the VPC's block."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from itertools import combinations

from components.exceptions import ComponentError

__all__ = ["AddressPlan", "plan_addresses"]

SUBNET_BITS = 4
"""A derived subnet is a sixteenth of the VPC: /20 in a /16."""

ZONES_PER_TIER = 4
"""Each tier keeps room for a fourth zone, so that adding one moves no address."""

TIERS = ("public", "private", "data")


@dataclass(frozen=True)
class AddressPlan:
    """CIDR blocks of the subnets, each list in the order of the zones."""

    public: tuple[str, ...]
    private: tuple[str, ...]
    data: tuple[str, ...]


def plan_addresses(
    cidr_block: str, zones: Sequence[str], given: dict[str, Sequence[str] | None]
) -> AddressPlan:
    """One block for each tier and zone, all within the VPC's and none overlapping.

    Args:
        cidr_block: of the VPC, /16 to /24 where blocks are derived (AWS allows subnets of /28 at the least).
        zones: names, at least two.
        given: blocks by tier; None derives them.
    Raises: ComponentError where a block or the zones break a rule.
    """
    _check_zones(zones)
    vpc = _parse(cidr_block)
    blocks = {tier: given.get(tier) or _derive(vpc, tier, zones) for tier in TIERS}
    for tier, tier_blocks in blocks.items():
        _check_count(tier, tier_blocks, zones)
    _check_layout(vpc, [_parse(block) for tier in TIERS for block in blocks[tier]])
    return AddressPlan(*(tuple(blocks[tier]) for tier in TIERS))


def _check_zones(zones: Sequence[str]) -> None:
    if len(set(zones)) != len(zones) or not 2 <= len(zones) <= ZONES_PER_TIER:
        raise ComponentError(
            f"A network spans 2 to {ZONES_PER_TIER} different zones, got {list(zones)!r}. "
            "Name each zone once."
        )


def _parse(block: str) -> IPv4Network:
    try:
        return IPv4Network(block)
    except (AddressValueError, NetmaskValueError, ValueError) as error:
        raise ComponentError(
            f"A CIDR block is an IPv4 network such as '10.0.0.0/16', got {block!r}: {error}."
        ) from error


def _derive(vpc: IPv4Network, tier: str, zones: Sequence[str]) -> tuple[str, ...]:
    if not 16 <= vpc.prefixlen <= 24:
        raise ComponentError(
            f"A VPC whose subnets are derived has a mask of 16 to 24, got {str(vpc)!r}. "
            "Choose another block or give the subnets' blocks."
        )
    subnets = list(vpc.subnets(prefixlen_diff=SUBNET_BITS))
    first = TIERS.index(tier) * ZONES_PER_TIER
    return tuple(str(block) for block in subnets[first : first + len(zones)])


def _check_count(tier: str, blocks: Sequence[str], zones: Sequence[str]) -> None:
    if len(blocks) != len(zones):
        raise ComponentError(
            f"There is one {tier} block for each zone, got {len(blocks)} for {list(zones)!r}. "
            "Give as many blocks as zones, in their order."
        )


def _check_layout(vpc: IPv4Network, blocks: list[IPv4Network]) -> None:
    for block in blocks:
        if not block.subnet_of(vpc):
            raise ComponentError(f"A subnet lies within its VPC {str(vpc)!r}, got {str(block)!r}. Move it.")
    for one, other in combinations(blocks, 2):
        if one.overlaps(other):
            raise ComponentError(
                f"Subnets do not overlap, got {str(one)!r} and {str(other)!r}. Move one of them."
            )
