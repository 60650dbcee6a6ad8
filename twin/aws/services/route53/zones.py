"""What the table cannot say of zones: the networks that a private one serves, and emptying one."""

from collections.abc import Mapping
from typing import Any

from twin.aws.step import Step

__all__ = ["associate_further_networks", "associate_networks", "bare_id", "empty_zone"]


def bare_id(path: str) -> str:
    """A zone's id without what it begins with in an answer: ``/hostedzone/Z1`` is ``Z1``."""
    return path.rpartition("/")[2]


def associate_further_networks(step: Step) -> None:
    """The zone serves all declared networks: creation takes only the first."""
    for network in (step.inputs.get("vpcs") or [])[1:]:
        step.api("associate_vpc_with_hosted_zone", HostedZoneId=step.id, VPC=_network(step, network))


def associate_networks(step: Step) -> None:
    """The zone serves exactly the declared networks."""
    old, new = ([_network(step, one) for one in side.get("vpcs") or []] for side in (step.old, step.inputs))
    for network in (one for one in new if one not in old):
        step.api("associate_vpc_with_hosted_zone", HostedZoneId=step.id, VPC=network)
    for network in (one for one in old if one not in new):
        step.api("disassociate_vpc_from_hosted_zone", HostedZoneId=step.id, VPC=network)


def _network(step: Step, network: Mapping[str, Any]) -> dict[str, str]:
    return {"VPCId": network["vpcId"], "VPCRegion": network.get("vpcRegion") or step.region}


def empty_zone(step: Step) -> None:
    """A zone that may be destroyed by force has no records left but its own, so that it can be deleted."""
    if not step.inputs.get("forceDestroy"):
        return
    found = step.api("list_resource_record_sets", HostedZoneId=step.id)["ResourceRecordSets"]
    changes = [
        {"Action": "DELETE", "ResourceRecordSet": one} for one in found if one["Type"] not in ("NS", "SOA")
    ]
    if changes:
        step.api("change_resource_record_sets", HostedZoneId=step.id, ChangeBatch={"Changes": changes})
