"""Every policy document of a graph is found, with whose it is and where it is made."""

from pathlib import Path

import pytest

from compliance.analyses.policies import PolicyKind, UnknownDocument, policies_of
from engine import wire
from tests.compliance.analyses.graph import allow, policy, registration, role, role_policy

ROOT = Path("/program")
ROLE = role("person", {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "x"}})


@pytest.mark.parametrize(
    ("type_token", "inputs", "kind"),
    [
        pytest.param("aws:iam/role:Role", {"assumeRolePolicy": policy()}, PolicyKind.TRUST, id="trust"),
        pytest.param(
            "aws:iam/role:Role", {"inlinePolicies": [{"policy": policy()}]}, PolicyKind.IDENTITY, id="inline"
        ),
        pytest.param("aws:iam/policy:Policy", {"policy": policy()}, PolicyKind.IDENTITY, id="managed by us"),
        pytest.param(
            "aws:sqs/queuePolicy:QueuePolicy", {"policy": policy()}, PolicyKind.RESOURCE, id="queue"
        ),
        pytest.param(
            "aws:ec2/vpcEndpoint:VpcEndpoint", {"policy": policy()}, PolicyKind.ENDPOINT, id="endpoint"
        ),
        pytest.param(
            "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
            {"policyDocument": policy()},
            PolicyKind.RESOURCE,
            id="another name of the property",
        ),
        pytest.param(
            "aws:kms/key:Key", {"policy": wire.secret(policy())}, PolicyKind.RESOURCE, id="a secret document"
        ),
        pytest.param(
            "aws:iam/policy:Policy",
            {"policy": {"Version": "2012-10-17", "Statement": [allow("s3:*")]}},
            PolicyKind.IDENTITY,
            id="given as an object",
        ),
        pytest.param(
            "aws:iam/role:Role",
            {"assumeRolePolicy": {"Statement": allow("sts:AssumeRole", Principal="*")}},
            PolicyKind.TRUST,
            id="trust as an object with one statement",
        ),
    ],
)
def test_a_document_is_of_the_kind_that_its_resource_gives_it(
    type_token: str, inputs: dict[str, object], kind: PolicyKind
) -> None:
    found = policies_of([registration(type_token, "it", inputs, line=7)], ROOT)

    assert [(it.kind, it.place) for it in found.documents] == [(kind, "stack.py:7")]


def test_a_policy_of_a_role_is_the_role_s_by_its_urn() -> None:
    own = role_policy("own", ROLE, allow("s3:GetObject"))

    found = policies_of([ROLE, own], ROOT)

    assert [(it.urn, it.role) for it in found.documents] == [(ROLE.urn, ROLE.urn), (own.urn, ROLE.urn)]


def test_an_attachment_of_a_policy_of_the_graph_is_not_counted_twice() -> None:
    ours = registration("aws:iam/policy:Policy", "ours", {"policy": policy(allow("s3:*"))})
    attachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    to_ours = registration(
        attachment, "a", {"policyArn": "arn:pending"}, property_dependencies={"policyArn": (ours.urn,)}
    )
    to_aws = registration(
        attachment, "b", {"policyArn": "arn:aws:iam::aws:policy/SecurityAudit", "role": "r"}
    )

    found = policies_of([ours, to_ours, to_aws], ROOT)

    assert [it.urn for it in found.managed] == [to_aws.urn]


def test_a_document_that_is_unknown_is_named() -> None:
    unknown = registration("aws:sqs/queuePolicy:QueuePolicy", "q", {"policy": wire.UNKNOWN})

    assert policies_of([unknown], ROOT).unknown == [UnknownDocument(unknown.urn, "policy", "stack.py:1")]


def test_a_permission_of_a_function_is_read_as_a_statement() -> None:
    permission = registration(
        "aws:lambda/permission:Permission",
        "p",
        {
            "action": "lambda:InvokeFunction",
            "function": "f",
            "principal": "s3.amazonaws.com",
            "sourceAccount": "1",
        },
    )

    (found,) = policies_of([permission], ROOT).documents

    assert found.document["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "lambda:InvokeFunction",
            "Resource": "f",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Condition": {"StringLike": {"aws:SourceAccount": "1"}},
        }
    ]


def test_text_that_only_looks_like_a_document_is_none() -> None:
    prose = registration("aws:ssm/parameter:Parameter", "p", {"value": 'a "Statement" of means'})

    assert policies_of([prose], ROOT).documents == []
