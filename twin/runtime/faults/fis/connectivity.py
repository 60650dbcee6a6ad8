"""Subnets cut off by another network ACL, and given their own again, also by a supervisor that was started since.

The original is cloned, denials are put before its rules, and the clone takes its place for the duration; afterwards
the clone is deleted. Source: FIS user guide, actions reference, aws:network:disrupt-connectivity.
"""

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from botocore.exceptions import ClientError

from twin.runtime.control_plane import ControlPlane, Document
from twin.runtime.faults.fis.exceptions import ActionFailed

__all__ = ["SCOPES", "Swap", "Swaps", "clone_rules", "denied_blocks"]

_log = logging.getLogger(__name__)

SCOPES = ("all", "availability-zone")

_ROOM = 1_000
"""By which the numbers of the original's rules grow, so that denials come before. Assumption: AWS does not say how."""

_DEFAULT_RULE = 32_767
_EVERYWHERE = "0.0.0.0/0"
_TAG = {"Key": "managedByFIS", "Value": "true"}


@dataclass(frozen=True)
class Swap:
    """Attributes: original, clone: ids of network ACLs."""

    region: str
    subnet: str
    original: str
    clone: str


class Swaps:
    """Swaps that are in force, written down before each is made."""

    def __init__(self, control_plane: ControlPlane, journal: Path) -> None:
        self._control_plane, self._journal = control_plane, journal
        self._swaps = _read(journal)

    def all(self) -> Sequence[Swap]:
        return list(self._swaps)

    async def make(self, region: str, subnet: Document, scope: str) -> Swap:
        """Behind the clone the subnet has lost what the scope says. Raises: ActionFailed, ClientError."""
        call = self._control_plane.call
        subnets = (await call("ec2", region, "describe_subnets")).get("Subnets", [])
        acl, association = await self._acl_of(region, subnet["SubnetId"])
        made = await call(
            "ec2",
            region,
            "create_network_acl",
            VpcId=subnet["VpcId"],
            TagSpecifications=[{"ResourceType": "network-acl", "Tags": [_TAG]}],
        )
        swap = Swap(region, subnet["SubnetId"], acl["NetworkAclId"], made["NetworkAcl"]["NetworkAclId"])
        self._put([*self._swaps, swap])
        for rule in clone_rules(acl["Entries"], denied_blocks(subnet, subnets, scope)):
            await call("ec2", region, "create_network_acl_entry", NetworkAclId=swap.clone, **rule)
        await call(
            "ec2",
            region,
            "replace_network_acl_association",
            AssociationId=association,
            NetworkAclId=swap.clone,
        )
        return swap

    async def undo(self, swap: Swap) -> None:
        """The subnet has its own ACL again, unless somebody gave it another since; the clone is gone.

        Raises: ControlPlaneAway: nothing is done, and the swap stays written down.
        """
        call = self._control_plane.call
        try:
            acl, association = await self._acl_of(swap.region, swap.subnet)
            if acl["NetworkAclId"] == swap.clone:
                await call(
                    "ec2",
                    swap.region,
                    "replace_network_acl_association",
                    AssociationId=association,
                    NetworkAclId=swap.original,
                )
            await call("ec2", swap.region, "delete_network_acl", NetworkAclId=swap.clone)
        except (ClientError, ActionFailed) as error:
            _log.warning("the network ACL of %s is left as it is: %s", swap.subnet, error)
        self._put([it for it in self._swaps if it != swap])

    async def _acl_of(self, region: str, subnet: str) -> tuple[Document, str]:
        """The subnet's ACL, and the id of their association."""
        answer = await self._control_plane.call("ec2", region, "describe_network_acls")
        for acl in answer.get("NetworkAcls", []):
            for association in acl.get("Associations", []):
                if association["SubnetId"] == subnet:
                    return acl, association["NetworkAclAssociationId"]
        raise ActionFailed(f"Subnet {subnet} has no network ACL.")

    def _put(self, swaps: Sequence[Swap]) -> None:
        self._swaps = list(swaps)
        self._journal.parent.mkdir(parents=True, exist_ok=True)
        scratch = self._journal.with_suffix(".new")
        scratch.write_text(json.dumps([asdict(swap) for swap in swaps]))
        scratch.replace(self._journal)


def denied_blocks(subnet: Document, subnets: Iterable[Document], scope: str) -> list[str]:
    """CIDR blocks that the subnet loses. Raises: ActionFailed: this twin does not do the scope."""
    if scope == "all":
        return [_EVERYWHERE]
    if scope == "availability-zone":
        return sorted(
            it["CidrBlock"]
            for it in subnets
            if it["VpcId"] == subnet["VpcId"] and it["AvailabilityZone"] != subnet["AvailabilityZone"]
        )
    raise ActionFailed(f"This twin does the scopes {' and '.join(SCOPES)}, not {scope!r}.")


def clone_rules(entries: Iterable[Document], denied: Sequence[str]) -> list[Document]:
    """Parameters of CreateNetworkAclEntry: denials of the blocks, and then the rules that there were."""
    denials = [
        {"RuleNumber": number, "Protocol": "-1", "RuleAction": "deny", "Egress": egress, "CidrBlock": block}
        for egress in (False, True)
        for number, block in enumerate(denied, 1)
    ]
    kept = [
        {**it, "RuleNumber": it["RuleNumber"] + _ROOM} for it in entries if it["RuleNumber"] < _DEFAULT_RULE
    ]
    return [*denials, *kept]


def _read(journal: Path) -> list[Swap]:
    try:
        return [Swap(**it) for it in json.loads(journal.read_text())]
    except (OSError, ValueError, TypeError):
        return []
