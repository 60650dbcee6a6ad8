"""Services and task definitions as the control plane declares them, from the documents of its API."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from twin.runtime.control_plane import ControlPlane, Document
from twin.runtime.tasks.environment import normalised
from twin.runtime.tasks.model import (
    Container,
    DeploymentAlarms,
    HealthCheck,
    MeshName,
    Service,
    ServiceKey,
    Target,
    TaskDefinition,
)

__all__ = ["Declarations", "overridden", "service_of", "task_definition_of"]

_DESCRIBED = 10
"""Source: ECS API reference, DescribeServices: up to 10 services in one call."""


class Declarations:
    """Reads what is declared, and remembers what cannot change: task definitions and the zones of subnets."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self._generation = -1
        self._definitions: dict[tuple[str, str], TaskDefinition] = {}
        self._zones: dict[str, dict[str, str]] = {}

    async def services(self, region: str) -> dict[ServiceKey, Service]:
        """The region's active services.

        Raises:
            ControlPlaneAway: nobody answers.
        """
        self._forget_other_generations()
        found: dict[ServiceKey, Service] = {}
        clusters = await self._plane.call("ecs", region, "list_clusters")
        for cluster_arn in clusters.get("clusterArns", ()):
            for document in await self._documents(region, cluster_arn):
                service = await self._service(region, document)
                found[service.key] = service
        return found

    async def definition(self, region: str, arn: str, main: str | None) -> TaskDefinition:
        """Args: main: name of the container that runs here, where the definition has one of that name."""
        key = (arn, main or "")
        if key not in self._definitions:
            answer = await self._plane.call("ecs", region, "describe_task_definition", taskDefinition=arn)
            self._definitions[key] = task_definition_of(answer["taskDefinition"], region, main)
        return self._definitions[key]

    async def zones(self, region: str, subnet_ids: Sequence[str]) -> dict[str, str]:
        """The first subnet of each zone, by zone."""
        known = self._zones.setdefault(region, {})
        if not set(subnet_ids) <= known.keys():
            answer = await self._plane.call("ec2", region, "describe_subnets")
            known.update({it["SubnetId"]: it["AvailabilityZone"] for it in answer.get("Subnets", ())})
        by_zone: dict[str, str] = {}
        for subnet_id in subnet_ids:
            if subnet_id in known:
                by_zone.setdefault(known[subnet_id], subnet_id)
        return by_zone

    async def _documents(self, region: str, cluster_arn: str) -> list[Document]:
        listed = await self._plane.call("ecs", region, "list_services", cluster=cluster_arn)
        arns = list(listed.get("serviceArns", ()))
        documents: list[Document] = []
        for start in range(0, len(arns), _DESCRIBED):
            batch = arns[start : start + _DESCRIBED]
            answer = await self._plane.call(
                "ecs", region, "describe_services", cluster=cluster_arn, services=batch, include=["TAGS"]
            )
            documents += [it for it in answer.get("services", ()) if it["status"] == "ACTIVE"]
        return documents

    async def _service(self, region: str, document: Document) -> Service:
        definition = await self.definition(region, document["taskDefinition"], document["serviceName"])
        subnets = await self.zones(region, _subnet_ids(document))
        return service_of(document, definition, subnets, self._plane.seen.generation)

    def _forget_other_generations(self) -> None:
        if self._generation != self._plane.seen.generation:
            self._generation = self._plane.seen.generation
            self._definitions, self._zones = {}, {}


def service_of(
    document: Mapping[str, Any], definition: TaskDefinition, subnets: Mapping[str, str], generation: int
) -> Service:
    """The service of a document of DescribeServices. Args: subnets: id by zone."""
    configuration = document.get("deploymentConfiguration", {})
    breaker = configuration.get("deploymentCircuitBreaker", {})
    deployment = {it["status"]: it for it in document["deployments"]}["PRIMARY"]
    region, cluster = document["serviceArn"].split(":")[3], document["clusterArn"].rpartition("/")[2]
    return Service(
        key=ServiceKey(region, cluster, document["serviceName"]),
        arn=document["serviceArn"],
        cluster_arn=document["clusterArn"],
        desired_count=document["desiredCount"],
        deployment=deployment,
        definition=definition,
        subnets=subnets,
        # Source of the defaults: ECS API reference, DeploymentConfiguration, for the REPLICA strategy.
        minimum_healthy_percent=configuration.get("minimumHealthyPercent", 100),
        maximum_percent=configuration.get("maximumPercent", 200),
        breaks_circuit=breaker.get("enable", False),
        rolls_back=breaker.get("rollback", False),
        alarms=_alarms(configuration.get("alarms", {})),
        grace_seconds=document.get("healthCheckGracePeriodSeconds", 0),
        is_rebalanced=document.get("availabilityZoneRebalancing") == "ENABLED",
        targets=tuple(_targets(document)),
        mesh=_mesh(document, deployment, definition),
        capacity=_capacity(document),
        platform_version=document.get("platformVersion", "LATEST"),
        tags=tuple(document.get("tags", ())) if document.get("propagateTags") == "SERVICE" else (),
        generation=generation,
    )


