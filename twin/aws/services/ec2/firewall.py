"""Security groups and network ACLs, whole and rule by rule."""

from dataclasses import replace
from functools import partial

from engine.provider import Change
from twin.aws.call import Call, Take
from twin.aws.expressions import Text, Through
from twin.aws.names import Name
from twin.aws.resource import Resource
from twin.aws.services.ec2 import hooks
from twin.aws.tags import ec2_tags

__all__ = ["FIREWALL"]

ARN = "arn:aws:ec2:{region}:{account}"
KEPT_ON_DELETE = "EC2 revokes a group's rules with the group"

GROUP_OUTPUTS = {
    "arn": Text(ARN + ":security-group/{id}"),
    "ownerId": "account",
    "name": "item.GroupName",
    "ingress": Through(partial(hooks.rules, member="IpPermissions"), "item"),
    "egress": Through(partial(hooks.rules, member="IpPermissionsEgress"), "item"),
}
READ_GROUP = Call("describe_security_groups", {"GroupIds": ["id"]}, pick="answer.SecurityGroups[0]")

SECURITY_GROUP = Resource(
    token="aws:ec2/securityGroup:SecurityGroup",
    service="ec2",
    create=Call("create_security_group", takes=Take.ALL, pick="answer"),
    id="answer.GroupId",
    after_create=hooks.close_new_group,
    before_update=hooks.put_group_rules,
    hook_reads=frozenset({"ingress", "egress"}),
    read=READ_GROUP,
    delete=(Call("delete_security_group", {"GroupId": "id"}),),
    tagging=ec2_tags("security-group"),
    name=Name(),
    renames={"name": "GroupName"},
    defaults={"description": "Managed by Pulumi"},
    outputs=GROUP_OUTPUTS,
    replaces=frozenset({"name", "namePrefix", "description", "vpcId"}),
    ignored={"revokeRulesOnDelete": KEPT_ON_DELETE},
)

DEFAULT_SECURITY_GROUP = Resource(
    token="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    service="ec2",
    create=Call(
        "describe_security_groups",
        {
            "Filters": [
                {"Name": "'vpc-id'", "Values": ["inputs.vpcId"]},
                {"Name": "'group-name'", "Values": ["'default'"]},
            ]
        },
        pick="answer.SecurityGroups[0]",
    ),
    id="item.GroupId",
    after_create=hooks.adopt_default_group,
    before_update=hooks.put_group_rules,
    hook_reads=frozenset({"ingress", "egress"}),
    read=READ_GROUP,
    refresh=True,
    tagging=replace(ec2_tags("security-group"), create={}),
    outputs=GROUP_OUTPUTS,
    replaces=frozenset({"vpcId"}),
    ignored={"revokeRulesOnDelete": KEPT_ON_DELETE},
)

RULE_PARAMS = {
    "GroupId": "inputs.securityGroupId",
    "IpPermissions": [
        {
            "IpProtocol": "inputs.ipProtocol",
            "FromPort": "inputs.fromPort",
            "ToPort": "inputs.toPort",
            "IpRanges": "inputs.cidrIpv4 && [{CidrIp: inputs.cidrIpv4, Description: inputs.description}]",
            "Ipv6Ranges": "inputs.cidrIpv6 && [{CidrIpv6: inputs.cidrIpv6, Description: inputs.description}]",
            "PrefixListIds": "inputs.prefixListId"
            " && [{PrefixListId: inputs.prefixListId, Description: inputs.description}]",
            "UserIdGroupPairs": "inputs.referencedSecurityGroupId"
            " && [{GroupId: inputs.referencedSecurityGroupId, Description: inputs.description}]",
        }
    ],
}


def security_group_rule(direction: str) -> Resource:
    """A rule that is a resource of its own."""
    return Resource(
        token=f"aws:vpc/securityGroup{direction.title()}Rule:SecurityGroup{direction.title()}Rule",
        service="ec2",
        create=Call(
            f"authorize_security_group_{direction}",
            RULE_PARAMS,
            pick="answer.SecurityGroupRules[0]",
        ),
        id="item.SecurityGroupRuleId",
        updates=(
            Call(
                "modify_security_group_rules",
                {
                    "GroupId": "inputs.securityGroupId",
                    "SecurityGroupRules": [
                        {
                            "SecurityGroupRuleId": "id",
                            "SecurityGroupRule": {
                                "IpProtocol": "inputs.ipProtocol",
                                "FromPort": "inputs.fromPort",
                                "ToPort": "inputs.toPort",
                                "CidrIpv4": "inputs.cidrIpv4",
                                "CidrIpv6": "inputs.cidrIpv6",
                                "PrefixListId": "inputs.prefixListId",
                                "ReferencedGroupId": "inputs.referencedSecurityGroupId",
                                "Description": "inputs.description",
                            },
                        }
                    ],
                },
            ),
        ),
        read=Call(
            "describe_security_group_rules",
            {"SecurityGroupRuleIds": ["id"]},
            pick="answer.SecurityGroupRules[0]",
        ),
        delete=(
            Call(
                f"revoke_security_group_{direction}",
                {"GroupId": "inputs.securityGroupId", "SecurityGroupRuleIds": ["id"]},
            ),
        ),
        tagging=ec2_tags("security-group-rule"),
        outputs={
            "arn": Text(ARN + ":security-group-rule/{id}"),
            "securityGroupRuleId": "id",
            "securityGroupId": "item.GroupId",
            "referencedSecurityGroupId": "item.ReferencedGroupInfo.GroupId",
        },
        replaces=frozenset({"securityGroupId"}),
        emulator_ignores={"description": "not told of a rule that refers to a group"},
        change=Change.DELETE_BEFORE_REPLACE,
    )


