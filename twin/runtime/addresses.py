"""Loopback addresses that show where something stands: ``127.<twin>.<zone>.<host>``.

Every twin on the machine has a block of its own. A socket on the block's first address is the claim to it: it works
between users, and goes with the process.
"""

import socket
from collections.abc import Sequence
from dataclasses import dataclass, field

from twin.runtime.exceptions import NoAddressesLeft

__all__ = ["CACHES", "DATABASES", "SERVICE_ADDRESSES", "TASKS", "Addresses", "claim"]

_CLAIM_PORT = 47_808
_BLOCKS = 100
_FIRST_STANDBY_ZONE = 21

_LOAD_BALANCER, _EGRESS, _RELAY = 2, 3, 4
_FOR_SERVICES = 60
"""Added to a zone's number where its relay has addresses for single services; detours begin at 100."""
DATABASES = range(32, 64)
CACHES = range(64, 80)
TASKS = range(80, 251)
SERVICE_ADDRESSES = 254
"""In each zone, at which its relay listens for single services."""


@dataclass(frozen=True)
class Addresses:
    """The block of one twin.

    Attributes: zone_numbers: by zone; those of the primary region from 1, of the next from 21, and so on.
    """

    block: int
    zone_numbers: dict[str, int]
    claim: socket.socket | None = field(default=None, repr=False, compare=False)

    def of(self, zone: str, host: int) -> str:
        return f"127.{self.block}.{self.zone_numbers[zone]}.{host}"

    def load_balancer(self, zone: str) -> str:
        return self.of(zone, _LOAD_BALANCER)

    def egress(self, zone: str) -> str:
        return self.of(zone, _EGRESS)

    def relay(self, zone: str) -> str:
        return self.of(zone, _RELAY)

    def for_service(self, zone: str, number: int) -> str:
        """Where the zone's relay listens for one service. Args: number: up to `SERVICE_ADDRESSES`."""
        return f"127.{self.block}.{_FOR_SERVICES + self.zone_numbers[zone]}.{number}"

    @property
    def edge(self) -> str:
        """In no zone."""
        return f"127.{self.block}.0.10"

    @property
    def partners(self) -> str:
        """Outside the estate."""
        return f"127.{self.block}.0.20"

    @property
    def administration(self) -> str:
        """Where the servers' own control ports are; nothing of the estate reaches it."""
        return f"127.{self.block}.0.30"

    def zone_of(self, address: str) -> str | None:
        """The zone in which an address stands; None outside all of them."""
        _, _, number, _ = (int(part) for part in address.split("."))
        return next((zone for zone, it in self.zone_numbers.items() if it == number), None)


def claim(zones_by_region: Sequence[Sequence[str]]) -> Addresses:
    """A block that no other twin has, for as long as this process lives.

    Raises: NoAddressesLeft: a hundred twins run here.
    """
    numbers = {
        zone: index + (1 if region == 0 else _FIRST_STANDBY_ZONE + 20 * (region - 1))
        for region, zones in enumerate(zones_by_region)
        for index, zone in enumerate(zones)
    }
    for block in range(_BLOCKS):
        claimed = socket.socket()
        try:
            claimed.bind((f"127.{block}.0.1", _CLAIM_PORT))
            claimed.listen(1)
        except OSError:
            claimed.close()
            continue
        return Addresses(block, numbers, claimed)
    raise NoAddressesLeft(_BLOCKS)
