"""A task may do what was granted to it by name."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ._graph import Graph
from ._policy import NotKnownYet, Policy
from ._resource import Resource

__all__ = ["TaskRoleWildcards", "check"]

ROLE = "aws_iam_role"
ATTACHMENT = "aws_iam_role_policy_attachment"
DOCUMENTS = ("aws_iam_policy", "aws_iam_role_policy")
TASKS = "ecs-tasks.amazonaws.com"
WITHOUT_RESOURCES = frozenset({"ecr:GetAuthorizationToken", "cloudwatch:PutMetricData"})
"""Actions of tasks that AWS cannot narrow to a resource. Source: Service Authorization Reference, actions of Amazon
ECR and of Amazon CloudWatch: neither names a resource type for them."""
UNBOUNDED = ("AdministratorAccess", "PowerUserAccess", "FullAccess")
"""How AWS's own policies with wildcards end. Source: AWS Managed Policy Reference Guide."""
ARN_PARTS = 6
"""arn:partition:service:region:account:resource. Source: IAM user guide, "Amazon Resource Names (ARNs)"."""
NAMELESS = re.compile(r"[*?:/]*|[a-z-]+[:/][*?:/]*")
"""The last part of an ARN that names nothing, or a type of resource and none of that type."""
BUCKETS = "s3"
"""Its ARNs have no type of resource: what stands before the slash is a bucket's name."""


class TaskRoleWildcards(Policy):
    """A wildcard grants what nobody thought of, to whoever gets into the task."""

    number = 6
    title = "Roles of tasks are granted named actions on named resources"
    kinds = (ROLE, ATTACHMENT, *DOCUMENTS)

    def holds(self, resource: Resource, graph: Graph) -> bool | None:
        if not any(map(_is_of_tasks, _roles(resource, graph))):
            return None
        if resource.kind == ATTACHMENT:
            return _is_bounded(resource.value("policy_arn"))
        policies = _policies(resource)
        if resource.kind in DOCUMENTS and not policies:
            raise NotKnownYet
        bounded = all(map(_is_bounded, resource.values("managed_policy_arns")))
        return bounded and all(map(_is_narrow, _statements(policies)))


def _roles(resource: Resource, graph: Graph) -> list[Resource]:
    """The role itself, those that a policy or an attachment is for, and those that a policy is attached to."""
    if resource.kind == ROLE:
        return [resource]
    attached = graph.naming(resource) if resource.kind == "aws_iam_policy" else []
    named = [each for it in (resource, *attached) for each in graph.named_by(it, ROLE)]
    return [it for it in (*named, *attached) if it.kind == ROLE]


def _is_of_tasks(role: Resource) -> bool:
    return TASKS in str(role.settings.get("assume_role_policy"))


def _is_bounded(policy_arn: Any) -> bool:
    return not str(policy_arn).endswith(UNBOUNDED)


def _policies(resource: Resource) -> list[Any]:
    if resource.kind == ROLE:
        return resource.values("inline_policy", "policy")
    return resource.values("policy")


def _statements(policies: Iterable[Any]) -> list[Mapping[str, Any]]:
    documents = [json.loads(it) if isinstance(it, str) and it.startswith("{") else it for it in policies]
    return [
        statement
        for document in documents
        if isinstance(document, Mapping)
        for statement in _several(document.get("Statement"))
    ]


def _is_narrow(statement: Mapping[str, Any]) -> bool:
    if statement.get("Effect") != "Allow":
        return True
    actions = _several(statement.get("Action"))
    if not actions or any("*" in it for it in actions):
        return False
    return all(map(_is_named, _several(statement.get("Resource", "*")))) or set(actions) <= WITHOUT_RESOURCES


def _is_named(resource: str) -> bool:
    """Whether something of the resource is named, and not only its service, its place or its type."""
    parts = resource.split(":", ARN_PARTS - 1)
    if len(parts) < ARN_PARTS:
        return "*" not in resource
    service, name = parts[2], parts[5]
    if service == BUCKETS:
        return bool(name.partition("/")[0].strip("*?"))
    return "*" not in service and not NAMELESS.fullmatch(name)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


check = TaskRoleWildcards()
