"""What roles may do, and IAM's quotas for saying so."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from stacks.names import StackName
from tests.stacks.graph import Graph, Resource

INLINE_CHARACTERS = 10_240
"""All inline policies of one role, without white space. Source: IAM user guide, "IAM and AWS STS quotas"."""
MANAGED_POLICIES = 10
"""Attached to one role, unless more are asked for. Source: the same."""
LONGEST_UNKNOWN = 64
"""Characters that stand for each id that AWS will choose: longer than a KMS key's `key/mrk-` and 32 digits."""
AGENCY_BENEFITS = 17
"""Payments at full operation. Source: the agency's Digital and Technology Strategy 2022-2025."""

ANY_RESOURCE = {
    "RegistryToken": "ecr:GetAuthorizationToken takes no resource.",
    "RegisterTask": "ssm:CreateActivation takes no resource; only where faults may be injected.",
    "DeleteActivation": "An activation's id is not known before the task registers itself.",
    "PublishMetrics": "cloudwatch:PutMetricData takes no resource; a condition names the one namespace.",
    "MakeRandomValues": "secretsmanager:GetRandomPassword takes no resource.",
    "Trace": "X-Ray's writing actions take no resource.",
}
"""Statements of machines' roles for which every resource will do, by Sid, and why.

Source: Service Authorization Reference, the tables of actions and resource types.
"""


def policies(graph: Graph) -> list[Resource]:
    return graph.of_type("aws:iam/rolePolicy:RolePolicy")


def allowing(resource: Resource) -> Iterator[tuple[str, list[str], list[str]]]:
    """Sid, actions and resources of each statement that allows."""
    for statement in resource.statements():
        assert "NotAction" not in statement
        assert "NotResource" not in statement
        if statement["Effect"] == "Allow":
            yield statement.get("Sid", ""), _list(statement["Action"]), _list(statement["Resource"])


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else value


def characters(policy: Resource) -> int:
    known = re.sub(r"pending-[0-9a-f]{12}", "x" * LONGEST_UNKNOWN, policy.inputs["policy"])
    return len(re.sub(r"\s", "", known))


def is_of_a_person(graph: Graph, policy: Resource) -> bool:
    return graph.resources[policy.parent].type == "estate:foundation:PersonRole"


def inline_by_role(graph: Graph) -> dict[tuple[str, str], list[Resource]]:
    made: dict[tuple[str, str], list[Resource]] = defaultdict(list)
    for policy in policies(graph):
        made[policy.stack, policy.inputs["role"]].append(policy)
    return made


def test_no_role_has_more_inline_policy_than_iam_keeps(graph: Graph) -> None:
    sizes = {role: sum(map(characters, its)) for role, its in inline_by_role(graph).items()}
    assert {role: size for role, size in sizes.items() if size > INLINE_CHARACTERS} == {}


def test_one_cell_could_serve_every_benefit_of_the_agency(graph: Graph) -> None:
    """Each benefit adds a policy to its cell's role, so the quota bounds how many a cell can have."""
    for its in inline_by_role(graph).values():
        added = [
            characters(it) for it in its if it.name.endswith("-access") and it.name.startswith("benefit-")
        ]
        if added:
            assert sum(map(characters, its)) - sum(added) + AGENCY_BENEFITS * max(added) <= INLINE_CHARACTERS


def test_no_role_has_more_managed_policies_than_iam_attaches(graph: Graph) -> None:
    attached: dict[tuple[str, str], list[str]] = defaultdict(list)
    for it in graph.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment"):
        attached[it.stack, it.inputs["role"]].append(it.inputs["policyArn"])

    assert {role: arns for role, arns in attached.items() if len(arns) > MANAGED_POLICIES} == {}


def test_no_action_is_a_wildcard(graph: Graph) -> None:
    wild = [
        (str(it), action)
        for it in policies(graph)
        for _, actions, _ in allowing(it)
        for action in actions
        if "*" in action
    ]
    assert wild == []


def test_a_machines_role_names_its_resources_but_where_aws_knows_none(graph: Graph) -> None:
    found = {
        sid
        for it in policies(graph)
        if not is_of_a_person(graph, it)
        for sid, _, resources in allowing(it)
        if "*" in resources
    }
    assert found <= ANY_RESOURCE.keys()


def test_every_exception_is_still_needed(local_graph: Graph) -> None:
    used = {sid for it in policies(local_graph) for sid, _, resources in allowing(it) if "*" in resources}
    assert ANY_RESOURCE.keys() <= used


def test_only_break_glass_administers(graph: Graph) -> None:
    administrators = [
        it.inputs["role"]
        for it in graph.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
        if it.inputs["policyArn"].endswith(("/AdministratorAccess", "/PowerUserAccess", "/IAMFullAccess"))
    ]
    assert administrators == ["break-glass"]


def test_the_tasks_of_a_cell_read_its_benefits_and_the_portal_lists_those_of_all(graph: Graph) -> None:
    readers = {
        (it.name, resource.rsplit(":", 1)[-1])
        for it in policies(graph)
        for sid, _, resources in allowing(it)
        if sid == "ReadBenefits"
        for resource in resources
    }
    cells = {
        it.name.removeprefix("cell-")
        for it in graph
        if it.type == "estate:services:PrivateService" and it.name.startswith("cell-")
    }
    of_portal = {(name, path) for name, path in readers if name.startswith("portal-")}
    assert {path for _, path in of_portal} == {"parameter/estate/cells"}
    readers -= of_portal
    assert {path for _, path in readers} == {f"parameter/estate/cells/{cell}/benefits" for cell in cells}
    assert all(name.startswith(f"cell-{path.split('/')[3]}-") for name, path in readers)


def test_a_cell_may_use_the_keys_of_its_benefits_queues(graph: Graph) -> None:
    keys = {
        (StackName.parse(it.stack).is_standby, it.inputs["name"]): it.inputs["kmsMasterKeyId"]
        for it in graph.of_type("aws:sqs/queue:Queue")
    }
    found = 0
    for its in inline_by_role(graph).values():
        usable = {
            resource
            for it in its
            for _, actions, resources in allowing(it)
            if {"kms:Decrypt", "kms:GenerateDataKey"} <= set(actions)
            for resource in resources
        }
        for it in its:
            if it.name.startswith("benefit-") and it.name.endswith("-access"):
                assert keys[it.is_standby, it.name.removesuffix("-access")] in usable, it.name
                found += 1
    assert found


def test_every_task_may_publish_the_agencys_metrics(graph: Graph) -> None:
    publishing = {
        it.name
        for it in policies(graph)
        for statement in it.statements()
        if statement["Action"] == ["cloudwatch:PutMetricData"]
        and statement["Condition"] == {"StringEquals": {"cloudwatch:namespace": ["Estate"]}}
    }
    services = {it.name for it in graph if it.type == "estate:services:PrivateService"}
    assert publishing == {f"{name}-task-policy" for name in services}
