"""Which connections security groups, endpoints and routes of a region let nobody begin. Pure.

A way is open where it is open for every address of both ends: half a way is a fault, and is to be seen. Network ACLs
between the tiers of zones are the evaluator's; here they count on the way to AWS's services, which depends on
endpoints. What is not known yet, such as a group that was made since it was looked, closes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping

from twin.runtime.network.aws_hosts import ENDPOINT_SERVICES
from twin.runtime.network.declared import Declared, Endpoint, Interfaces, Service
from twin.runtime.network.evaluator import INTERNET, SOMEBODY, passes, reaches_outside, within
from twin.runtime.network.model import RouteTarget, Subnet, Traffic, Vpc
from twin.runtime.network.security_group import Peer, SecurityGroup, admits
from twin.runtime.network.ways import ClosedWays

__all__ = ["HTTPS_PORT", "Reachability", "closed_ways", "endpoints_passed"]

HTTPS_PORT = 443
_CDN = "cloudfront.origin-facing"
"""End of the name of the prefix list of CloudFront's addresses. Source: VPC user guide, "AWS-managed prefix lists"."""
_HTTPS = Traffic({}, frozenset({HTTPS_PORT}))


def closed_ways(declared: Declared, unusable_zones: Iterable[str] = ()) -> ClosedWays:
    """Args: unusable_zones: whose NAT gateways and endpoints serve nobody."""
    reach = Reachability(declared, unusable_zones)
    callers = [
        (service, subnet) for service in declared.services for subnet in reach.subnets(service.interfaces)
    ]
    return ClosedWays(
        mesh=frozenset(it for caller, subnet in callers for it in _closed_mesh(reach, caller, subnet)),
        aws=frozenset(
            (caller.name, subnet.zone, name)
            for caller, subnet in callers
            for name in ENDPOINT_SERVICES
            if not reach.aws(caller, subnet, name)
        ),
        internet=frozenset(
            (caller.name, subnet.zone) for caller, subnet in callers if not reach.internet(caller, subnet)
        ),
        stores=frozenset(it for caller, subnet in callers for it in _closed_stores(reach, caller, subnet)),
        targets=frozenset(_closed_targets(reach)),
        listeners=frozenset(_closed_listeners(reach)),
    )


def endpoints_passed(declared: Declared) -> Mapping[tuple[str, str, str], str]:
    """The VPC endpoint to which a service's usual name leads, by caller, its zone, and the service as its endpoint is
    named; what is reached over the internet is not in it.
    """
    reach = Reachability(declared)
    return {
        (caller.name, subnet.zone, name): endpoint.id
        for caller in declared.services
        for subnet in reach.subnets(caller.interfaces)
        for name in ENDPOINT_SERVICES
        if (endpoint := reach.endpoint(subnet, name))
    }


def _closed_mesh(reach: "Reachability", caller: Service, subnet: Subnet) -> Iterator[tuple[str, str, str]]:
    """Source: ECS API reference, ServiceConnectService: with awsvpc, the proxy listens on the container's port, or on
    `ingressPortOverride`, and security groups have to let traffic to it pass.
    """
    for callee in reach.declared.services:
        if caller.namespace is not None and caller.namespace == callee.namespace:
            for name, port in callee.offers.items():
                if not reach.connects(caller.interfaces, subnet, callee.interfaces, port):
                    yield caller.name, subnet.zone, name


def _closed_stores(reach: "Reachability", caller: Service, subnet: Subnet) -> Iterator[tuple[str, str, str]]:
    for store in reach.declared.stores:
        if not reach.connects(caller.interfaces, subnet, store.interfaces, store.port):
            for name in store.names:
                yield caller.name, subnet.zone, name


