"""A policy that names principals is judged by whom it lets in."""

from typing import Any

import pytest

from compliance.analyses.exposure import exposures
from compliance.analyses.policies import Policy, PolicyKind
from tests.compliance.analyses.graph import ACCOUNT, allow

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
OTHER = "arn:aws:iam::210987654321:role/theirs"
OIDC = "arn:aws:iam::123456789012:oidc-provider/ci.example"


def _rules(statement: dict[str, Any], kind: PolicyKind = PolicyKind.RESOURCE) -> list[str]:
    policy = Policy("urn", "aws:sqs/queuePolicy:QueuePolicy", "stack.py:1", kind, {"Statement": [statement]})
    return [it.rule for it in exposures([policy], [ACCOUNT])]


def _to(
    principal: Any, condition: Any = None, actions: Any = "sqs:SendMessage", **elements: Any
) -> dict[str, Any]:
    more = {"Condition": condition} if condition else {}
    return allow(actions, "arn:it", Principal=principal, **more, **elements)


@pytest.mark.parametrize(
    ("statement", "rules"),
    [
        pytest.param(_to("*"), ["open-to-anyone"], id="anyone"),
        pytest.param(_to({"AWS": ["*"]}), ["open-to-anyone"], id="anyone in a list"),
        pytest.param(
            _to("*", {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), [], id="anyone of one organisation"
        ),
        pytest.param(
            _to("*", {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}),
            ["open-to-anyone"],
            id="anyone but some",
        ),
        pytest.param(
            _to("*", {"StringLike": {"aws:SourceAccount": "*"}}),
            ["open-to-anyone"],
            id="a condition that always holds",
        ),
        pytest.param(
            _to("*", {"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}}),
            ["open-to-anyone"],
            id="a condition on what may be missing",
        ),
        pytest.param(
            _to("*", {"Bool": {"aws:SecureTransport": "true"}}), ["open-to-anyone"], id="anyone with TLS"
        ),
        pytest.param(_to({"AWS": ROOT}), [], id="the account"),
        pytest.param(_to({"AWS": OTHER}), ["other-account"], id="another account"),
        pytest.param(_to({"AWS": "210987654321"}), ["other-account"], id="another account by its digits"),
        pytest.param(_to({"Service": "s3.amazonaws.com"}), ["confused-deputy"], id="a service for whomever"),
        pytest.param(
            _to({"Service": "s3.amazonaws.com"}, {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::b"}}),
            [],
            id="a service for one bucket",
        ),
        pytest.param(
            _to(
                {"Service": "fargate.amazonaws.com"},
                {"StringEquals": {"kms:EncryptionContext:aws:ecs:clusterAccount": ACCOUNT}},
            ),
            [],
            id="a service by what it encrypts",
        ),
        pytest.param(_to({"Federated": OIDC}), ["any-identity"], id="whoever the provider knows"),
        pytest.param(
            _to({"Federated": OIDC}, {"StringEquals": {"ci.example:aud": "sts"}}),
            ["any-identity"],
            id="an audience tells nobody apart",
        ),
        pytest.param(
            _to({"Federated": OIDC}, {"StringEquals": {"ci.example:sub": "repo:a:ref:main"}}),
            [],
            id="one identity",
        ),
        pytest.param(_to({"AWS": ROOT}, actions="kms:*"), [], id="the account may do everything"),
        pytest.param(
            _to({"AWS": f"arn:aws:iam::{ACCOUNT}:role/x"}, actions="kms:*"),
            ["every-action"],
            id="a role may not",
        ),
        pytest.param(
            {"Effect": "Allow", "NotAction": "sqs:DeleteQueue", "Resource": "q", "Principal": {"AWS": ROOT}},
            ["allowed-by-exception"],
            id="everything but",
        ),
        pytest.param({**_to("*"), "Effect": "Deny"}, [], id="what is denied to anyone"),
    ],
)
def test_a_statement_of_a_resource_breaks_these_rules(statement: dict[str, Any], rules: list[str]) -> None:
    assert _rules(statement) == rules


@pytest.mark.parametrize(
    ("statement", "rules"),
    [
        pytest.param(allow("*", "*", Principal="*"), ["open-endpoint"], id="all of AWS"),
        pytest.param(
            allow("*", "*", Principal="*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}),
            [],
            id="this account",
        ),
        pytest.param(allow("s3:GetObject", "arn:aws:s3:::layers/*", Principal="*"), [], id="one bucket"),
    ],
)
def test_an_endpoint_grants_nothing_and_is_judged_by_what_may_leave(
    statement: dict[str, Any], rules: list[str]
) -> None:
    assert _rules(statement, PolicyKind.ENDPOINT) == rules


def test_a_single_statement_need_not_stand_in_a_list() -> None:
    policy = Policy(
        "urn", "t", "stack.py:1", PolicyKind.TRUST, {"Statement": _to("*", actions="sts:AssumeRole")}
    )

    assert [it.rule for it in exposures([policy], [ACCOUNT])] == ["open-to-anyone"]
