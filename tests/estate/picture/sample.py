"""Small estates, registered by hand as a program's components register them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.recorder import placeholder
from engine.resource import Registration
from engine.urn import urn_for
from estate.picture.parts import Stack
from stacks.names import Layer, StackName

PRIMARY, STANDBY = "eu-west-2", "eu-west-1"
QUEUE = "aws:sqs/queue:Queue"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
GROUP = "aws:ec2/securityGroup:SecurityGroup"


@dataclass
class Program:
    """What one stack registers, in order."""

    layer: Layer
    is_standby: bool = False
    registrations: list[Registration] = field(default_factory=list[Registration])

    @property
    def region(self) -> str:
        return STANDBY if self.is_standby else PRIMARY

    def component(self, type_token: str, name: str) -> str:
        """Registers a component and returns its URN."""
        return self._register(type_token, name, "", custom=False, inputs={})

    def resource(self, type_token: str, name: str, parent: str = "", /, **inputs: Any) -> str:
        """Registers a resource and returns its URN."""
        return self._register(type_token, name, parent, custom=True, inputs=inputs)

    @property
    def stack(self) -> Stack:
        return Stack(StackName(self.layer, "test", self.is_standby), self.region, self.registrations)

    def _register(
        self, type_token: str, name: str, parent: str, custom: bool, inputs: Mapping[str, Any]
    ) -> str:
        stack = str(StackName(self.layer, "test", self.is_standby))
        urn = urn_for(stack, "estate", parent, type_token, name)
        self.registrations.append(Registration(urn, type_token, name, parent, custom, inputs))
        return urn


def token(urn: str, output: str = "id") -> str:
    """What the program sees of an output."""
    return placeholder(urn, output)


def arn(urn: str, service: str = "any", region: str = PRIMARY) -> str:
    return f"arn:aws:{service}:{region}:123456789012:{token(urn, 'arn')}"


def network(program: Program, zones: tuple[str, ...] = ("a", "b", "c")) -> list[str]:
    """A network with its subnets and a NAT gateway in its first zone; returns the private subnets' ids."""
    parent = program.component("estate:foundation:Network", "network")
    program.resource("aws:ec2/vpc:Vpc", "network-vpc", parent, cidrBlock="10.0.0.0/16")
    ids: dict[tuple[str, str], str] = {}
    for row, tier in enumerate(("public", "private", "data")):
        for column, letter in enumerate(zones):
            zone = f"{program.region}{letter}"
            subnet = program.resource(
                "aws:ec2/subnet:Subnet",
                f"network-{tier}-{zone}",
                parent,
                availabilityZone=zone,
                cidrBlock=f"10.0.{row * 16 + column}.0/24",
                tags={"tier": tier},
            )
            ids[tier, letter] = token(subnet)
    program.resource("aws:ec2/natGateway:NatGateway", "network-nat", parent, subnetId=ids["public", zones[0]])
    return [ids["private", letter] for letter in zones]


def queue(program: Program, name: str, **tags: str) -> str:
    """A queue with its dead-letter queue; returns the queue's own URN."""
    parent = program.component("estate:data:Queue", name)
    dead = program.resource(QUEUE, f"{name}-dlq", parent, name=f"{name}-dlq", tags=tags)
    program.resource(
        "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
        f"{name}-redrive",
        parent,
        queueUrl=token(dead, "url"),
    )
    return program.resource(QUEUE, f"{name}-queue", parent, name=name, tags=tags)


@dataclass(frozen=True)
class Service:
    """URNs of the parts of a service that others name."""

    component: str
    group: str
    role: str
    target_group: str


def service(
    program: Program, name: str, subnets: list[str], desired: int = 3, most: int = 9, **tags: str
) -> Service:
    parent = program.component("estate:services:PrivateService", name)
    program.resource(
        "aws:ecs/service:Service",
        f"{name}-service",
        parent,
        desiredCount=desired,
        networkConfiguration={"subnets": subnets},
        tags=tags,
    )
    program.resource(
        "aws:appautoscaling/target:Target", f"{name}-target", parent, minCapacity=desired, maxCapacity=most
    )
    return Service(
        parent,
        program.resource(GROUP, f"{name}-security-group", parent),
        program.resource("aws:iam/role:Role", f"{name}-task-role", parent),
        program.resource("aws:lb/targetGroup:TargetGroup", f"{name}-targets", parent),
    )


def edge(program: Program, subnets: Sequence[str] = ()) -> str:
    """Returns the HTTPS listener's URN."""
    parent = program.component("estate:platform:Edge", "edge")
    balancer = program.resource(
        "aws:lb/loadBalancer:LoadBalancer", "edge-load-balancer", parent, subnets=list(subnets)
    )
    return program.resource("aws:lb/listener:Listener", "edge-https", parent, loadBalancerArn=arn(balancer))


def route(program: Program, listener: str, to: Service, name: str, **tags: str) -> None:
    program.resource(
        "aws:lb/listenerRule:ListenerRule",
        name,
        listenerArn=arn(listener),
        actions=[{"type": "forward", "targetGroupArn": arn(to.target_group)}],
        tags=tags,
    )


def small() -> list[Stack]:
    """An edge, a cell with two benefits, a service, a database in three zones and three queues."""
    foundation, data, platform, services = (
        Program(it) for it in (Layer.FOUNDATION, Layer.DATA, Layer.PLATFORM, Layer.SERVICES)
    )
    subnets = network(foundation)
    foundation.resource("aws:guardduty/detector:Detector", "threat-detection")
    database = data.component("estate:data:Database", "database-core")
    group = data.resource(GROUP, "database-core-security-group", database)
    data.resource("aws:rds/subnetGroup:SubnetGroup", "database-core-subnets", database, subnetIds=subnets)
    for number, letter in enumerate("abc", start=1):
        data.resource(
            "aws:rds/clusterInstance:ClusterInstance",
            f"database-core-instance-{number}",
            database,
            identifier=f"core-{number}",
            availabilityZone=f"{PRIMARY}{letter}",
            instanceClass="db.t4g.medium",
        )
    work = queue(data, "case-work", service="queue-case-work")
    benefits = [queue(data, f"benefit-{it}", benefit=it) for it in ("heating", "grant")]
    listener = edge(platform, subnets)
    case = service(services, "case", subnets, desired=2)
    cell = service(services, "cell-families", subnets)
    for benefit, its_queue in zip(("heating", "grant"), benefits, strict=True):
        route(services, listener, cell, f"benefit-{benefit}-route", benefit=benefit)
        allow(services, cell, f"benefit-{benefit}-access", arn(its_queue, "sqs"))
    allow(services, case, "case-task-policy", arn(work, "sqs"))
    reach(services, cell, "cell-families-to-case", case.group)
    reach(services, case, "case-to-database", group)
    return [it.stack for it in (foundation, data, platform, services)]


def allow(program: Program, who: Service, name: str, *resources: str, effect: str = "Allow") -> None:
    statement = {"Effect": effect, "Action": "any:Use", "Resource": resources}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    program.resource("aws:iam/rolePolicy:RolePolicy", name, role=token(who.role, "name"), policy=policy)


def reach(program: Program, who: Service, name: str, group: str) -> None:
    program.resource(EGRESS, name, securityGroupId=token(who.group), referencedSecurityGroupId=token(group))
