"""Whether security groups let a connection be opened.

Rules only allow, and those of all groups of an interface count together. Groups are stateful: an answer needs no rule.
So one side's outbound rules and the other side's inbound rules decide on the first packet alone.
Source: VPC user guide, "Security group rules",
https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, collapse_addresses

from twin.runtime.network.model import Ports

__all__ = ["GroupRule", "Peer", "SecurityGroup", "admits"]


@dataclass(frozen=True)
class GroupRule:
    """Lets TCP to the ports pass, to or from whom one of the others names.

    Attributes: blocks: addresses. group_id: of the interfaces of a security group. prefix_list_id: one of AWS's own.
    """

    ports: Ports
    blocks: tuple[IPv4Network, ...] = ()
    group_id: str = ""
    prefix_list_id: str = ""


@dataclass(frozen=True)
class SecurityGroup:
    """Attributes: is_default: of its VPC, for interfaces that name none."""

    id: str
    vpc_id: str
    inbound: tuple[GroupRule, ...] = ()
    outbound: tuple[GroupRule, ...] = ()
    is_default: bool = False


@dataclass(frozen=True)
class Peer:
    """The other end of a connection, as rules can name it. Attributes: block: its addresses, all of them."""

    block: IPv4Network
    group_ids: frozenset[str] = field(default_factory=frozenset[str])
    prefix_list_ids: frozenset[str] = field(default_factory=frozenset[str])


def admits(rules: Iterable[GroupRule], peer: Peer, port: int) -> bool:
    """Whether a connection to the port passes, whichever of its addresses the peer has."""
    of_port = [rule for rule in rules if rule.ports[0] <= port <= rule.ports[1]]
    if any(_names(rule, peer) for rule in of_port):
        return True
    blocks = collapse_addresses(block for rule in of_port for block in rule.blocks)
    return any(peer.block.subnet_of(block) for block in blocks)


def _names(rule: GroupRule, peer: Peer) -> bool:
    return rule.group_id in peer.group_ids or rule.prefix_list_id in peer.prefix_list_ids