def task_definition_of(document: Mapping[str, Any], region: str, main: str | None = None) -> TaskDefinition:
    """The task definition of a document of DescribeTaskDefinition.

    Args:
        main: name of the container that runs; the first essential one where there is none of that name.
    """
    containers = [_container(it) for it in document["containerDefinitions"]]
    essential = [it for it in containers if it.is_essential] or containers
    chosen = next((it for it in essential if it.name == main), essential[0])
    return TaskDefinition(
        arn=document["taskDefinitionArn"],
        family=document["family"],
        main=chosen,
        others=tuple(it for it in containers if it is not chosen),
        cpu=str(document.get("cpu", "256")),
        memory=str(document.get("memory", "512")),
        task_role_arn=document.get("taskRoleArn"),
        execution_role_arn=document.get("executionRoleArn"),
        fingerprint=_fingerprint(document, chosen.name, region),
    )


def overridden(definition: TaskDefinition, overrides: Mapping[str, Any]) -> TaskDefinition:
    """The definition with RunTask's overrides of its main container."""
    main = definition.main
    for it in overrides.get("containerOverrides", ()):
        if it.get("name") == main.name:
            environment = {**main.environment, **_by_name(it.get("environment", ()), "value")}
            arguments = tuple(it.get("command", ())) or main.arguments
            main = replace(main, environment=environment, arguments=arguments)
    return replace(definition, main=main)


def _container(document: Mapping[str, Any]) -> Container:
    ports = [it["containerPort"] for it in document.get("portMappings", ())]
    return Container(
        name=document["name"],
        image=document.get("image", ""),
        is_essential=document.get("essential", True),
        arguments=(*document.get("entryPoint", ()), *document.get("command", ())),
        environment=_by_name(document.get("environment", ()), "value"),
        secrets=_by_name(document.get("secrets", ()), "valueFrom"),
        port=ports[0] if ports else None,
        # Source of the default: ECS API reference, ContainerDefinition, stopTimeout.
        stop_timeout_seconds=document.get("stopTimeout") or 30,
        health_check=_health_check(document.get("healthCheck")),
        log_prefix=(document.get("logConfiguration") or {})
        .get("options", {})
        .get("awslogs-stream-prefix", ""),
        log_group=_log_group(document.get("logConfiguration") or {}),
    )


def _log_group(document: Mapping[str, Any]) -> str | None:
    """Source: ECS developer guide, "Send Amazon ECS logs to CloudWatch", awslogs driver options."""
    return (
        document.get("options", {}).get("awslogs-group") if document.get("logDriver") == "awslogs" else None
    )


def _by_name(pairs: Iterable[Mapping[str, str]], value: str) -> dict[str, str]:
    return {it["name"]: it[value] for it in pairs}


def _health_check(document: Mapping[str, Any] | None) -> HealthCheck | None:
    if not document or document["command"][:1] == ["NONE"]:
        return None
    standard = HealthCheck(())
    return HealthCheck(
        command=tuple(document["command"]),
        interval_seconds=document.get("interval") or standard.interval_seconds,
        timeout_seconds=document.get("timeout") or standard.timeout_seconds,
        retries=document.get("retries") or standard.retries,
        start_period_seconds=document.get("startPeriod") or 0,
    )


def _fingerprint(document: Mapping[str, Any], main: str, region: str) -> str:
    """Of what runs; the emulator's own address, which differs from start to start, is left out."""
    running = [it for it in document["containerDefinitions"] if it["name"] == main]
    content = json.dumps(running, sort_keys=True, default=str)
    return hashlib.sha256(normalised(content, region).encode()).hexdigest()


def _subnet_ids(document: Mapping[str, Any]) -> list[str]:
    network = document.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    return list(network.get("subnets", ()))


def _alarms(document: Mapping[str, Any]) -> DeploymentAlarms:
    if not document.get("enable"):
        return DeploymentAlarms()
    return DeploymentAlarms(tuple(document.get("alarmNames", ())), document.get("rollback", False))


def _targets(document: Mapping[str, Any]) -> Iterable[Target]:
    for it in document.get("loadBalancers", ()):
        if it.get("targetGroupArn"):
            yield Target(it["targetGroupArn"], int(it["containerPort"]))


def _mesh(
    document: Mapping[str, Any], deployment: Mapping[str, Any], definition: TaskDefinition
) -> MeshName | None:
    """The first name under which Service Connect offers the service."""
    configuration = (
        document.get("serviceConnectConfiguration") or deployment.get("serviceConnectConfiguration") or {}
    )
    offered = configuration.get("services") or ()
    if not configuration.get("enabled") or not offered or definition.main.port is None:
        return None
    first = offered[0]
    aliases = first.get("clientAliases") or [{}]
    timeout = first.get("timeout", {})
    standard = MeshName("", 0)
    return MeshName(
        name=aliases[0].get("dnsName") or first.get("discoveryName") or first["portName"],
        port=definition.main.port,
        request_timeout_seconds=timeout.get("perRequestTimeoutSeconds", standard.request_timeout_seconds),
        idle_timeout_seconds=timeout.get("idleTimeoutSeconds", standard.idle_timeout_seconds),
    )


def _capacity(document: Mapping[str, Any]) -> dict[str, str]:
    strategy = document.get("capacityProviderStrategy")
    if strategy:
        return {"capacityProviderName": strategy[0]["capacityProvider"]}
    return {"launchType": document.get("launchType", "FARGATE")}
