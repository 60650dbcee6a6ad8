"""Who may call a service, and whom it may call."""

import pytest

from components.exceptions import ComponentError
from components.private_service import EgressArgs
from tests.components.private_service.declaration import LISTENER, TAGS, declare

INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
DATABASE = EgressArgs(name="core", port=5432, description="Cases", security_group_id="sg-core")


def test_a_service_that_names_nobody_has_a_group_without_rules() -> None:
    recording = declare()
    group = recording.one("aws:ec2/securityGroup:SecurityGroup").inputs
    assert recording.of_type(INGRESS) + recording.of_type(EGRESS) == []
    assert group == {
        "vpcId": "vpc-1",
        "description": "Tasks of case",
        "tags": {**TAGS, "Name": "case-security-group"},
    }


def test_named_callers_and_the_load_balancer_reach_the_port() -> None:
    recording = declare(
        listener=LISTENER, caller_security_group_ids={"portal": "sg-portal", "cell": "sg-cell"}
    )
    rules = recording.of_type(INGRESS)
    assert [(rule.name, rule.inputs["referencedSecurityGroupId"]) for rule in rules] == [
        ("case-from-cell", "sg-cell"),
        ("case-from-load-balancer", "sg-edge"),
        ("case-from-portal", "sg-portal"),
    ]
    ports = {(rule.inputs["ipProtocol"], rule.inputs["fromPort"], rule.inputs["toPort"]) for rule in rules}
    assert ports == {("tcp", 8080, 8080)}


def test_each_destination_has_a_rule_of_its_own() -> None:
    recording = declare(
        egress=[
            DATABASE,
            EgressArgs(name="s3", port=443, description="Documents", prefix_list_id="pl-s3"),
            EgressArgs(name="time", port=123, description="Time", cidr_block="10.0.0.5/32", protocol="udp"),
        ]
    )
    assert [rule.inputs for rule in recording.of_type(EGRESS)] == [
        {
            "securityGroupId": "case-security-group-id",
            "description": "Cases",
            "referencedSecurityGroupId": "sg-core",
            "ipProtocol": "tcp",
            "fromPort": 5432,
            "toPort": 5432,
            "tags": {**TAGS, "Name": "case-to-core"},
        },
        {
            "securityGroupId": "case-security-group-id",
            "description": "Documents",
            "prefixListId": "pl-s3",
            "ipProtocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
            "tags": {**TAGS, "Name": "case-to-s3"},
        },
        {
            "securityGroupId": "case-security-group-id",
            "description": "Time",
            "cidrIpv4": "10.0.0.5/32",
            "ipProtocol": "udp",
            "fromPort": 123,
            "toPort": 123,
            "tags": {**TAGS, "Name": "case-to-time"},
        },
    ]


def test_a_service_can_have_itself_admitted_by_what_it_calls() -> None:
    recording = declare(egress=[{**DATABASE, "admit": True}])
    assert recording.one(INGRESS, "case-admitted-by-core").inputs == {
        "securityGroupId": "sg-core",
        "description": "case: Cases",
        "referencedSecurityGroupId": "case-security-group-id",
        "ipProtocol": "tcp",
        "fromPort": 5432,
        "toPort": 5432,
        "tags": {**TAGS, "Name": "case-admitted-by-core"},
    }


@pytest.mark.parametrize(
    ("egress", "message"),
    [
        pytest.param(
            [EgressArgs(name="core", port=5432, description="Cases")],
            "A destination is one of security_group_id, prefix_list_id, cidr_block, got [] for 'core'. "
            "Give exactly one.",
            id="no destination",
        ),
        pytest.param(
            [{**DATABASE, "cidr_block": "10.0.0.0/16"}],
            "A destination is one of security_group_id, prefix_list_id, cidr_block, "
            "got ['security_group_id', 'cidr_block'] for 'core'. Give exactly one.",
            id="two destinations",
        ),
        pytest.param(
            [DATABASE, DATABASE],
            "Each destination has a name of its own, got 'core' twice. Rename one of them.",
            id="the same name twice",
        ),
        pytest.param(
            [EgressArgs(name="s3", port=443, description="Documents", prefix_list_id="pl", admit=True)],
            "Only a security group can admit a service, got none for 's3'. "
            "Give its security_group_id or leave admit out.",
            id="nobody to admit it",
        ),
    ],
)
def test_a_destination_that_is_not_one_is_refused(egress: list[EgressArgs], message: str) -> None:
    with pytest.raises(ComponentError) as refusal:
        declare(egress=egress)
    assert str(refusal.value) == message
