"""What the ECS and EC2 APIs say of services, read into the model."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from twin.runtime.control_plane import ControlPlane
from twin.runtime.egress.model import Alias, Service

__all__ = ["services"]

_AT_ONCE = 10
"""Services that one call describes. Source: ECS API reference, DescribeServices."""

_REQUEST_SECONDS, _IDLE_SECONDS = 15.0, 300.0
"""Source: ECS API reference, TimeoutConfiguration: 15 s a request and five minutes idle for HTTP."""

Document = Mapping[str, Any]


async def services(control_plane: ControlPlane, region: str) -> list[Service]:
    """The region's services that are not being deleted.

    Raises: ControlPlaneAway, ClientError
    """
    zones = await _zones_by_subnet(control_plane, region)
    clusters = await control_plane.call("ecs", region, "list_clusters")
    found: list[Service] = []
    for cluster in clusters.get("clusterArns", ()):
        listed = await control_plane.call("ecs", region, "list_services", cluster=cluster)
        for some in _chunks(sorted(listed.get("serviceArns", ()))):
            said = await control_plane.call(
                "ecs", region, "describe_services", cluster=cluster, services=some
            )
            documents = [it for it in said.get("services", ()) if it.get("status", "ACTIVE") == "ACTIVE"]
            found += [_service(region, it, zones) for it in documents]
    return found


async def _zones_by_subnet(control_plane: ControlPlane, region: str) -> dict[str, str]:
    said = await control_plane.call("ec2", region, "describe_subnets")
    return {it["SubnetId"]: it["AvailabilityZone"] for it in said.get("Subnets", ())}


def _chunks(arns: Sequence[str]) -> Iterator[list[str]]:
    return (list(arns[start : start + _AT_ONCE]) for start in range(0, len(arns), _AT_ONCE))


def _service(region: str, document: Document, zones: Mapping[str, str]) -> Service:
    network = document.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    mesh = _mesh(document)
    return Service(
        region=region,
        name=document["serviceName"],
        zones=tuple(sorted({zones[it] for it in network.get("subnets", ()) if it in zones})),
        namespace=mesh.get("namespace", "default") if mesh.get("enabled") else None,
        serves=tuple(_aliases(mesh)),
    )


def _mesh(document: Document) -> Document:
    """The Service Connect configuration of the deployment that is wanted."""
    deployments = document.get("deployments", ())
    primary = next((it for it in deployments if it.get("status") == "PRIMARY"), {})
    return primary.get("serviceConnectConfiguration") or {}


def _aliases(mesh: Document) -> Iterator[tuple[str, Alias]]:
    for it in mesh.get("services", ()):
        name = it.get("discoveryName") or it["portName"]
        timeout = it.get("timeout", {})
        for alias in it.get("clientAliases", ()):
            yield (
                name,
                Alias(
                    alias.get("dnsName") or name,
                    alias["port"],
                    float(timeout.get("perRequestTimeoutSeconds", _REQUEST_SECONDS)),
                    float(timeout.get("idleTimeoutSeconds", _IDLE_SECONDS)),
                ),
            )
