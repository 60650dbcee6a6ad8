"""What EC2's table cannot say: which of a table's entries is meant, and rules that are given as a whole."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from twin.aws.step import Step

__all__ = [
    "adopt_default_group",
    "close_new_group",
    "default_acl_entries",
    "entries",
    "permission",
    "permissions",
    "protocol_number",
    "put_acl",
    "put_group_rules",
    "refuse_unsuccessful",
    "release_acl_subnets",
    "rules",
]

EVERYWHERE = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]


def refuse_unsuccessful(step: Step) -> None:
    """EC2 answers 200 to flow logs that it did not make."""
    for failed in (step.answer or {}).get("Unsuccessful") or []:
        raise ClientError({"Error": failed["Error"]}, "CreateFlowLogs")


def permission(rule: Mapping[str, Any]) -> dict[str, Any]:
    """An inline rule as EC2's permission."""
    described = {"Description": rule.get("description") or None}
    ports = (
        {}
        if str(rule["protocol"]) == "-1"
        else {"FromPort": rule.get("fromPort"), "ToPort": rule.get("toPort")}
    )
    groups = [
        *(rule.get("securityGroups") or []),
        *(["self"] if rule.get("self") else []),
    ]
    return {
        "IpProtocol": str(rule["protocol"]),
        **ports,
        "IpRanges": [{"CidrIp": cidr, **described} for cidr in rule.get("cidrBlocks") or []],
        "Ipv6Ranges": [{"CidrIpv6": cidr, **described} for cidr in rule.get("ipv6CidrBlocks") or []],
        "PrefixListIds": [
            {"PrefixListId": prefix, **described} for prefix in rule.get("prefixListIds") or []
        ],
        "UserIdGroupPairs": [{"GroupId": group, **described} for group in groups],
    }


def rules(group: Mapping[str, Any], member: str) -> list[dict[str, Any]]:
    """EC2's permissions of one direction as inline rules."""
    return [_rule(one, group["GroupId"]) for one in group.get(member) or []]


def _rule(found: Mapping[str, Any], own: str) -> dict[str, Any]:
    sources = {
        "cidrBlocks": ("IpRanges", "CidrIp"),
        "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
        "prefixListIds": ("PrefixListIds", "PrefixListId"),
        "securityGroups": ("UserIdGroupPairs", "GroupId"),
    }
    by_name = {name: [one[key] for one in found.get(member, [])] for name, (member, key) in sources.items()}
    described = [one.get("Description") for member, _ in sources.values() for one in found.get(member, [])]
    return {
        **by_name,
        "protocol": found["IpProtocol"],
        "fromPort": found.get("FromPort", 0),
        "toPort": found.get("ToPort", 0),
        "self": own in by_name["securityGroups"],
        "securityGroups": [group for group in by_name["securityGroups"] if group != own],
        "description": next((text for text in described if text), ""),
    }


def permissions(step: Step, of: Mapping[str, Any], direction: str) -> list[dict[str, Any]]:
    """The group's own id stands in for ``self``."""
    found = [permission(rule) for rule in of.get(direction) or []]
    for one in found:
        one["UserIdGroupPairs"] = [
            {
                **pair,
                "GroupId": step.id if pair["GroupId"] == "self" else pair["GroupId"],
            }
            for pair in one["UserIdGroupPairs"]
        ]
    return [_full(one) for one in found]


def _full(one: Any) -> Any:
    """Without what is empty, which EC2 refuses."""
    if isinstance(one, dict):
        return {key: _full(value) for key, value in one.items() if value not in (None, [])}
    return [_full(value) for value in one] if isinstance(one, list) else one


def close_new_group(step: Step) -> None:
    """A new group has its inline rules only: what EC2 lets out by itself is closed, as Terraform does."""
    _quietly(step, "revoke_security_group_egress", EVERYWHERE)
    put_group_rules(step)


def put_group_rules(step: Step) -> None:
    """The group's inline rules are those of the inputs; those of the old inputs only are gone."""
    for direction in ("ingress", "egress"):
        old, new = (
            permissions(step, step.old, direction),
            permissions(step, step.inputs, direction),
        )
        _quietly(
            step,
            f"revoke_security_group_{direction}",
            [one for one in old if one not in new],
        )
        added = [one for one in new if one not in old]
        if added:
            step.api(
                f"authorize_security_group_{direction}",
                GroupId=step.id,
                IpPermissions=added,
            )


def _quietly(step: Step, method: str, revoked: list[dict[str, Any]]) -> None:
    if not revoked:
        return
    try:
        step.api(method, GroupId=step.id, IpPermissions=revoked)
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidPermission.NotFound":
            raise


