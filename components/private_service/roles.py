"""The two roles of a task: one with which ECS starts it, one with which it works."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.exceptions import ComponentError
from components.location import Location, locate
from components.policy import allow, policy_document, trust_policy
from components.private_service.scope import Scope

__all__ = ["ExecutionNeeds", "GrantArgs", "execution_role", "task_role"]


class GrantArgs(TypedDict):
    name: str
    """What it is for, letters and digits only: the statement's Sid."""
    actions: Sequence[str]
    """IAM actions, each of one service and narrower than all of it (`sqs:SendMessage`)."""
    resources: Sequence[pulumi.Input[str]]
    """ARNs on which they are allowed; `*` only for actions that AWS cannot narrow."""
    conditions: NotRequired[Mapping[str, Mapping[str, Any]]]
    """IAM conditions: operator to key to value. Default: none."""


@dataclass(frozen=True)
class ExecutionNeeds:
    """What ECS needs to start the task."""

    log_group_arn: pulumi.Input[str]
    repository_arn: pulumi.Input[str] | None
    secret_references: Sequence[pulumi.Input[str]]
    parameter_arns: Sequence[pulumi.Input[str]]
    key_arns: Sequence[pulumi.Input[str]]


def execution_role(
    scope: Scope, needs: ExecutionNeeds, boundary_arn: pulumi.Input[str] | None
) -> aws.iam.Role:
    """ECS may pull the image, read the named secrets and write the log, and nothing else."""
    role = _role(scope, "execution-role", f"Starts tasks of {scope.service_name}", boundary_arn)
    _attach(scope, "execution-policy", role, _execution_statements(needs, locate(scope.opts)))
    return role


def task_role(
    scope: Scope,
    grants: Sequence[GrantArgs],
    further_statements: Sequence[Mapping[str, Any]],
    boundary_arn: pulumi.Input[str] | None,
) -> aws.iam.Role:
    """The task may do what was granted; without a grant it may do nothing."""
    role = _role(scope, "task-role", f"What tasks of {scope.service_name} may do", boundary_arn)
    statements = [*(_statement(grant) for grant in grants), *further_statements]
    if statements:
        _attach(scope, "task-policy", role, statements)
    return role


def _role(
    scope: Scope, suffix: str, description: str, boundary_arn: pulumi.Input[str] | None
) -> aws.iam.Role:
    location = locate(scope.opts)
    # Source: ECS developer guide, "Amazon ECS task IAM role" (confused deputy).
    condition = {
        "StringEquals": {"aws:SourceAccount": location.account_id},
        "ArnLike": {"aws:SourceArn": location.arn("ecs", "*")},
    }
    return aws.iam.Role(
        scope.child(suffix),
        description=description,
        assume_role_policy=trust_policy("ecs-tasks.amazonaws.com", condition),
        permissions_boundary=boundary_arn,
        tags=scope.tags,
        opts=scope.opts,
    )


def _attach(scope: Scope, suffix: str, role: aws.iam.Role, statements: Sequence[Mapping[str, Any]]) -> None:
    aws.iam.RolePolicy(
        scope.child(suffix), role=role.name, policy=policy_document(statements), opts=scope.opts
    )


def _execution_statements(needs: ExecutionNeeds, location: Location) -> list[dict[str, Any]]:
    streams = pulumi.Output.concat(needs.log_group_arn, ":*")
    statements = [allow("WriteLog", ["logs:CreateLogStream", "logs:PutLogEvents"], streams)]
    if needs.repository_arn is not None:
        statements += _pull_statements(needs.repository_arn)
    if needs.secret_references:
        secrets = [
            pulumi.Output.from_input(reference).apply(_secret_arn) for reference in needs.secret_references
        ]
        statements.append(allow("ReadSecrets", ["secretsmanager:GetSecretValue"], secrets))
    if needs.parameter_arns:
        statements.append(allow("ReadParameters", ["ssm:GetParameters"], list(needs.parameter_arns)))
    if needs.key_arns:
        statements.append(_decrypt_statement(needs.key_arns, location))
    return statements


def _pull_statements(repository_arn: pulumi.Input[str]) -> list[dict[str, Any]]:
    pulling = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    return [
        # A registry token has no resource. Source: service authorization reference, Amazon ECR.
        allow("RegistryToken", ["ecr:GetAuthorizationToken"], "*"),
        allow("PullImage", pulling, repository_arn),
    ]


def _decrypt_statement(key_arns: Sequence[pulumi.Input[str]], location: Location) -> dict[str, Any]:
    via = [
        pulumi.Output.format("{0}.{1}.amazonaws.com", service, location.region)
        for service in ("secretsmanager", "ssm")
    ]
    condition = {"StringEquals": {"kms:ViaService": via}}
    return allow("DecryptSecrets", ["kms:Decrypt"], list(key_arns), Condition=condition)


def _secret_arn(reference: str) -> str:
    """The secret's ARN, without the JSON key and version that a reference may end in."""
    return ":".join(reference.split(":")[:7])


def _statement(grant: GrantArgs) -> dict[str, Any]:
    if not grant["name"].isalnum():
        raise ComponentError(
            f"A grant's name is letters and digits, got {grant['name']!r}. Leave the rest out."
        )
    for action in grant["actions"]:
        service, _, operation = action.partition(":")
        if not service.strip("*") or not operation.strip("*"):
            raise ComponentError(
                f"A grant names actions of a service, got {action!r} in {grant['name']!r}. "
                "List those that it needs."
            )
    conditions = grant.get("conditions")
    elements = {"Condition": conditions} if conditions else {}
    return allow(grant["name"], grant["actions"], list(grant["resources"]), **elements)
