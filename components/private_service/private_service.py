"""The private service component."""

from collections.abc import Mapping, Sequence
from typing import Literal, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.private_service.alarms import Alarms, AlarmTargets, ObjectivesArgs, alarms
from components.private_service.fast_step import publish_statement
from components.private_service.fault_injection import agent_statements, managed_instance_role
from components.private_service.roles import ExecutionNeeds, GrantArgs, execution_role, task_role
from components.private_service.scaling import ScalingArgs, check_scaling, scaling
from components.private_service.scope import Scope
from components.private_service.security_group import EgressArgs, security_group
from components.private_service.service import MeshArgs, Placement, service
from components.private_service.target_group import ListenerArgs, listener_rule, target_group
from components.private_service.task_definition import ContainerSettings, TaskSettings, task_definition

__all__ = ["PrivateService", "PrivateServiceArgs"]

LOAD_BALANCER = "load-balancer"


class PrivateServiceArgs(TypedDict):
    cluster_arn: pulumi.Input[str]
    """ARN of the ECS cluster."""
    cluster_name: pulumi.Input[str]
    """Name of the ECS cluster."""
    vpc_id: pulumi.Input[str]
    """Id of the VPC."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Ids of private subnets, one a zone."""
    image: pulumi.Input[str]
    """Image, with a tag or digest that does not move. It makes /tmp writable for its user (VOLUME)."""
    port: int
    """Port on which the container serves HTTP."""
    cpu: int
    """CPU units, 1024 for one vCPU; one of Fargate's sizes."""
    memory_mib: int
    """Memory in MiB; one that Fargate pairs with the CPU units."""
    health_check_command: Sequence[str]
    """Command in the container that succeeds while it is healthy, in ECS's form (`["CMD", ...]`)."""
    scaling: ScalingArgs
    """How many tasks, and what they follow."""
    log_key_arn: pulumi.Input[str]
    """ARN of the KMS key that encrypts the log; it must admit CloudWatch Logs."""
    alarm_topic_arn: pulumi.Input[str]
    """ARN of the SNS topic that every alarm tells."""
    service_name: NotRequired[str]
    """Name of service, task family and mesh endpoint. Default: the component's name."""
    repository_arn: NotRequired[pulumi.Input[str]]
    """ARN of the ECR repository of the image. Default: none, for a public image."""
    command: NotRequired[Sequence[str]]
    """Command of the container. Default: the image's."""
    user: NotRequired[str]
    """User and group of the container's processes, never root. Default: 10001:10001."""
    cpu_architecture: NotRequired[Literal["X86_64", "ARM64"]]
    """Architecture of the image. Default: X86_64."""
    environment: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Variables of the container. Default: none."""
    secrets: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Variables whose values ECS reads from Secrets Manager: ARNs, with `:key::` for one key of a JSON value.
    Default: none."""
    parameters: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Variables whose values ECS reads from Parameter Store: ARNs. Default: none."""
    secret_key_arns: NotRequired[Sequence[pulumi.Input[str]]]
    """ARNs of the KMS keys of those secrets and parameters. Default: none."""
    grants: NotRequired[Sequence[GrantArgs]]
    """What the tasks may do with AWS. Default: nothing."""
    metrics_namespace: NotRequired[str]
    """CloudWatch namespace in which the tasks publish metrics. Default: none, but that of the fast step."""
    permissions_boundary_arn: NotRequired[pulumi.Input[str]]
    """Most that the two roles may ever do. Default: none."""
    caller_security_group_ids: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Security groups that may call the port, by the caller's name. Default: none."""
    egress: NotRequired[Sequence[EgressArgs]]
    """Whom the tasks may call. Default: nobody."""
    listener: NotRequired[ListenerArgs]
    """Place behind a load balancer. Default: none."""
    mesh: NotRequired[MeshArgs]
    """Place in ECS Service Connect. Default: none."""
    objectives: NotRequired[ObjectivesArgs]
    """Where the alarms ring. Default: ObjectivesArgs' own."""
    capacity_provider: NotRequired[Literal["FARGATE", "FARGATE_SPOT"]]
    """FARGATE_SPOT is cheaper, and taken away at two minutes' notice. Default: FARGATE."""
    start_seconds: NotRequired[int]
    """Seconds after its start in which a failing check does not count, 0 to 300. Default: 30."""
    stop_timeout_seconds: NotRequired[int]
    """Seconds from asking a container to stop until it is killed, 1 to 120. Default: 30."""
    log_group_name: NotRequired[str]
    """Name of the log group. Default: /ecs/<service name>."""
    log_retention_days: NotRequired[int]
    """Days that the log stays, one of CloudWatch's values. Default: 365."""
    fault_injection_agent_image: NotRequired[pulumi.Input[str]]
    """Image with amazon-ssm-agent, the AWS CLI, bash, curl and jq. Opens the tasks to AWS Fault Injection
    Service. Default: none, and the tasks are closed to it."""
    tags: NotRequired[Mapping[str, str]]
    """Tags of everything that can carry them, tasks included. Default: none."""


