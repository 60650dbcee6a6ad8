"""ECS services as far as it decides whom their tasks may connect to, and who may connect to them."""

from collections.abc import Iterator, Mapping
from typing import Any

from twin.runtime.control_plane import ControlPlane, Document
from twin.runtime.network.declared import Interfaces, Service

__all__ = ["SERVICE_SERVICES", "ServiceReading"]

SERVICE_SERVICES = ("ecs",)

_AT_ONCE = 10
"""Services that one call describes. Source: ECS API reference, DescribeServices."""


class ServiceReading:
    """Remembers ports of task definitions, which cannot change while an emulator lives."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self._generation = -1
        self._ports: dict[tuple[str, str], Mapping[str, int]] = {}

    async def services(self, region: str) -> tuple[Service, ...]:
        """Raises: ClientError, ControlPlaneAway."""
        if self._generation != self._plane.seen.generation:
            self._generation, self._ports = self._plane.seen.generation, {}
        clusters = await self._plane.call("ecs", region, "list_clusters")
        found: list[Service] = []
        for cluster in clusters.get("clusterArns", ()):
            for it in await self._documents(region, cluster):
                ports = await self._ports_of(region, it["taskDefinition"]) if _offered(it) else {}
                found.append(_service(it, ports))
        return tuple(found)

    async def _documents(self, region: str, cluster: str) -> list[Document]:
        listed = await self._plane.call("ecs", region, "list_services", cluster=cluster)
        arns = sorted(listed.get("serviceArns", ()))
        documents: list[Document] = []
        for start in range(0, len(arns), _AT_ONCE):
            some = arns[start : start + _AT_ONCE]
            said = await self._plane.call("ecs", region, "describe_services", cluster=cluster, services=some)
            documents += [it for it in said.get("services", ()) if it.get("status", "ACTIVE") == "ACTIVE"]
        return documents

    async def _ports_of(self, region: str, definition: str) -> Mapping[str, int]:
        """Container ports by the names of their mappings."""
        if (region, definition) not in self._ports:
            said = await self._plane.call(
                "ecs", region, "describe_task_definition", taskDefinition=definition
            )
            self._ports[region, definition] = dict(_named_ports(said["taskDefinition"]))
        return self._ports[region, definition]


def _named_ports(definition: Document) -> Iterator[tuple[str, int]]:
    for container in definition.get("containerDefinitions", ()):
        for it in container.get("portMappings", ()):
            if it.get("name"):
                yield it["name"], int(it["containerPort"])


def _service(document: Document, ports: Mapping[str, int]) -> Service:
    network = document.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    mesh = _mesh(document)
    return Service(
        name=document["serviceName"],
        interfaces=Interfaces(tuple(network.get("subnets", ())), tuple(network.get("securityGroups", ()))),
        has_public_address=network.get("assignPublicIp") == "ENABLED",
        namespace=mesh.get("namespace", "default") if mesh.get("enabled") else None,
        offers=dict(_offers(document, ports)),
        target_group_arns=tuple(
            it["targetGroupArn"] for it in document.get("loadBalancers", ()) if it.get("targetGroupArn")
        ),
    )


def _mesh(document: Document) -> Mapping[str, Any]:
    """The Service Connect configuration of the deployment that is wanted."""
    primary = next((it for it in document.get("deployments", ()) if it.get("status") == "PRIMARY"), {})
    return primary.get("serviceConnectConfiguration") or {}


def _offered(document: Document) -> list[Mapping[str, Any]]:
    mesh = _mesh(document)
    return list(mesh.get("services", ())) if mesh.get("enabled") else []


def _offers(document: Document, ports: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Port of Service Connect's proxy by discovery name.

    Source: ECS API reference, ServiceConnectService: `ingressPortOverride`, else the container's port with awsvpc.
    """
    for it in _offered(document):
        port = it.get("ingressPortOverride") or ports.get(it["portName"])
        if port:
            yield it.get("discoveryName") or it["portName"], int(port)
