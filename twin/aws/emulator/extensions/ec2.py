"""EC2: absent entries of a network ACL, and what goes with a VPC and a NAT gateway."""

from typing import Any

from twin.aws.emulator.extension import Extension

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/"


def _absent_entries() -> None:
    """That an entry is not there is said in AWS's words; moto runs out of entries and fails."""
    from moto.ec2.exceptions import EC2ClientError
    from moto.ec2.models.network_acls import NetworkAclBackend

    delete = NetworkAclBackend.delete_network_acl_entry

    def delete_network_acl_entry(
        self: NetworkAclBackend, network_acl_id: str, rule_number: int, egress: bool
    ) -> Any:
        try:
            return delete(self, network_acl_id, rule_number, egress)
        except StopIteration:
            message = f"network ACL entry {rule_number} not found in {network_acl_id}"
            raise EC2ClientError("InvalidNetworkAclEntry.NotFound", message) from None

    NetworkAclBackend.delete_network_acl_entry = delete_network_acl_entry


def _default_network_acl_goes() -> None:
    """A VPC's default network ACL, which nobody can delete, goes with it."""
    from moto.ec2.models import EC2Backend

    backend: Any = EC2Backend
    delete = backend.delete_vpc

    def delete_vpc(self: Any, vpc_id: str) -> Any:
        vpc = delete(self, vpc_id)
        for acl in [acl for acl in self.network_acls.values() if acl.vpc_id == vpc_id]:
            self.network_acls.pop(acl.id)
        return vpc

    backend.delete_vpc = delete_vpc


def _interface_goes() -> None:
    """A NAT gateway's network interface goes with it."""
    from moto.ec2.models import EC2Backend

    backend: Any = EC2Backend
    delete = backend.delete_nat_gateway

    def delete_nat_gateway(self: Any, nat_gateway_id: str) -> Any:
        gateway = delete(self, nat_gateway_id)
        self.enis.pop(gateway._eni.id, None)
        return gateway

    backend.delete_nat_gateway = delete_nat_gateway


EXTENSIONS = (
    Extension(
        service="ec2",
        topic="entries of a network ACL",
        stock="fails at the deletion of an entry that is not there",
        aws="says InvalidNetworkAclEntry.NotFound",
        change="says so",
        source=_API + "API_DeleteNetworkAclEntry.html",
        patch=_absent_entries,
    ),
    Extension(
        service="ec2",
        topic="default network ACL of a VPC",
        stock="keeps it when the VPC is deleted",
        aws="deletes it with the VPC",
        change="deletes it too",
        source=_API + "API_DeleteVpc.html",
        patch=_default_network_acl_goes,
    ),
    Extension(
        service="ec2",
        topic="network interface of a NAT gateway",
        stock="keeps it when the gateway is deleted",
        aws="deletes it with the gateway",
        change="deletes it too",
        source=_API + "API_DeleteNatGateway.html",
        patch=_interface_goes,
    ),
)