def _closed_targets(reach: "Reachability") -> Iterator[tuple[str, str, int]]:
    """Source: Application Load Balancers guide, "Security groups for your Application Load Balancer": traffic and
    health checks need rules at both ends.
    """
    balancers = {it.arn: it for it in reach.declared.balancers}
    for group in reach.declared.target_groups:
        services = [it for it in reach.declared.services if group.arn in it.target_group_arns]
        for balancer in (balancers[it] for it in group.balancer_arns if it in balancers):
            for subnet in reach.subnets(balancer.interfaces):
                for port in sorted(group.ports):
                    if not all(
                        reach.connects(balancer.interfaces, subnet, it.interfaces, port) for it in services
                    ):
                        yield subnet.zone, group.name, port


def _closed_listeners(reach: "Reachability") -> Iterator[tuple[str, int]]:
    for balancer in reach.declared.balancers:
        for subnet in reach.subnets(balancer.interfaces):
            for port in sorted(balancer.ports):
                if balancer.is_internal or not reach.is_let_in(balancer.interfaces, port):
                    yield subnet.zone, port


class Reachability:
    """Answers who may connect to whom. Attributes: declared: of the region."""

    def __init__(self, declared: Declared, unusable_zones: Iterable[str] = ()) -> None:
        self.declared = declared
        self._dead = frozenset(unusable_zones)
        self._subnets = {it.id: (it, vpc) for vpc in declared.vpcs for it in vpc.subnets}

    def subnets(self, interfaces: Interfaces) -> list[Subnet]:
        """Those that are known."""
        return [self._subnets[it][0] for it in interfaces.subnet_ids if it in self._subnets]

    def connects(self, caller: Interfaces, subnet: Subnet, callee: Interfaces, port: int) -> bool:
        """Whether the caller in the subnet may open a connection to each of the callee's interfaces."""
        servers = self.subnets(callee)
        return all(
            self._vpc(subnet).id == self._vpc(server).id
            and self._is_let_out(caller, Peer(server.block, self._group_ids(callee)), port)
            and self._is_let_into(callee, Peer(subnet.block, self._group_ids(caller)), port)
            for server in servers
        )

    def is_let_in(self, interfaces: Interfaces, port: int) -> bool:
        """Whether groups admit everybody on the internet, or the CDN, whose part the twin's edge plays."""
        lists = {it for name, it in self.declared.firewall.prefix_list_ids.items() if name == _CDN}
        return self._is_let_into(interfaces, Peer(SOMEBODY, frozenset(), frozenset(lists)), port)

    def internet(self, caller: Service, subnet: Subnet) -> bool:
        """Whether HTTPS to somebody on the internet passes: by its groups, ACLs, routes and NAT gateway."""
        return self._is_let_out(caller.interfaces, Peer(SOMEBODY), HTTPS_PORT) and self._has_way_out(
            caller, subnet
        )

    def aws(self, caller: Service, subnet: Subnet, service: str) -> bool:
        """Whether HTTPS to one of AWS's services passes, by the way that the service's usual name leads.

        That is an interface endpoint whose private DNS is on, else a gateway endpoint of the subnet's route table,
        else the internet. Whoever is refused on that way is not led to another one.
        Source: AWS PrivateLink guide, "Access an AWS service using an interface VPC endpoint" (private DNS), "Gateway
        endpoints" (routing: the prefix list's route is the more specific one).
        """
        interface = self.interface_endpoint(subnet, service)
        if interface and interface.interfaces:
            return self._reaches_endpoint(caller.interfaces, subnet, interface.interfaces)
        if self.gateway_endpoint(subnet, service):
            return self._reaches_gateway(caller.interfaces, subnet, service)
        return self.internet(caller, subnet)

    def endpoint(self, subnet: Subnet, service: str) -> Endpoint | None:
        """An interface endpoint whose private DNS is on comes before a gateway endpoint, as in `aws`."""
        return self.interface_endpoint(subnet, service) or self.gateway_endpoint(subnet, service)

    def interface_endpoint(self, subnet: Subnet, service: str) -> Endpoint | None:
        vpc_id = self._vpc(subnet).id
        return next(
            (
                it
                for it in self.declared.firewall.endpoints
                if it.interfaces and it.has_private_dns and (it.vpc_id, it.service) == (vpc_id, service)
            ),
            None,
        )

    def gateway_endpoint(self, subnet: Subnet, service: str) -> Endpoint | None:
        endpoints = self.declared.firewall.endpoints
        return next(
            (it for it in endpoints if it.service == service and subnet.table_id in it.table_ids), None
        )

    # Parts of ways

    def _reaches_endpoint(self, caller: Interfaces, subnet: Subnet, endpoint: Interfaces) -> bool:
        """Assumption: the name leads to the interface in the caller's zone; without one there, to any that can be
        reached. AWS documents only that it leads to the endpoint's interfaces.
        """
        known = [it for it in self.subnets(endpoint) if it.zone not in self._dead or it.zone == subnet.zone]
        own = [it for it in known if it.zone == subnet.zone]
        return any(self._reaches_interface(caller, subnet, endpoint, it) for it in own or known)

    def _reaches_interface(
        self, caller: Interfaces, subnet: Subnet, endpoint: Interfaces, at: Subnet
    ) -> bool:
        return (
            self._is_let_out(caller, Peer(at.block, self._group_ids(endpoint)), HTTPS_PORT)
            and self._is_let_into(endpoint, Peer(subnet.block, self._group_ids(caller)), HTTPS_PORT)
            and passes(within(subnet), within(at), [HTTPS_PORT])
        )

    def _reaches_gateway(self, caller: Interfaces, subnet: Subnet, service: str) -> bool:
        """Source: AWS PrivateLink guide, "Gateway endpoints for Amazon S3", considerations: both security groups and
        network ACLs have to let traffic to the service's public addresses pass.
        """
        lists = {it for name, it in self.declared.firewall.prefix_list_ids.items() if name == service}
        peer = Peer(SOMEBODY, frozenset(), frozenset(lists))
        return self._is_let_out(caller, peer, HTTPS_PORT) and passes(within(subnet), INTERNET, [HTTPS_PORT])

    def _has_way_out(self, caller: Service, subnet: Subnet) -> bool:
        """Source: VPC user guide, "Internet gateways": what has no public address is not served by one."""
        is_public = any(it.target is RouteTarget.INTERNET_GATEWAY for it in subnet.routes)
        if is_public and not caller.has_public_address:
            return False
        return reaches_outside(self._vpc(subnet), subnet, _HTTPS, self._dead)

    # Security groups

    def _is_let_out(self, interfaces: Interfaces, peer: Peer, port: int) -> bool:
        groups = self._groups(interfaces)
        return groups is None or admits((rule for it in groups for rule in it.outbound), peer, port)

    def _is_let_into(self, interfaces: Interfaces, peer: Peer, port: int) -> bool:
        groups = self._groups(interfaces)
        return groups is None or admits((rule for it in groups for rule in it.inbound), peer, port)

    def _groups(self, interfaces: Interfaces) -> list[SecurityGroup] | None:
        """None where one of them is not known."""
        groups = self.declared.firewall.groups
        ids = self._group_ids(interfaces)
        return [groups[it] for it in sorted(ids)] if ids and ids <= groups.keys() else None

    def _group_ids(self, interfaces: Interfaces) -> frozenset[str]:
        """Source: VPC user guide, "Default security groups for your VPCs": what names no group has that one."""
        if interfaces.group_ids:
            return frozenset(interfaces.group_ids)
        vpc_ids = {self._vpc(it).id for it in self.subnets(interfaces)}
        groups = self.declared.firewall.groups.values()
        return frozenset(it.id for it in groups if it.is_default and it.vpc_id in vpc_ids)

    def _vpc(self, subnet: Subnet) -> Vpc:
        return self._subnets[subnet.id][1]
