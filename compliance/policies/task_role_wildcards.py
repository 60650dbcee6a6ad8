"""A task may do what was granted to it by name."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ._graph import Graph
from ._policy import Policy
from ._resource import Resource

__all__ = ["TaskRoleWildcards", "check"]

TASKS = "ecs-tasks.amazonaws.com"
WITHOUT_RESOURCES = frozenset({"ecr:GetAuthorizationToken", "cloudwatch:PutMetricData"})
"""Actions of tasks that AWS cannot narrow to a resource. Source: Service Authorization Reference, actions of Amazon
ECR and of Amazon CloudWatch: neither names a resource type for them."""
UNBOUNDED = ("AdministratorAccess", "PowerUserAccess", "FullAccess")
"""How AWS's own policies with wildcards end. Source: AWS Managed Policy Reference Guide."""


class TaskRoleWildcards(Policy):
    """A wildcard grants what nobody thought of, to whoever gets into the task."""

    number = 6
    title = "Roles of tasks are granted named actions on named resources"
    kinds = ("aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_iam_role")

    def holds(self, resource: Resource, graph: Graph) -> bool | None:
        roles = [resource] if resource.kind == "aws_iam_role" else graph.named_by(resource, "aws_iam_role")
        if not any(_is_of_tasks(role) for role in roles):
            return None
        if resource.kind == "aws_iam_role_policy_attachment":
            return not str(resource.value("policy_arn")).endswith(UNBOUNDED)
        policies = _policies(resource)
        if resource.kind == "aws_iam_role_policy" and not policies:
            return None
        return all(map(_is_narrow, _statements(policies)))


def _is_of_tasks(role: Resource) -> bool:
    return TASKS in str(role.settings.get("assume_role_policy"))


def _policies(resource: Resource) -> list[Any]:
    if resource.kind == "aws_iam_role":
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
    return "*" not in _several(statement.get("Resource", "*")) or set(actions) <= WITHOUT_RESOURCES


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


check = TaskRoleWildcards()
