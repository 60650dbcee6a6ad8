"""The ECS service: how many tasks, where, how they are replaced, and how they find each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.private_service.scope import Scope
from components.private_service.task_definition import PORT_NAME, log_configuration

__all__ = ["MeshArgs", "MeshTlsArgs", "Placement", "service"]

MESH_LOG_PREFIX = "mesh"


class MeshTlsArgs(TypedDict):
    certificate_authority_arn: pulumi.Input[str]
    """ARN of the AWS Private CA that issues the certificates."""
    role_arn: pulumi.Input[str]
    """ARN of the role with which Service Connect has them issued."""
    key_arn: pulumi.Input[str]
    """ARN of the KMS key that protects their private keys."""


class MeshArgs(TypedDict):
    namespace_arn: pulumi.Input[str]
    """ARN of the Service Connect namespace."""
    serves: NotRequired[bool]
    """Whether others call it by its name; otherwise it only calls. Default: true."""
    idle_timeout_seconds: NotRequired[int]
    """Seconds after which an idle connection is closed, 0 for never. Default: 300."""
    request_timeout_seconds: NotRequired[int]
    """Seconds that one request may take, 0 for any. Default: 15."""
    tls: NotRequired[MeshTlsArgs]
    """Encryption between services. Default: none."""


@dataclass(frozen=True)
class Placement:
    """Where the service runs and what its deployments watch."""

    cluster_arn: pulumi.Input[str]
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    capacity_provider: Literal["FARGATE", "FARGATE_SPOT"]
    minimum: int
    port: int
    grace_seconds: int
    deployment_alarm_names: Sequence[pulumi.Input[str]]


def service(
    scope: Scope,
    placement: Placement,
    task: aws.ecs.TaskDefinition,
    group: aws.ec2.SecurityGroup,
    log_group: aws.cloudwatch.LogGroup,
    mesh: MeshArgs | None,
    targets: tuple[aws.lb.TargetGroup, aws.lb.ListenerRule] | None,
) -> aws.ecs.Service:
    """Tasks spread over the subnets' zones; a deployment that fails is taken back.

    Args:
        targets: the target group and the rule that leads to it, without which ECS refuses the group.
    """
    depends_on = [] if targets is None else [targets[1]]
    return aws.ecs.Service(
        scope.child("service"),
        name=scope.service_name,
        cluster=placement.cluster_arn,
        task_definition=task.arn,
        desired_count=placement.minimum,
        capacity_provider_strategies=[
            aws.ecs.ServiceCapacityProviderStrategyArgs(
                capacity_provider=placement.capacity_provider, weight=1
            )
        ],
        platform_version="LATEST",
        # Fargate spreads a service's tasks over zones; this keeps them spread after a zone comes back.
        availability_zone_rebalancing="ENABLED",
        network_configuration=aws.ecs.ServiceNetworkConfigurationArgs(
            subnets=placement.subnet_ids, security_groups=[group.id], assign_public_ip=False
        ),
        deployment_minimum_healthy_percent=100,
        deployment_maximum_percent=200,
        deployment_circuit_breaker=aws.ecs.ServiceDeploymentCircuitBreakerArgs(enable=True, rollback=True),
        alarms=aws.ecs.ServiceAlarmsArgs(
            enable=True, rollback=True, alarm_names=list(placement.deployment_alarm_names)
        ),
        load_balancers=_load_balancers(scope, placement.port, targets),
        health_check_grace_period_seconds=None if targets is None else placement.grace_seconds,
        service_connect_configuration=_service_connect(scope, placement.port, log_group, mesh),
        enable_execute_command=False,
        enable_ecs_managed_tags=True,
        propagate_tags="SERVICE",
        tags=scope.tags,
        # The desired count belongs to scaling once the service is there.
        opts=pulumi.ResourceOptions.merge(
            scope.opts, pulumi.ResourceOptions(ignore_changes=["desiredCount"], depends_on=depends_on)
        ),
    )


def _load_balancers(
    scope: Scope, port: int, targets: tuple[aws.lb.TargetGroup, aws.lb.ListenerRule] | None
) -> list[aws.ecs.ServiceLoadBalancerArgs] | None:
    if targets is None:
        return None
    return [
        aws.ecs.ServiceLoadBalancerArgs(
            target_group_arn=targets[0].arn, container_name=scope.service_name, container_port=port
        )
    ]


def _service_connect(
    scope: Scope, port: int, log_group: aws.cloudwatch.LogGroup, mesh: MeshArgs | None
) -> aws.ecs.ServiceServiceConnectConfigurationArgs | None:
    if mesh is None:
        return None
    logs = log_configuration(scope, log_group.name)
    options = {**logs["options"], "awslogs-stream-prefix": MESH_LOG_PREFIX}
    return aws.ecs.ServiceServiceConnectConfigurationArgs(
        enabled=True,
        namespace=mesh["namespace_arn"],
        log_configuration=aws.ecs.ServiceServiceConnectConfigurationLogConfigurationArgs(
            log_driver=logs["logDriver"], options=options
        ),
        access_log_configuration=aws.ecs.ServiceServiceConnectConfigurationAccessLogConfigurationArgs(
            # Query strings may hold what people typed.
            format="JSON",
            include_query_parameters="DISABLED",
        ),
        services=[_mesh_server(scope, port, mesh)] if mesh.get("serves", True) else None,
    )


def _mesh_server(
    scope: Scope, port: int, mesh: MeshArgs
) -> aws.ecs.ServiceServiceConnectConfigurationServiceArgs:
    alias = aws.ecs.ServiceServiceConnectConfigurationServiceClientAliasArgs(
        port=port, dns_name=scope.service_name
    )
    return aws.ecs.ServiceServiceConnectConfigurationServiceArgs(
        port_name=PORT_NAME,
        discovery_name=scope.service_name,
        client_alias=[alias],
        timeout=aws.ecs.ServiceServiceConnectConfigurationServiceTimeoutArgs(
            idle_timeout_seconds=mesh.get("idle_timeout_seconds", 300),
            per_request_timeout_seconds=mesh.get("request_timeout_seconds", 15),
        ),
        tls=_mesh_tls(mesh.get("tls")),
    )


def _mesh_tls(
    tls: MeshTlsArgs | None,
) -> aws.ecs.ServiceServiceConnectConfigurationServiceTlsArgs | None:
    if tls is None:
        return None
    authority = aws.ecs.ServiceServiceConnectConfigurationServiceTlsIssuerCertAuthorityArgs(
        aws_pca_authority_arn=tls["certificate_authority_arn"]
    )
    return aws.ecs.ServiceServiceConnectConfigurationServiceTlsArgs(
        issuer_cert_authority=authority, kms_key=tls["key_arn"], role_arn=tls["role_arn"]
    )