ACL_OUTPUTS = {
    "arn": Text(ARN + ":network-acl/{id}"),
    "ownerId": "account",
    "vpcId": "item.VpcId",
    "ingress": Through(partial(hooks.entries, egress=False), "item.Entries"),
    "egress": Through(partial(hooks.entries, egress=True), "item.Entries"),
    "subnetIds": "item.Associations[].SubnetId",
}
READ_ACL = Call("describe_network_acls", {"NetworkAclIds": ["id"]}, pick="answer.NetworkAcls[0]")
ACL_HOOK_READS = frozenset({"ingress", "egress", "subnetIds"})

NETWORK_ACL = Resource(
    token="aws:ec2/networkAcl:NetworkAcl",
    service="ec2",
    create=Call("create_network_acl", takes=Take.ALL, pick="answer.NetworkAcl"),
    id="answer.NetworkAcl.NetworkAclId",
    after_create=hooks.put_acl,
    before_update=hooks.put_acl,
    before_delete=hooks.release_acl_subnets,
    hook_reads=ACL_HOOK_READS,
    read=READ_ACL,
    delete=(Call("delete_network_acl", {"NetworkAclId": "id"}),),
    tagging=ec2_tags("network-acl"),
    outputs=ACL_OUTPUTS,
    replaces=frozenset({"vpcId"}),
)

DEFAULT_NETWORK_ACL = Resource(
    token="aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
    service="ec2",
    create=Call(
        "describe_network_acls",
        {"NetworkAclIds": ["inputs.defaultNetworkAclId"]},
        pick="answer.NetworkAcls[0]",
    ),
    id="inputs.defaultNetworkAclId",
    after_create=hooks.default_acl_entries,
    before_update=hooks.put_acl,
    hook_reads=ACL_HOOK_READS,
    read=READ_ACL,
    refresh=True,
    tagging=replace(ec2_tags("network-acl"), create={}),
    outputs={**ACL_OUTPUTS, "defaultNetworkAclId": "id"},
    replaces=frozenset({"defaultNetworkAclId"}),
)

ENTRY = {
    "NetworkAclId": "inputs.networkAclId",
    "RuleNumber": "inputs.ruleNumber",
    "Egress": "inputs.egress",
}
NETWORK_ACL_RULE = Resource(
    token="aws:ec2/networkAclRule:NetworkAclRule",
    service="ec2",
    create=Call(
        "create_network_acl_entry",
        {
            **ENTRY,
            "Protocol": Through(hooks.protocol_number, "inputs.protocol"),
            "PortRange": {
                "From": "inputs.fromPort || `0`",
                "To": "inputs.toPort || `0`",
            },
            "IcmpTypeCode": {"Type": "inputs.icmpType", "Code": "inputs.icmpCode"},
        },
        takes=Take.ALL,
        pick="inputs",
    ),
    id=Text("nacl-{inputs.networkAclId}-{inputs.ruleNumber}-{inputs.egress}"),
    read=Call(
        "describe_network_acls",
        {"NetworkAclIds": ["inputs.networkAclId"]},
        pick="answer.NetworkAcls[0].Entries",
        find={"RuleNumber": "inputs.ruleNumber", "Egress": "inputs.egress"},
    ),
    delete=(Call("delete_network_acl_entry", ENTRY),),
    defaults={"egress": False},
    outputs={
        "fromPort": "item.PortRange.From",
        "toPort": "item.PortRange.To",
        "icmpType": "item.IcmpTypeCode.Type",
        "icmpCode": "item.IcmpTypeCode.Code",
    },
    replaces=frozenset(
        {
            *(
                "networkAclId",
                "ruleNumber",
                "egress",
                "protocol",
                "ruleAction",
                "cidrBlock",
                "ipv6CidrBlock",
            ),
            *("fromPort", "toPort", "icmpType", "icmpCode"),
        }
    ),
    change=Change.DELETE_BEFORE_REPLACE,
    unread={"protocol": "EC2 tells the protocol's number, whichever way it was given"},
)

FIREWALL = (
    SECURITY_GROUP,
    DEFAULT_SECURITY_GROUP,
    security_group_rule("ingress"),
    security_group_rule("egress"),
    NETWORK_ACL,
    DEFAULT_NETWORK_ACL,
    NETWORK_ACL_RULE,
)
