"""Who may take the roles of the workflows, and what the roles may do."""

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

import pytest

from estate.places import project_root
from stacks.layers.foundation import DEPLOY_ROLE
from tests.bootstrap.conftest import Bootstrapped

ENVIRONMENTS = ("dev", "staging", "prod")
MANAGED_POLICY_CHARACTERS, INLINE_POLICY_CHARACTERS = 6144, 10240
"""Source: IAM user guide, "IAM and AWS STS quotas"; white space does not count."""

SERVICE_BY_MODULE = {
    "appautoscaling": "application-autoscaling",
    "cfg": "config",
    "kinesisfirehose": "firehose",
    "lambda_": "lambda",
    "lb": "elasticloadbalancing",
    "resourcegroups": "resource-groups",
    "vpc": "ec2",
}
"""IAM's name of a service where pulumi_aws's module is called otherwise."""


def denied(statements: list[dict[str, Any]], action: str, resource: str) -> bool:
    """Whether the boundary refuses the action on the resource; statements with conditions are left out."""
    return any(
        statement["Effect"] == "Deny"
        and "Condition" not in statement
        and any(fnmatchcase(action, pattern) for pattern in statement["Action"])
        and _is_about(statement, resource)
        for statement in statements
    )


def _is_about(statement: Mapping[str, Any], resource: str) -> bool:
    if "NotResource" in statement:
        return not any(fnmatchcase(resource, it) for it in statement["NotResource"])
    given = statement["Resource"]
    return any(fnmatchcase(resource, it) for it in ([given] if isinstance(given, str) else given))


def allowed_services(bootstrapped: Bootstrapped) -> set[str]:
    statements = bootstrapped.statements("RolePolicy", "estate-deploy-policy")
    return {
        action.removesuffix(":*")
        for statement in statements
        for action in statement["Action"]
        if statement["Sid"] in ("Estate", "EstateGlobal")
    }


def _sources() -> Iterator[str]:
    for folder in ("components", "stacks"):
        for file in (project_root() / folder).rglob("*.py"):
            yield file.read_text()


@pytest.mark.parametrize("name", ENVIRONMENTS)
@pytest.mark.parametrize(("role", "suffix"), [("estate-preview", "-preview"), ("estate-deploy", "")])
def test_a_role_is_for_one_environment_of_one_repository(
    bootstrapped: Mapping[str, Bootstrapped], name: str, role: str, suffix: str
) -> None:
    [statement] = bootstrapped[name].statements("Role", role, "assumeRolePolicy")

    assert statement.pop("Principal")["Federated"].startswith("arn:aws:iam:")
    assert statement == {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": f"repo:example-agency/estate:environment:{name}{suffix}",
            }
        },
    }


def test_the_role_that_looks_can_write_locks_and_nothing_else(
    bootstrapped: Mapping[str, Bootstrapped],
) -> None:
    statements = bootstrapped["prod"].statements("RolePolicy", "estate-preview-policy")

    assert [(it["Sid"], it["Effect"], it["Action"]) for it in statements] == [
        ("ListState", "Allow", ["s3:ListBucket"]),
        ("ReadState", "Allow", ["s3:GetObject"]),
        ("LockState", "Allow", ["s3:DeleteObject", "s3:PutObject"]),
        ("OpenSecrets", "Allow", ["kms:Decrypt", "kms:GenerateDataKey"]),
    ]
    locks = statements[2]["Resource"]
    buckets, paths = zip(*(it.split("/", 1) for it in locks), strict=True)
    assert len(set(buckets)) == 2
    assert paths == (".pulumi/locks/*", ".pulumi/locks/*")
    attached = bootstrapped["prod"].inputs("RolePolicyAttachment", "estate-preview-read")
    assert attached["policyArn"] == "arn:aws:iam::aws:policy/ReadOnlyAccess"


def test_the_alarms_on_the_trail_know_the_role_that_deploys(
    bootstrapped: Mapping[str, Bootstrapped],
) -> None:
    roles = [it.name for it in bootstrapped["prod"].registrations.values() if it.type.endswith(":Role")]
    names = {bootstrapped["prod"].inputs("Role", it).get("name") for it in roles}
    assert DEPLOY_ROLE in names


def test_the_role_that_deploys_works_in_the_regions_of_its_environment(
    bootstrapped: Mapping[str, Bootstrapped],
) -> None:
    regions = {}
    for name in ENVIRONMENTS:
        statements = bootstrapped[name].statements("RolePolicy", "estate-deploy-policy")
        regions[name] = [
            it["Condition"]["StringEquals"]["aws:RequestedRegion"]
            for it in statements
            if it["Sid"] in ("Estate", "EstateGlobal")
        ]

    assert regions == {
        "dev": [["eu-west-2"], "us-east-1"],
        "staging": [["eu-west-2", "eu-west-1"], "us-east-1"],
        "prod": [["eu-west-2", "eu-west-1"], "us-east-1"],
    }


