"""A region of an environment: its zones, its address range, and the subnets that follow from it."""

import re
from ipaddress import IPv4Network
from typing import Annotated, NamedTuple, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from catalogue.entry import Entry
from catalogue.rule import broken

__all__ = ["Region", "Subnets", "overlap"]

RegionName = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$")]
VPC_PREFIX = 16
SUBNET_PREFIX = 20
# A /16 holds sixteen /20s. Each kind starts at a multiple of four, so a fourth zone would renumber nothing;
# the last four blocks are free.
FIRST_BLOCK_BY_KIND = {"public": 0, "private": 4, "data": 8}
PRIVATE_RANGES = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
"""Source: RFC 1918."""


class Subnets(NamedTuple):
    """CIDR blocks, each in the order of the region's zones."""

    public: tuple[str, ...]
    private: tuple[str, ...]
    data: tuple[str, ...]


class Region(Entry):
    """What one environment has in one region."""

    name: RegionName
    cidr: str
    zones: tuple[str, ...] = Field(min_length=3, max_length=3)

    @field_validator("cidr")
    @classmethod
    def _is_a_private_network(cls, cidr: str) -> str:
        advice = f"Choose one such as 10.40.0.0/16, which has room for nine /{SUBNET_PREFIX} subnets."
        try:
            network = IPv4Network(cidr)
        except ValueError as error:
            raise broken("A CIDR must be an IPv4 network with no host bits set", cidr, advice) from error
        if network.prefixlen != VPC_PREFIX or not any(network.subnet_of(block) for block in PRIVATE_RANGES):
            raise broken(f"A CIDR must be a private /{VPC_PREFIX}", cidr, advice)
        return cidr

    @model_validator(mode="after")
    def _has_its_own_zones(self) -> Self:
        letters = [zone.removeprefix(self.name) for zone in self.zones]
        if len(set(letters)) < len(letters) or not all(re.fullmatch("[a-z]", letter) for letter in letters):
            rule = f"Zones must be three different ones of {self.name}"
            advice = f"Write the region and a letter, as in {self.name}a, {self.name}b, {self.name}c."
            raise broken(rule, list(self.zones), advice, "zones")
        return self

    @property
    def subnets(self) -> Subnets:
        """A public, a private and a data subnet for each zone; none of them overlaps another."""
        blocks = [str(block) for block in IPv4Network(self.cidr).subnets(new_prefix=SUBNET_PREFIX)]
        zones = len(self.zones)
        return Subnets(
            **{kind: tuple(blocks[first : first + zones]) for kind, first in FIRST_BLOCK_BY_KIND.items()}
        )


def overlap(one: str, other: str) -> bool:
    """Whether two CIDR blocks share an address."""
    return IPv4Network(one).overlaps(IPv4Network(other))
