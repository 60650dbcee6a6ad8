import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.conftest import Served


def test_an_absent_entry_of_a_network_acl_is_said_to_be_absent(mended: Served) -> None:
    with pytest.raises(ClientError, match=r"InvalidNetworkAclEntry\.NotFound"):
        mended.clients("ec2").delete_network_acl_entry(
            NetworkAclId=mended.world["network_acl"], RuleNumber=77, Egress=True
        )


def test_a_vpcs_network_acls_go_with_it(mended: Served) -> None:
    ec2 = mended.clients("ec2")
    vpc_id = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.delete_vpc(VpcId=vpc_id)
    found = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])
    assert found["NetworkAcls"] == []


def test_a_nat_gateways_interface_goes_with_it(mended: Served) -> None:
    ec2, world = mended.clients("ec2"), mended.world
    before = {it["NetworkInterfaceId"] for it in ec2.describe_network_interfaces()["NetworkInterfaces"]}
    allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
    gateway = ec2.create_nat_gateway(SubnetId=world["subnet_a"], AllocationId=allocation)["NatGateway"]
    ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
    after = {it["NetworkInterfaceId"] for it in ec2.describe_network_interfaces()["NetworkInterfaces"]}
    assert after - before == set()


def test_private_dns_of_an_endpoint_can_be_switched_off(mended: Served) -> None:
    ec2, world = mended.clients("ec2"), mended.world
    made = ec2.create_vpc_endpoint(
        VpcId=world["vpc"],
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.eu-west-2.sns",
        SubnetIds=[world["subnet_a"]],
        PrivateDnsEnabled=True,
    )
    own = made["VpcEndpoint"]["VpcEndpointId"]
    ec2.modify_vpc_endpoint(VpcEndpointId=own, PrivateDnsEnabled=False)
    (shown,) = ec2.describe_vpc_endpoints(VpcEndpointIds=[own])["VpcEndpoints"]
    assert shown["PrivateDnsEnabled"] is False
