"""The function that rotates secrets; one serves any number of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.alarm import Alarm, raise_alarms
from components.exceptions import ComponentError
from components.location import Location, locate
from components.policy import allow, policy_document, trust_policy
from components.resource_policy import Statement, this_account

__all__ = ["RotationFunction", "RotationFunctionArgs"]

SOURCE = Path(__file__).parent / "rotation" / "rotate.py"


class RotationFunctionArgs(TypedDict):
    kms_key_arn: pulumi.Input[str]
    """Customer-managed key of the function's environment and log."""

    secret_kms_key_arns: Sequence[pulumi.Input[str]]
    """Keys of the secrets that the function rotates."""

    function_name: NotRequired[str]
    """Physical name. Default: the component's name."""

    secret_field: NotRequired[str]
    """Field of the secret's JSON object that gets a random value. Default: `secret`."""

    secret_length: NotRequired[int]
    """Length of the random value, 16 to 4,096 characters. Default: 48."""

    excluded_characters: NotRequired[str]
    """Characters that the random value does not have. Default: those that need quoting in shells and URLs."""

    subnet_ids: NotRequired[Sequence[pulumi.Input[str]]]
    """Private subnets with a Secrets Manager endpoint. Default: none, the function runs outside the VPC."""

    security_group_ids: NotRequired[Sequence[pulumi.Input[str]]]
    """Security groups of the function in those subnets. Default: none."""

    log_retention_days: NotRequired[int]
    """How long the function's log is kept. Default: 365."""

    reserved_concurrency: NotRequired[int]
    """Secrets rotated at a time. Default: 5."""

    dead_letter_queue_arn: NotRequired[pulumi.Input[str]]
    """Queue for rotations that failed three times. Default: none."""

    dead_letter_kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key of that queue. Default: none, the queue is not under a customer-managed key."""

    alarm_topic_arn: NotRequired[pulumi.Input[str]]
    """Topic that the alarm notifies. Default: none, the alarm only changes state."""

    tags: NotRequired[Mapping[str, str]]
    """Tags of every child. Default: none."""


class RotationFunction(pulumi.ComponentResource):
    """A function that makes random values for the secrets that name it, and may touch no other secret."""

    arn: pulumi.Output[str]
    """ARN of the function, known only when it has its permissions: a secret may start rotating at once."""
    function_name: pulumi.Output[str]
    """Physical name of the function."""
    role_name: pulumi.Output[str]
    """Name of the function's role."""
    alarm_arns: dict[str, pulumi.Output[str]]
    """ARN of the alarm by suffix: `errors`."""

    def __init__(
        self, name: str, args: RotationFunctionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("estate:data:RotationFunction", name, None, opts)
        _check(args)
        self._name = name
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self._tags = dict(args.get("tags", {}))
        self._function_name = args.get("function_name", name)
        location = locate(self._own)

        role = self._role(location)
        log = self._log_group()
        policy = self._role_policy(role, log, location)
        function = self._function(role, log, [policy, *self._stand_in_vpc(role, location)])
        permission = self._permission(function, location)

        self.arn = pulumi.Output.all(function.arn, permission.id).apply(lambda values: values[0])
        self.function_name, self.role_name = function.name, role.name
        self.alarm_arns = raise_alarms(self, name, self._alarms(), args.get("alarm_topic_arn"), self._tags)
        self.register_outputs(
            {
                "arn": self.arn,
                "function_name": self.function_name,
                "role_name": self.role_name,
                "alarm_arns": self.alarm_arns,
            }
        )

    def _role(self, location: Location) -> aws.iam.Role:
        return aws.iam.Role(
            f"{self._name}-role",
            description=f"Rotates the secrets that name {self._function_name}.",
            assume_role_policy=trust_policy("lambda.amazonaws.com", this_account(location.account_id)),
            tags=self._tags,
            opts=self._own,
        )

    def _function_arn(self, location: Location) -> pulumi.Output[str]:
        return location.arn("lambda", f"function:{self._function_name}")

    def _log_group(self) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            f"{self._name}-log",
            name=f"/aws/lambda/{self._function_name}",
            kms_key_id=self._args["kms_key_arn"],
            retention_in_days=self._args.get("log_retention_days", 365),
            tags=self._tags,
            opts=self._own,
        )

    def _role_policy(
        self, role: aws.iam.Role, log: aws.cloudwatch.LogGroup, location: Location
    ) -> aws.iam.RolePolicy:
        return aws.iam.RolePolicy(
            f"{self._name}-policy",
            role=role.name,
            policy=policy_document(
                [
                    *self._secret_statements(location),
                    allow(
                        "WriteLog",
                        ["logs:CreateLogStream", "logs:PutLogEvents"],
                        pulumi.Output.concat(log.arn, ":*"),
                    ),
                    # X-Ray offers no resource level. Source: service authorization reference, "AWS X-Ray".
                    allow("Trace", ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*"),
                    *self._dead_letter_statements(),
                ]
            ),
            opts=self._own,
        )

    def _secret_statements(self, location: Location) -> list[Statement]:
        """Every secret that names the function, and none besides. Source: Secrets Manager user guide, "Lambda
        rotation function execution role permissions"."""
        rotated = {"secretsmanager:resource/AllowRotationLambdaArn": self._function_arn(location)}
        through = pulumi.Output.concat("secretsmanager.", location.region, ".amazonaws.com")
        return [
            allow(
                "RotateSecrets",
                [
                    "secretsmanager:DescribeSecret",
                    "secretsmanager:GetSecretValue",
                    "secretsmanager:PutSecretValue",
                    "secretsmanager:UpdateSecretVersionStage",
                ],
                location.arn("secretsmanager", "secret:*"),
                Condition={"StringEquals": rotated},
            ),
            # It names no resource. Source: service authorization reference, "AWS Secrets Manager".
            allow("MakeRandomValues", ["secretsmanager:GetRandomPassword"], "*"),
            allow(
                "UseSecretKeys",
                ["kms:Decrypt", "kms:GenerateDataKey"],
                list(self._args["secret_kms_key_arns"]),
                Condition={"StringEquals": {"kms:ViaService": through}},
            ),
        ]

    def _stand_in_vpc(self, role: aws.iam.Role, location: Location) -> list[aws.iam.RolePolicyAttachment]:
        """Source: Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC"."""
        if "subnet_ids" not in self._args:
            return []
        arn = "arn:{0}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
        attached = aws.iam.RolePolicyAttachment(
            f"{self._name}-vpc-access",
            role=role.name,
            policy_arn=pulumi.Output.format(arn, location.partition),
            opts=self._own,
        )
        return [attached]

    def _dead_letter_statements(self) -> list[Statement]:
        if "dead_letter_queue_arn" not in self._args:
            return []
        send = allow("SendDeadLetters", ["sqs:SendMessage"], self._args["dead_letter_queue_arn"])
        if "dead_letter_kms_key_arn" not in self._args:
            return [send]
        # Source: SQS developer guide, "Key management", permissions of producers.
        actions = ["kms:Decrypt", "kms:GenerateDataKey"]
        return [send, allow("UseDeadLetterKey", actions, self._args["dead_letter_kms_key_arn"])]

    def _function(
        self, role: aws.iam.Role, log: aws.cloudwatch.LogGroup, permissions: Sequence[pulumi.Resource]
    ) -> aws.lambda_.Function:
        args = self._args
        return aws.lambda_.Function(
            f"{self._name}-function",
            name=self._function_name,
            description="Rotates secrets: a random value for one field.",
            role=role.arn,
            runtime="python3.13",
            architectures=["arm64"],
            handler="rotate.handler",
            # As text, not as a path: the same program on any machine.
            code=pulumi.AssetArchive({"rotate.py": pulumi.StringAsset(SOURCE.read_text(encoding="utf-8"))}),
            timeout=30,
            memory_size=128,
            reserved_concurrent_executions=args.get("reserved_concurrency", 5),
            environment={"variables": self._environment()},
            kms_key_arn=args["kms_key_arn"],
            logging_config={"log_format": "JSON", "log_group": log.name},
            tracing_config={"mode": "Active"},
            vpc_config=self._vpc(),
            dead_letter_config=(
                {"target_arn": args["dead_letter_queue_arn"]} if "dead_letter_queue_arn" in args else None
            ),
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=permissions),
        )

    def _environment(self) -> dict[str, str]:
        return {
            "SECRET_FIELD": self._args.get("secret_field", "secret"),
            "SECRET_LENGTH": str(self._args.get("secret_length", 48)),
            "EXCLUDED_CHARACTERS": self._args.get("excluded_characters", "\"'`\\/@:$&?#%+ "),
        }

    def _vpc(self) -> aws.lambda_.FunctionVpcConfigArgsDict | None:
        if "subnet_ids" not in self._args:
            return None
        return {
            "subnet_ids": list(self._args["subnet_ids"]),
            "security_group_ids": list(self._args.get("security_group_ids", ())),
        }

    def _permission(self, function: aws.lambda_.Function, location: Location) -> aws.lambda_.Permission:
        return aws.lambda_.Permission(
            f"{self._name}-permission",
            function=function.name,
            action="lambda:InvokeFunction",
            principal="secretsmanager.amazonaws.com",
            source_account=location.account_id,
            opts=self._own,
        )

    def _alarms(self) -> list[Alarm]:
        return [
            Alarm(
                suffix="errors",
                description=f"{self._function_name} could not rotate a secret.",
                namespace="AWS/Lambda",
                metric_name="Errors",
                dimensions={"FunctionName": self._function_name},
                statistic="Sum",
                threshold=0,
                periods=1,
                breaching=1,
            )
        ]


def _check(args: RotationFunctionArgs) -> None:
    length = args.get("secret_length", 48)
    if not 16 <= length <= 4_096:
        raise ComponentError(
            f"A random value has 16 to 4,096 characters, got {length!r}. Choose a length in that range."
        )
    if "subnet_ids" in args and not args.get("security_group_ids"):
        raise ComponentError(
            "A function in a VPC needs a security group to reach Secrets Manager's endpoint, got none. "
            "Give `security_group_ids`."
        )