def test_the_role_that_deploys_may_use_every_service_that_the_program_declares_resources_of(
    bootstrapped: Mapping[str, Bootstrapped],
) -> None:
    modules = {module for text in _sources() for module in re.findall(r"\baws\.([a-z0-9_]+)\.[A-Z]", text)}
    needed = {SERVICE_BY_MODULE.get(module, module) for module in modules} - {"iam"}

    assert len(needed) > 10
    assert needed - allowed_services(bootstrapped["prod"]) == set()


def test_every_service_that_the_program_trusts_with_a_role_may_be_handed_one(
    bootstrapped: Mapping[str, Bootstrapped],
) -> None:
    [passing] = [
        it
        for it in bootstrapped["prod"].statements("RolePolicy", "estate-deploy-policy")
        if it["Sid"] == "PassRoles"
    ]
    trusted = {it for text in _sources() for it in re.findall(r'trust_policy\(\s*"([a-z.-]+)"', text)}

    assert len(trusted) > 3
    assert trusted - set(passing["Condition"]["StringEquals"]["iam:PassedToService"]) == set()


@pytest.mark.parametrize("role", ["estate-preview", "estate-deploy"])
def test_both_roles_are_held_by_the_boundary(bootstrapped: Mapping[str, Bootstrapped], role: str) -> None:
    prod = bootstrapped["prod"]
    [boundary] = [it for it in prod.registrations.values() if it.name == "estate-workflow-boundary"]

    [held] = [it for it in prod.registrations.values() if it.type.endswith(":Role") and it.name == role]
    assert list(held.property_dependencies["permissionsBoundary"]) == [boundary.urn]


ACCOUNT = "333333333333"


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/estate-deploy"),
        ("iam:DeleteRolePermissionsBoundary", f"arn:aws:iam::{ACCOUNT}:role/estate-preview"),
        ("iam:UpdateAssumeRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/estate-deploy"),
        ("iam:CreatePolicyVersion", f"arn:aws:iam::{ACCOUNT}:policy/estate-workflow-boundary"),
        ("iam:UpdateOpenIDConnectProviderThumbprint", f"arn:aws:iam::{ACCOUNT}:oidc-provider/x"),
        ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/estate-deploy"),
        ("iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/somebody"),
        ("iam:CreateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/somebody"),
        ("organizations:LeaveOrganization", "*"),
        ("s3:GetObject", "arn:aws:s3:::documents-333333333333-eu-west-2/evidence.pdf"),
        ("sqs:ReceiveMessage", "arn:aws:sqs:eu-west-2:333333333333:benefit-funeral-support-payment"),
        ("secretsmanager:GetSecretValue", "*"),
        ("kinesis:GetRecords", "*"),
        ("logs:GetLogEvents", "*"),
        ("ecs:ExecuteCommand", "*"),
    ],
)
def test_no_workflow_changes_its_own_rights_or_reads_what_people_entrusted(
    bootstrapped: Mapping[str, Bootstrapped], action: str, resource: str
) -> None:
    assert denied(bootstrapped["prod"].statements("Policy", "estate-workflow-boundary"), action, resource)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/case-task"),
        ("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/case-task"),
        ("s3:PutBucketPolicy", "arn:aws:s3:::documents-333333333333-eu-west-2"),
        ("ecs:UpdateService", f"arn:aws:ecs:eu-west-2:{ACCOUNT}:service/estate/case"),
        ("sqs:CreateQueue", f"arn:aws:sqs:eu-west-2:{ACCOUNT}:orders"),
    ],
)
def test_the_boundary_leaves_a_deployment_what_it_needs(
    bootstrapped: Mapping[str, Bootstrapped], action: str, resource: str
) -> None:
    assert not denied(bootstrapped["prod"].statements("Policy", "estate-workflow-boundary"), action, resource)


def test_the_state_can_be_read_and_written_and_its_history_cannot_be_deleted(
    bootstrapped: Mapping[str, Bootstrapped],
) -> None:
    prod = bootstrapped["prod"]
    statements = prod.statements("Policy", "estate-workflow-boundary")
    [kept] = [it for it in prod.statements("RolePolicy", "estate-deploy-policy") if it["Sid"] == "KeepState"]
    for pattern in kept["Resource"]:
        state, bucket = pattern.replace("*", "stacks/estate/data-prod.json"), pattern.partition("/")[0]
        assert not any(denied(statements, action, state) for action in kept["Action"])
        assert denied(statements, "s3:DeleteObjectVersion", state)
        for action in ("s3:PutBucketVersioning", "s3:PutLifecycleConfiguration", "s3:DeleteBucketPolicy"):
            assert denied(statements, action, bucket)


def test_policies_fit_into_what_iam_accepts(bootstrapped: Mapping[str, Bootstrapped]) -> None:
    def characters(kind: str, name: str) -> int:
        return len(re.sub(r"\s", "", bootstrapped["prod"].inputs(kind, name)["policy"]))

    assert characters("Policy", "estate-workflow-boundary") <= MANAGED_POLICY_CHARACTERS
    for name in ("estate-deploy-policy", "estate-preview-policy"):
        assert characters("RolePolicy", name) <= INLINE_POLICY_CHARACTERS
