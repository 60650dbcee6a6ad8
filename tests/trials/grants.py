"""What the program grants, each as a thing that can be taken away and given back by AWS's API.

Read from the state of what is up: statements of roles' policies, rules of security groups, VPC endpoints.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.resource import ResourceState
from engine.state import StateStore
from estate.places import Places
from tests.trials.surroundings import Surroundings
from twin.aws.emulator.process import find

__all__ = ["Grant", "controls", "grants"]

_ENDPOINT_MEMBERS = {
    "vpcId": "VpcId",
    "serviceName": "ServiceName",
    "vpcEndpointType": "VpcEndpointType",
    "subnetIds": "SubnetIds",
    "securityGroupIds": "SecurityGroupIds",
    "routeTableIds": "RouteTableIds",
    "privateDnsEnabled": "PrivateDnsEnabled",
    "policy": "PolicyDocument",
}


Place = tuple[str, str, int]

_UNUSED: Mapping[str, Any] = {"allowed": 0, "used": {}, "resources": [], "role_arn": ""}


@dataclass(frozen=True)
class Grant:
    """Attributes:
    kind: statement, rule, endpoint, or control: nothing at all, of which nobody may notice anything.
    service: whose tasks it is for; None for those of all.
    used: how often it has allowed something; None where nobody counts.
    is_doubled: what it was used for is granted once more: asked while it is taken away.
    """

    kind: str
    name: str
    service: str | None
    take: Callable[[], None]
    give: Callable[[], None]
    used: int | None = None
    is_doubled: Callable[[], bool] = lambda: False


def controls(count: int) -> Iterator[Grant]:
    """Nothing is taken away: whatever is noticed then has another cause, and the run proves nothing."""
    for number in range(1, count + 1):
        yield Grant("control", f"nothing is taken away ({number})", None, lambda: None, lambda: None)


def grants(surroundings: Surroundings, services: Sequence[str]) -> Iterator[Grant]:
    """Of the tasks of the services, and of all tasks, in the load's region."""
    iam, ec2 = surroundings.aws("iam"), surroundings.aws("ec2")
    used = _statements_by_place(surroundings)
    for resource in _resources(surroundings.environment):
        match resource.type:
            case "aws:iam/rolePolicy:RolePolicy":
                yield from _statements(iam, resource, services, used)
            case "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
                yield from _rule(ec2, resource, services, "ingress")
            case "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":
                yield from _rule(ec2, resource, services, "egress")
            case "aws:ec2/vpcEndpoint:VpcEndpoint":
                yield _endpoint(ec2, resource)
            case _:
                pass


def _resources(environment: str) -> Iterator[ResourceState]:
    places = Places.of(environment)
    emulator = find(places.folder)
    assert emulator
    store = StateStore(places.state)
    for stack in store.stacks("estate"):
        if not stack.endswith("-standby"):
            yield from store.stack("estate", stack, emulator.nonce).resources.values()


def _service_of(name: str, services: Sequence[str]) -> str | None:
    """The longest of the names with which the resource's begins."""
    found = [it for it in services if name.startswith(f"{it}-")]
    return max(found, key=len, default=None)


def _statements(
    iam: Any, resource: ResourceState, services: Sequence[str], known: Mapping[Place, Mapping[str, Any]]
) -> Iterator[Grant]:
    name = resource.urn.rpartition("::")[2]
    role, _, policy = resource.id.partition(":")
    service = _service_of(name, services) or _service_of(role, services)
    if service is None:
        return
    document = json.loads(resource.outputs["policy"])

    def put(statements: Sequence[Mapping[str, Any]]) -> None:
        text = json.dumps({**document, "Statement": statements})
        if statements:
            iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=text)
        else:
            iam.delete_role_policy(RoleName=role, PolicyName=policy)

    whole = document["Statement"]
    for place, statement in enumerate(whole):
        less = [*whole[:place], *whole[place + 1 :]]
        seen = known.get((role, policy, place), _UNUSED)
        yield Grant(
            "statement",
            f"{name}: {statement.get('Sid') or statement['Action']}",
            service,
            lambda less=less: put(less),
            lambda: put(whole),
            int(seen["allowed"]),
            lambda seen=seen: _is_allowed(iam, seen),
        )


def _is_allowed(iam: Any, statement: Mapping[str, Any]) -> bool:
    """Whether every action that the statement was used for is allowed to its role now, on one of its resources.

    On which of them it was used nobody counts; that nothing was refused meanwhile is for the caller to know.
    """
    if not statement["used"]:
        return False
    answered = iam.simulate_principal_policy(
        PolicySourceArn=statement["role_arn"],
        ActionNames=list(statement["used"]),
        ResourceArns=list(statement["resources"]),
    )
    allowed = {
        it["EvalActionName"] for it in answered["EvaluationResults"] if it["EvalDecision"] == "allowed"
    }
    return allowed >= set(statement["used"])


def _statements_by_place(surroundings: Surroundings) -> dict[Place, Mapping[str, Any]]:
    """What each statement has allowed, with its role, by role, policy and place in it."""
    return {
        (role["name"], it["policy"], it["place"]): {**it, "role_arn": role["role_arn"]}
        for role in surroundings.permissions()
        for it in role["statements"]
    }


def _rule(ec2: Any, resource: ResourceState, services: Sequence[str], way: str) -> Iterator[Grant]:
    name = resource.urn.rpartition("::")[2]
    service = _service_of(name, services)
    if service is None and not name.startswith(("edge-", "network-")):
        return
    given: Mapping[str, Any] = resource.outputs
    permission = {
        "IpProtocol": given["ipProtocol"],
        **({"FromPort": given["fromPort"], "ToPort": given["toPort"]} if "fromPort" in given else {}),
        **({"IpRanges": [{"CidrIp": given["cidrIpv4"]}]} if given.get("cidrIpv4") else {}),
        **({"PrefixListIds": [{"PrefixListId": it}]} if (it := given.get("prefixListId")) else {}),
        **({"UserIdGroupPairs": [{"GroupId": it}]} if (it := given.get("referencedSecurityGroupId")) else {}),
    }
    group = given["securityGroupId"]
    ids = [resource.id]

    def take() -> None:
        getattr(ec2, f"revoke_security_group_{way}")(GroupId=group, SecurityGroupRuleIds=ids)

    def give() -> None:
        made = getattr(ec2, f"authorize_security_group_{way}")(GroupId=group, IpPermissions=[permission])
        ids[:] = [it["SecurityGroupRuleId"] for it in made["SecurityGroupRules"]]

    yield Grant("rule", name, service, take, give)


def _endpoint(ec2: Any, resource: ResourceState) -> Grant:
    given = resource.outputs
    asked = {
        there: given[here] for here, there in _ENDPOINT_MEMBERS.items() if given.get(here) not in (None, [])
    }
    ids = [resource.id]

    def take() -> None:
        ec2.delete_vpc_endpoints(VpcEndpointIds=ids)

    def give() -> None:
        ids[:] = [ec2.create_vpc_endpoint(**asked)["VpcEndpoint"]["VpcEndpointId"]]

    return Grant("endpoint", resource.urn.rpartition("::")[2], None, take, give)