class PrivateService(pulumi.ComponentResource):
    """Tasks on Fargate over several zones, which heal, scale and complain by themselves.

    Nobody calls them and they call nobody unless they are named; they may do what is granted, nothing else.
    """

    service_name: pulumi.Output[str]
    """Name of the ECS service."""
    service_arn: pulumi.Output[str]
    """ARN of the ECS service."""
    task_definition_arn: pulumi.Output[str]
    """ARN of the task definition's revision."""
    task_role_arn: pulumi.Output[str]
    """ARN of the role with which the tasks work."""
    task_role_name: pulumi.Output[str]
    """Name of the role with which the tasks work."""
    execution_role_arn: pulumi.Output[str]
    """ARN of the role with which ECS starts the tasks."""
    security_group_id: pulumi.Output[str]
    """Id of the tasks' security group."""
    target_group_arn: pulumi.Output[str | None]
    """ARN of the target group; None without a listener."""
    target_group_arn_suffix: pulumi.Output[str | None]
    """End of the target group's ARN, as metrics have it; None without a listener."""
    log_group_name: pulumi.Output[str]
    """Name of the log group."""
    scaling_resource_id: pulumi.Output[str]
    """Id of the service in Application Auto Scaling."""
    alarm_arn_by_name: pulumi.Output[Mapping[str, str]]
    """ARNs of the alarms, by the end of their name; `unwell` is the one that sums up the others."""

    def __init__(
        self, name: str, args: PrivateServiceArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("estate:services:PrivateService", name, None, opts)
        self._args = args
        self._scope = Scope(
            name=name,
            service_name=args.get("service_name", name),
            cluster_name=args["cluster_name"],
            tags=dict(args.get("tags", {})),
            opts=pulumi.ResourceOptions(parent=self),
        )
        check_scaling(args["scaling"], has_listener="listener" in args)

        log_group = self._log_group()
        group = self._security_group()
        targets = self._targets()
        watch = self._alarms(log_group, targets)
        worker, starter, task = self._task(log_group)
        running = self._service(task, group, log_group, targets, watch)
        scaled = scaling(
            self._scope, running, args["scaling"], self._request_label(targets), args["alarm_topic_arn"]
        )

        self.service_name = running.name
        self.service_arn = running.arn
        self.task_definition_arn = task.arn
        self.task_role_arn = worker.arn
        self.task_role_name = worker.name
        self.execution_role_arn = starter.arn
        self.security_group_id = group.id
        self.target_group_arn = _output(None if targets is None else targets[0].arn)
        self.target_group_arn_suffix = _output(None if targets is None else targets[0].arn_suffix)
        self.log_group_name = log_group.name
        self.scaling_resource_id = scaled.resource_id
        self.alarm_arn_by_name = pulumi.Output.all(
            **{suffix: alarm.arn for suffix, alarm in watch.by_name.items()}, unwell=watch.composite.arn
        )
        self.register_outputs({output: getattr(self, output) for output in PrivateService.__annotations__})

    def _log_group(self) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            self._scope.child("logs"),
            name=self._args.get("log_group_name", f"/ecs/{self._scope.service_name}"),
            retention_in_days=self._args.get("log_retention_days", 365),
            kms_key_id=self._args["log_key_arn"],
            tags=self._scope.tags,
            opts=self._scope.opts,
        )

    def _security_group(self) -> aws.ec2.SecurityGroup:
        callers = dict(self._args.get("caller_security_group_ids", {}))
        listener = self._args.get("listener")
        if listener is not None:
            callers[LOAD_BALANCER] = listener["load_balancer_security_group_id"]
        return security_group(
            self._scope, self._args["vpc_id"], self._args["port"], callers, self._args.get("egress", ())
        )

    def _targets(self) -> tuple[aws.lb.TargetGroup, aws.lb.ListenerRule] | None:
        listener = self._args.get("listener")
        if listener is None:
            return None
        group = target_group(self._scope, self._args["vpc_id"], self._args["port"], listener)
        return group, listener_rule(self._scope, listener, group)

    def _alarms(
        self,
        log_group: aws.cloudwatch.LogGroup,
        targets: tuple[aws.lb.TargetGroup, aws.lb.ListenerRule] | None,
    ) -> Alarms:
        listener = self._args.get("listener")
        dimensions: dict[str, pulumi.Input[str]] | None = None
        if listener is not None and targets is not None:
            dimensions = {
                "LoadBalancer": listener["load_balancer_arn_suffix"],
                "TargetGroup": targets[0].arn_suffix,
            }
        watched = AlarmTargets(
            topic_arn=self._args["alarm_topic_arn"],
            log_group_name=log_group.name,
            minimum=self._args["scaling"]["minimum"],
            load_balancer_dimensions=dimensions,
        )
        return alarms(self._scope, watched, self._args.get("objectives", {}))

    def _task(
        self, log_group: aws.cloudwatch.LogGroup
    ) -> tuple[aws.iam.Role, aws.iam.Role, aws.ecs.TaskDefinition]:
        boundary_arn = self._args.get("permissions_boundary_arn")
        agent_image = self._args.get("fault_injection_agent_image")
        instance_role = None if agent_image is None else managed_instance_role(self._scope)
        namespaces = self._metrics_namespaces()
        statements = [
            *([publish_statement(namespaces)] if namespaces else []),
            *([] if instance_role is None else agent_statements(instance_role)),
        ]
        worker = task_role(self._scope, self._args.get("grants", ()), statements, boundary_arn)
        starter = execution_role(self._scope, self._execution_needs(log_group), boundary_arn)
        task = task_definition(self._scope, self._task_settings(), worker, starter, log_group, instance_role)
        return worker, starter, task

    def _metrics_namespaces(self) -> set[str]:
        """In which the tasks publish metrics of their own."""
        own = self._args.get("metrics_namespace")
        fast = self._args["scaling"].get("fast_step")
        return {*([own] if own else []), *([fast["namespace"]] if fast else [])}

    def _execution_needs(self, log_group: aws.cloudwatch.LogGroup) -> ExecutionNeeds:
        return ExecutionNeeds(
            log_group_arn=log_group.arn,
            repository_arn=self._args.get("repository_arn"),
            secret_references=list(self._args.get("secrets", {}).values()),
            parameter_arns=list(self._args.get("parameters", {}).values()),
            key_arns=self._args.get("secret_key_arns", ()),
        )

    def _task_settings(self) -> TaskSettings:
        args = self._args
        return TaskSettings(
            cpu=args["cpu"],
            memory_mib=args["memory_mib"],
            cpu_architecture=args.get("cpu_architecture", "X86_64"),
            container=ContainerSettings(
                image=args["image"],
                port=args["port"],
                user=args.get("user", "10001:10001"),
                command=args.get("command"),
                health_check_command=args["health_check_command"],
                health_check_start_seconds=args.get("start_seconds", 30),
                stop_timeout_seconds=args.get("stop_timeout_seconds", 30),
                environment=args.get("environment", {}),
                secret_references={**args.get("secrets", {}), **args.get("parameters", {})},
            ),
            fault_injection_agent_image=args.get("fault_injection_agent_image"),
        )

    def _service(
        self,
        task: aws.ecs.TaskDefinition,
        group: aws.ec2.SecurityGroup,
        log_group: aws.cloudwatch.LogGroup,
        targets: tuple[aws.lb.TargetGroup, aws.lb.ListenerRule] | None,
        watch: Alarms,
    ) -> aws.ecs.Service:
        placement = Placement(
            cluster_arn=self._args["cluster_arn"],
            subnet_ids=self._args["subnet_ids"],
            capacity_provider=self._args.get("capacity_provider", "FARGATE"),
            minimum=self._args["scaling"]["minimum"],
            port=self._args["port"],
            grace_seconds=self._args.get("start_seconds", 30),
            deployment_alarm_names=watch.deployment_alarm_names,
        )
        mesh = self._args.get("mesh")
        return service(self._scope, placement, task, group, log_group, mesh, targets)

    def _request_label(
        self, targets: tuple[aws.lb.TargetGroup, aws.lb.ListenerRule] | None
    ) -> pulumi.Output[str] | None:
        listener = self._args.get("listener")
        if listener is None or targets is None:
            return None
        return pulumi.Output.concat(listener["load_balancer_arn_suffix"], "/", targets[0].arn_suffix)


def _output(value: pulumi.Output[str] | None) -> pulumi.Output[str | None]:
    return pulumi.Output.from_input(value)