def adopt_default_group(step: Step) -> None:
    """The VPC's default group has the declared rules and no others."""
    for direction, member in (
        ("ingress", "IpPermissions"),
        ("egress", "IpPermissionsEgress"),
    ):
        _quietly(
            step,
            f"revoke_security_group_{direction}",
            [_full(one) for one in step.item.get(member, [])],
        )
    put_group_rules(step)


LAST_RULE = 32767
"""The entry that denies the rest, which AWS makes and nobody can remove."""


def _entry(rule: Mapping[str, Any], egress: bool) -> dict[str, Any]:
    ranges = {
        "CidrBlock": rule.get("cidrBlock") or None,
        "Ipv6CidrBlock": rule.get("ipv6CidrBlock") or None,
    }
    ports = {"From": int(rule.get("fromPort") or 0), "To": int(rule.get("toPort") or 0)}
    return {
        "RuleNumber": int(rule["ruleNo"]),
        "Protocol": protocol_number(rule["protocol"]),
        "RuleAction": rule["action"],
        "Egress": egress,
        **{key: value for key, value in ranges.items() if value},
        "PortRange": ports,
    }


NUMBER_BY_PROTOCOL = {"all": "-1", "tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58"}
"""Source: IANA, Assigned Internet Protocol Numbers; EC2 keeps the number."""


def protocol_number(name: Any) -> str:
    return NUMBER_BY_PROTOCOL.get(str(name).lower(), str(name))


def entries(found: list[Mapping[str, Any]], egress: bool) -> list[dict[str, Any]]:
    """An ACL's entries of one direction as inline rules, without the last."""
    return [
        {
            "ruleNo": one["RuleNumber"],
            "protocol": one["Protocol"],
            "action": one["RuleAction"],
            "cidrBlock": one.get("CidrBlock"),
            "ipv6CidrBlock": one.get("Ipv6CidrBlock"),
            "fromPort": one.get("PortRange", {}).get("From", 0),
            "toPort": one.get("PortRange", {}).get("To", 0),
        }
        for one in sorted(found, key=lambda one: one["RuleNumber"])
        if one["Egress"] is egress and one["RuleNumber"] < LAST_RULE
    ]


def default_acl_entries(step: Step) -> None:
    """An adopted ACL has only the entries that are declared for it."""
    for one in step.item.get("Entries", []):
        if one["RuleNumber"] < LAST_RULE:
            step.api(
                "delete_network_acl_entry",
                NetworkAclId=step.id,
                RuleNumber=one["RuleNumber"],
                Egress=one["Egress"],
            )
    put_acl(step)


def put_acl(step: Step) -> None:
    """The ACL's inline entries and subnets are those of the inputs."""
    for direction, egress in (("ingress", False), ("egress", True)):
        old = [_entry(rule, egress) for rule in step.old.get(direction) or []]
        new = [_entry(rule, egress) for rule in step.inputs.get(direction) or []]
        for one in (one for one in old if one not in new):
            step.api(
                "delete_network_acl_entry",
                NetworkAclId=step.id,
                RuleNumber=one["RuleNumber"],
                Egress=egress,
            )
        for one in (one for one in new if one not in old):
            step.api("create_network_acl_entry", NetworkAclId=step.id, **one)
    old_subnets, new_subnets = (set(of.get("subnetIds") or []) for of in (step.old, step.inputs))
    _associate(step, sorted(new_subnets - old_subnets), step.id)
    _associate(step, sorted(old_subnets - new_subnets), None)


def release_acl_subnets(step: Step) -> None:
    """An ACL in use cannot be deleted: its subnets go back to the VPC's default ACL."""
    found = step.api("describe_network_acls", NetworkAclIds=[step.id])["NetworkAcls"][0]
    _associate(step, [one["SubnetId"] for one in found["Associations"]], None)


def _associate(step: Step, subnets: list[str], acl: str | None) -> None:
    for subnet in subnets:
        of_subnet = [{"Name": "association.subnet-id", "Values": [subnet]}]
        holder = step.api("describe_network_acls", Filters=of_subnet)["NetworkAcls"][0]
        current = next(one for one in holder["Associations"] if one["SubnetId"] == subnet)
        target = acl or _default_acl(step, holder["VpcId"])
        step.api(
            "replace_network_acl_association",
            AssociationId=current["NetworkAclAssociationId"],
            NetworkAclId=target,
        )


def _default_acl(step: Step, vpc: str) -> str:
    default = [
        {"Name": "vpc-id", "Values": [vpc]},
        {"Name": "default", "Values": ["true"]},
    ]
    return step.api("describe_network_acls", Filters=default)["NetworkAcls"][0]["NetworkAclId"]
