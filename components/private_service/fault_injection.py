"""What AWS Fault Injection Service needs inside a task, for environments that opt in.

Source: FIS user guide, "Use the AWS FIS aws:ecs:task actions".
"""

from typing import Any

import pulumi
import pulumi_aws as aws

from components.location import locate
from components.policy import allow, policy_document, trust_policy
from components.private_service.scope import Scope

__all__ = ["AGENT_CONTAINER", "agent_container", "agent_statements", "managed_instance_role"]

AGENT_CONTAINER = "amazon-ssm-agent"

# Registers the task as a managed instance that carries the task's ARN, by which FIS finds it, and takes it
# off the list when the task stops. It leaves as the instance, whose credentials the agent keeps for root.
REGISTRATION = r"""
set -euo pipefail
task_arn=$(curl -sf "${ECS_CONTAINER_METADATA_URI_V4}/task" | jq -er .TaskARN)
region=$(cut -d: -f4 <<<"$task_arn")
activation=$(aws ssm create-activation --region "$region" --iam-role "$MANAGED_INSTANCE_ROLE_NAME" \
  --tags "Key=ECS_TASK_ARN,Value=$task_arn" Key=FAULT_INJECTION_SIDECAR,Value=true --output json)
activation_id=$(jq -er .ActivationId <<<"$activation")
amazon-ssm-agent -register -region "$region" -id "$activation_id" \
  -code "$(jq -er .ActivationCode <<<"$activation")"
instance_id=$(jq -er .ManagedInstanceID /var/lib/amazon/ssm/registration)
leave() {
  unset AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
  aws ssm deregister-managed-instance --region "$region" --instance-id "$instance_id" || true
  aws ssm delete-activation --region "$region" --activation-id "$activation_id" || true
  kill "$agent" 2>/dev/null || true
}
amazon-ssm-agent & agent=$!
trap leave TERM INT
wait "$agent"
""".strip()


def managed_instance_role(scope: Scope) -> aws.iam.Role:
    """The role of the task as a managed instance: it runs the documents that FIS sends."""
    location = locate(scope.opts)
    condition = {
        "StringEquals": {"aws:SourceAccount": location.account_id},
        "ArnLike": {"aws:SourceArn": location.arn("ssm", "*")},
    }
    role = aws.iam.Role(
        scope.child("managed-instance-role"),
        description=f"Fault injection into tasks of {scope.service_name}",
        assume_role_policy=trust_policy("ssm.amazonaws.com", condition),
        tags=scope.tags,
        opts=scope.opts,
    )
    aws.iam.RolePolicyAttachment(
        scope.child("managed-instance-core"),
        role=role.name,
        policy_arn=pulumi.Output.format(
            "arn:{0}:iam::aws:policy/AmazonSSMManagedInstanceCore", location.partition
        ),
        opts=scope.opts,
    )
    instances = location.arn("ssm", "managed-instance/*")
    leaving = [
        # An activation is not a resource in IAM. Source: service authorization reference, Systems Manager.
        allow("DeleteActivation", ["ssm:DeleteActivation"], "*"),
        allow("Deregister", ["ssm:DeregisterManagedInstance"], instances),
    ]
    aws.iam.RolePolicy(
        scope.child("managed-instance-policy"),
        role=role.name,
        policy=policy_document(leaving),
        opts=scope.opts,
    )
    return role


def agent_statements(instance_role: aws.iam.Role) -> list[dict[str, Any]]:
    """What the task role needs for the agent to register the task."""
    condition = {"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}}
    return [
        # An activation is not a resource in IAM. Source: service authorization reference, Systems Manager.
        allow("RegisterTask", ["ssm:CreateActivation", "ssm:AddTagsToResource"], "*"),
        allow("PassInstanceRole", ["iam:PassRole"], instance_role.arn, Condition=condition),
    ]


def agent_container(
    image: pulumi.Input[str], instance_role: aws.iam.Role, log_configuration: dict[str, Any]
) -> dict[str, Any]:
    """The sidecar: as root, with a writable root file system, because FIS's documents install tools in it."""
    return {
        "name": AGENT_CONTAINER,
        "image": image,
        # The service goes on when the agent dies.
        "essential": False,
        "entryPoint": ["/bin/bash", "-c"],
        "command": [REGISTRATION],
        "environment": [{"name": "MANAGED_INSTANCE_ROLE_NAME", "value": instance_role.name}],
        "logConfiguration": log_configuration,
    }
