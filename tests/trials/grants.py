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

__all__ = ["Grant", "grants"]

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


@dataclass(frozen=True)
class Grant:
    """Attributes:
    kind: statement, rule or endpoint.
    service: whose tasks it is for; None for those of all.
    used: how often it has allowed something; None where nobody counts.
    """

    kind: str
    name: str
    service: str | None
    take: Callable[[], None]
    give: Callable[[], None]
    used: int | None = None


def grants(surroundings: Surroundings, services: Sequence[str]) -> Iterator[Grant]:
    """Of the tasks of the services, and of all tasks, in the load's region."""
    for resource in _resources(surroundings.environment):
        match resource.type:
            case "aws:iam/rolePolicy:RolePolicy":
                yield from _statements(surroundings, resource, services)
            case "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
                yield from _rule(surroundings, resource, services, "ingress")
            case "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":
                yield from _rule(surroundings, resource, services, "egress")
            case "aws:ec2/vpcEndpoint:VpcEndpoint":
                yield _endpoint(surroundings, resource)
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
    surroundings: Surroundings, resource: ResourceState, services: Sequence[str]
) -> Iterator[Grant]:
    name = resource.urn.rpartition("::")[2]
    role, _, policy = resource.id.partition(":")
    service = _service_of(name, services) or _service_of(role, services)
    if service is None:
        return
    document = json.loads(resource.outputs["policy"])
    iam = surroundings.aws("iam")

    def put(statements: Sequence[Mapping[str, Any]]) -> None:
        text = json.dumps({**document, "Statement": statements})
        if statements:
            iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=text)
        else:
            iam.delete_role_policy(RoleName=role, PolicyName=policy)

    whole = document["Statement"]
    for place, statement in enumerate(whole):
        less = [*whole[:place], *whole[place + 1 :]]
        yield Grant(
            "statement",
            f"{name}: {statement.get('Sid') or statement['Action']}",
            service,
            lambda less=less: put(less),
            lambda: put(whole),
            _used(surroundings, role, policy, place),
        )


def _used(surroundings: Surroundings, role: str, policy: str, place: int) -> int:
    for it in surroundings.permissions():
        if it["role_arn"].endswith(f"/{role}"):
            for statement in it["statements"]:
                if (statement["policy"], statement["place"]) == (policy, place):
                    return int(statement["allowed"])
    return 0


def _rule(
    surroundings: Surroundings, resource: ResourceState, services: Sequence[str], way: str
) -> Iterator[Grant]:
    name = resource.urn.rpartition("::")[2]
    service = _service_of(name, services)
    if service is None and not name.startswith(("edge-", "network-")):
        return
    ec2 = surroundings.aws("ec2")
    given: Mapping[str, Any] = resource.outputs
    permission = {
        "IpProtocol": given["ipProtocol"],
        **({"FromPort": given["fromPort"], "ToPort": given["toPort"]} if "fromPort" in given else {}),
        **({"IpRanges": [{"CidrIp": given["cidrIpv4"]}]} if given.get("cidrIpv4") else {}),
        **({"PrefixListIds": [{"PrefixListId": it}]} if (it := given.get("prefixListId")) else {}),
        **({"UserIdGroupPairs": [{"GroupId": it}]} if (it := given.get("referencedSecurityGroupId")) else {}),
    }
    asked = {"GroupId": given["securityGroupId"], "IpPermissions": [permission]}
    yield Grant(
        "rule",
        name,
        service,
        lambda: getattr(ec2, f"revoke_security_group_{way}")(**asked),
        lambda: getattr(ec2, f"authorize_security_group_{way}")(**asked),
    )


def _endpoint(surroundings: Surroundings, resource: ResourceState) -> Grant:
    ec2 = surroundings.aws("ec2")
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
