"""What a statement is about, and what becomes of one that cannot be judged."""

from typing import Any

import pytest

from tests.twin.aws.emulator.authorization.documents import allow, asked, deny, policy
from twin.aws.emulator.authorization.decision import Applying
from twin.aws.emulator.authorization.exceptions import MalformedPolicy
from twin.aws.emulator.authorization.policy import ANY_RESOURCE, read

OBJECT = "arn:aws:s3:::documents/2026/form.pdf"


def concerns(action: Any, resource: Any, asked_action: str, asked_resource: str, **elements: Any) -> bool:
    applying = Applying((policy({"Effect": "Allow", "Action": action, "Resource": resource, **elements}),))
    return asked(applying, action=asked_action, resource=asked_resource).is_allowed


@pytest.mark.parametrize(
    ("action", "asked_action", "expected"),
    [
        ("sqs:SendMessage", "sqs:SendMessage", True),
        ("SQS:sendmessage", "sqs:SendMessage", True),
        ("sqs:Send*", "sqs:SendMessage", True),
        ("sqs:?endMessage", "sqs:SendMessage", True),
        ("sqs:*", "sqs:SendMessage", True),
        ("*", "sqs:SendMessage", True),
        ("sqs:SendMessage", "sqs:SendMessageBatch", False),
        (["s3:GetObject", "sqs:SendMessage"], "sqs:SendMessage", True),
        ("sqs:[A-Z]*", "sqs:SendMessage", False),
    ],
)
def test_actions_are_compared_without_case_and_with_wildcards(
    action: Any, asked_action: str, expected: bool
) -> None:
    assert concerns(action, "*", asked_action, "*") is expected


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (OBJECT, True),
        ("arn:aws:s3:::documents/*", True),
        ("arn:aws:s3:::documents/2026/*.pdf", True),
        ("arn:aws:s3:::DOCUMENTS/*", False),
        ("arn:aws:s3:::documents", False),
        ("arn:aws:s3:::documents/????/form.pdf", True),
        (["arn:aws:s3:::other/*", "*"], True),
    ],
)
def test_resources_are_compared_with_case_and_with_wildcards(resource: Any, expected: bool) -> None:
    assert concerns("s3:GetObject", resource, "s3:GetObject", OBJECT) is expected


def test_what_is_excluded_is_not_meant() -> None:
    applying = Applying(
        (policy({"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::secret/*"}),)
    )
    assert asked(applying, action="s3:GetObject", resource=OBJECT).is_allowed
    assert not asked(applying, action="iam:CreateRole", resource=OBJECT).is_allowed
    assert not asked(applying, action="s3:GetObject", resource="arn:aws:s3:::secret/k").is_allowed


def test_a_resource_that_is_not_known_is_allowed_by_statements_about_all_and_denied_by_any() -> None:
    assert concerns("rds:*", "*", "rds:DescribeDBClusters", ANY_RESOURCE)
    assert not concerns("rds:*", "arn:aws:rds:*", "rds:DescribeDBClusters", ANY_RESOURCE)
    everything, one = policy(allow("*", "*")), policy(deny("rds:*", "arn:aws:rds:eu-west-2:1:cluster:core"))
    assert not asked(
        Applying((everything, one)), action="rds:DescribeDBClusters", resource=ANY_RESOURCE
    ).is_allowed
    excluding = policy(
        {"Effect": "Allow", "Action": "rds:*", "NotResource": "arn:aws:rds:eu-west-2:1:cluster:core"}
    )
    assert not asked(
        Applying((excluding,)), action="rds:DescribeDBClusters", resource=ANY_RESOURCE
    ).is_allowed


@pytest.mark.parametrize(
    ("pattern", "tag", "expected"),
    [
        ("arn:aws:s3:::documents/${aws:PrincipalTag/Cell}/*", "a", True),
        ("arn:aws:s3:::documents/${aws:PrincipalTag/Cell}/*", "b", False),
        ("arn:aws:s3:::documents/${aws:PrincipalTag/Cell}/*", "*", False),
        ("arn:aws:s3:::documents/${aws:PrincipalTag/Absent}/*", "a", False),
        ("arn:aws:s3:::documents/${aws:PrincipalTag/Absent, 'a'}/*", "b", True),
    ],
)
def test_a_variable_stands_for_the_requests_own_value(pattern: str, tag: str, expected: bool) -> None:
    applying = Applying((policy(allow("s3:GetObject", pattern)),))
    keys: dict[str, Any] = {"aws__principaltag/cell": tag}
    resource = "arn:aws:s3:::documents/a/form.pdf"
    assert asked(applying, action="s3:GetObject", resource=resource, **keys).is_allowed is expected


def test_a_policy_before_2012_has_no_variables() -> None:
    old = policy(allow("s3:GetObject", "arn:aws:s3:::d/${aws:username}"), version="2008-10-17")
    name: dict[str, Any] = {"aws__username": "u"}
    assert not asked(Applying((old,)), action="s3:GetObject", resource="arn:aws:s3:::d/u", **name).is_allowed
    literal = "arn:aws:s3:::d/${aws:username}"
    assert asked(Applying((old,)), action="s3:GetObject", resource=literal, **name).is_allowed


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"estate:Unheard": "of"}},
        {"StringEqualsIfExists": {"estate:Unheard": "of"}},
        {"StringNotEquals": {"estate:Unheard": "of"}},
        {"Null": {"estate:Unheard": "true"}},
        {"StringResembles": {"aws:PrincipalArn": "*"}},
        {"ForSomeValues:StringEquals": {"aws:PrincipalArn": "*"}},
    ],
)
def test_a_condition_that_cannot_be_judged_never_allows_and_denies(condition: dict[str, Any]) -> None:
    allowing, denying = policy(allow(Condition=condition)), policy(allow(), deny(Condition=condition))
    assert not asked(Applying((allowing,))).is_allowed
    assert asked(Applying((denying,))).is_explicit


@pytest.mark.parametrize(
    "document", ["", "[]", "{}", '{"Statement": [{"Effect": "Perhaps", "Action": "*", "Resource": "*"}]}']
)
def test_a_document_that_is_no_policy_is_an_error(document: str) -> None:
    with pytest.raises(MalformedPolicy, match="A policy is an object of JSON with a list of statements"):
        read("p", document)


def test_one_statement_need_not_be_in_a_list() -> None:
    assert (
        read("p", '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}').statements[0].sid
        == ""
    )
