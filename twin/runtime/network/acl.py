"""Whether a network ACL lets packets through.

Rules are tried in order of their numbers, and the first that matches decides; what none matches is denied. ACLs are
stateless: an answer needs a rule of its own. They are asked where traffic enters or leaves a subnet, not within it.
Source: VPC user guide, "Network ACL basics" and "Network ACL rules".
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network

from twin.runtime.network.model import AclEntry, Ports

__all__ = ["admits"]


def admits(entries: Sequence[AclEntry], block: IPv4Network, ports: Ports) -> bool:
    """Whether TCP to every port of the range passes for every address of the block at the other end.

    Rules change their mind only at the edges of their own blocks and ranges, so one look behind each edge is enough.
    """
    first, last = int(block.network_address), int(block.broadcast_address)
    addresses = _edges((_ends(entry.block) for entry in entries), first, last)
    numbers = _edges((entry.ports for entry in entries if entry.ports), *ports)
    return all(_admits_one(entries, address, port) for address in addresses for port in numbers)


def _ends(block: IPv4Network) -> tuple[int, int]:
    return int(block.network_address), int(block.broadcast_address)


def _edges(ranges: Iterable[tuple[int, int]], first: int, last: int) -> list[int]:
    """The first of each stretch, between `first` and `last`, that all ranges hold wholly or not at all."""
    starts = {first} | {edge for start, end in ranges for edge in (start, end + 1)}
    return sorted(edge for edge in starts if first <= edge <= last)


def _admits_one(entries: Sequence[AclEntry], address: int, port: int) -> bool:
    for entry in entries:
        if entry.ports and _holds(_ends(entry.block), address) and _holds(entry.ports, port):
            return entry.is_allowed
    return False


def _holds(ends: tuple[int, int], value: int) -> bool:
    return ends[0] <= value <= ends[1]
