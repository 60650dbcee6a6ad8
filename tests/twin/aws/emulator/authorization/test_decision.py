"""AWS's evaluation logic, row by row.

Source: IAM user guide, "Policy evaluation for requests within a single account".
"""

import pytest

from tests.twin.aws.emulator.authorization.documents import (
    ACCOUNT,
    QUEUE,
    ROLE,
    SESSION,
    allow,
    asked,
    deny,
    policy,
)
from twin.aws.emulator.authorization import wording
from twin.aws.emulator.authorization.caller import administrator, role_session, service
from twin.aws.emulator.authorization.decision import Access, Applying, Kind

YES, NO, SILENT = policy(allow()), policy(deny(), allow()), policy(allow("s3:GetObject"))
TO_SESSION = policy(allow(Principal={"AWS": SESSION.arn}))
TO_ROLE = policy(allow(Principal={"AWS": ROLE}))
TO_ACCOUNT = policy(allow(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))
TO_EVERYBODY = policy(allow(Principal="*"))
TO_ANOTHER = policy(allow(Principal={"AWS": f"{ROLE}-other"}))


@pytest.mark.parametrize(
    ("applying", "expected"),
    [
        pytest.param(Applying(), Kind.IDENTITY, id="nothing-allows"),
        pytest.param(Applying((YES,)), None, id="identity-allows"),
        pytest.param(Applying((SILENT,)), Kind.IDENTITY, id="identity-allows-something-else"),
        pytest.param(Applying((SILENT, YES)), None, id="one-of-two-identity-policies-allows"),
        pytest.param(Applying((YES,), boundary=YES), None, id="identity-and-boundary-allow"),
        pytest.param(Applying((YES,), boundary=SILENT), Kind.BOUNDARY, id="boundary-does-not-allow"),
        pytest.param(Applying((), boundary=YES), Kind.IDENTITY, id="a-boundary-grants-nothing"),
        pytest.param(Applying((YES,), session=SILENT), Kind.SESSION, id="session-policy-does-not-allow"),
        pytest.param(Applying((YES,), session=YES, boundary=YES), None, id="all-three-allow"),
        pytest.param(Applying((YES,), endpoint=SILENT), Kind.ENDPOINT, id="endpoint-does-not-allow"),
        pytest.param(Applying(resource=TO_ROLE), None, id="resource-names-the-role"),
        pytest.param(
            Applying(resource=TO_ROLE, boundary=SILENT),
            Kind.BOUNDARY,
            id="boundary-limits-a-role-that-is-named",
        ),
        pytest.param(
            Applying(resource=TO_ROLE, session=SILENT), Kind.SESSION, id="session-limits-a-role-that-is-named"
        ),
        pytest.param(
            Applying(resource=TO_SESSION, boundary=SILENT, session=SILENT),
            None,
            id="resource-names-the-session",
        ),
        pytest.param(Applying(resource=TO_EVERYBODY), None, id="resource-is-everybodys"),
        pytest.param(
            Applying(resource=TO_EVERYBODY, boundary=SILENT), Kind.BOUNDARY, id="everybody-is-limited"
        ),
        pytest.param(Applying(resource=TO_ACCOUNT), Kind.IDENTITY, id="resource-leaves-it-to-the-account"),
        pytest.param(Applying((YES,), resource=TO_ACCOUNT), None, id="and-the-account-allows"),
        pytest.param(Applying(resource=TO_ANOTHER), Kind.IDENTITY, id="resource-names-another-role"),
        pytest.param(
            Applying((YES,), resource_decides=True), Kind.RESOURCE, id="a-key-without-policy-is-nobodys"
        ),
        pytest.param(
            Applying((YES,), resource=TO_ANOTHER, resource_decides=True),
            Kind.RESOURCE,
            id="iam-alone-opens-no-key",
        ),
        pytest.param(
            Applying((YES,), resource=TO_ACCOUNT, resource_decides=True),
            None,
            id="a-key-that-leaves-it-to-iam",
        ),
        pytest.param(Applying(resource=TO_ROLE, resource_decides=True), None, id="a-key-that-names-the-role"),
    ],
)
def test_what_is_not_denied_is_allowed_where_every_kind_of_policy_lets_it(
    applying: Applying, expected: Kind | None
) -> None:
    decision = asked(applying)
    assert (decision.is_allowed, decision.kind, decision.is_explicit) == (expected is None, expected, False)


@pytest.mark.parametrize(
    ("applying", "kind"),
    [
        pytest.param(Applying((NO,)), Kind.IDENTITY, id="identity"),
        pytest.param(Applying((YES, NO)), Kind.IDENTITY, id="one-of-two"),
        pytest.param(Applying((YES,), boundary=NO), Kind.BOUNDARY, id="boundary"),
        pytest.param(Applying((YES,), session=NO), Kind.SESSION, id="session"),
        pytest.param(Applying((YES,), endpoint=NO), Kind.ENDPOINT, id="endpoint"),
        pytest.param(Applying((YES,), resource=policy(deny(Principal="*"))), Kind.RESOURCE, id="resource"),
        pytest.param(
            Applying((NO,), resource=TO_SESSION),
            Kind.IDENTITY,
            id="identity-against-a-resource-that-names-the-session",
        ),
        pytest.param(
            Applying((YES,), resource=policy(deny(NotPrincipal={"AWS": f"{ROLE}-other"}))),
            Kind.RESOURCE,
            id="everybody-but-another",
        ),
    ],
)
def test_an_explicit_denial_decides_wherever_it_stands(applying: Applying, kind: Kind) -> None:
    decision = asked(applying)
    assert (decision.is_allowed, decision.kind, decision.is_explicit) == (False, kind, True)


def test_a_denial_for_all_but_the_role_leaves_the_role_alone() -> None:
    assert asked(Applying((YES,), resource=policy(deny(NotPrincipal={"AWS": ROLE})))).is_allowed


def test_a_service_needs_a_policy_of_the_resource_that_names_it() -> None:
    named = policy(allow(Principal={"Service": "sns.amazonaws.com"}))
    assert asked(Applying(resource=named), service("sns.amazonaws.com")).is_allowed
    assert not asked(Applying(resource=named), service("events.amazonaws.com")).is_allowed
    assert not asked(Applying((YES,)), service("sns.amazonaws.com")).is_allowed


def test_the_condition_on_whom_a_service_acts_for_counts() -> None:
    source = {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-2:1:topic"}}
    named = policy(allow(Principal={"Service": "sns.amazonaws.com"}, Condition=source))
    sns = service("sns.amazonaws.com")
    assert asked(Applying(resource=named), sns, aws__sourcearn="arn:aws:sns:eu-west-2:1:topic").is_allowed
    assert not asked(Applying(resource=named), sns, aws__sourcearn="arn:aws:sns:eu-west-2:1:other").is_allowed


@pytest.mark.parametrize(
    ("identity", "resource", "is_allowed"),
    [(YES, TO_ROLE, True), (YES, None, False), (None, TO_ROLE, False), (YES, TO_EVERYBODY, True)],
)
def test_a_resource_of_another_account_is_open_where_both_sides_allow(
    identity: object, resource: object, is_allowed: bool
) -> None:
    there = QUEUE.replace(ACCOUNT, "999999999999")
    opened = policy(allow(resource="*", Principal={"AWS": ROLE})) if resource is TO_ROLE else None
    opened = policy(allow(resource="*", Principal="*")) if resource is TO_EVERYBODY else opened
    own = (policy(allow(resource="*")),) if identity else ()
    assert asked(Applying(own, resource=opened), resource=there).is_allowed is is_allowed


@pytest.mark.parametrize(
    ("applying", "expected"),
    [
        (Applying(), "because no identity-based policy allows the sqs:sendmessage action"),
        (Applying((NO,)), "with an explicit deny in an identity-based policy"),
        (
            Applying((YES,), boundary=SILENT),
            "because no permissions boundary allows the sqs:sendmessage action",
        ),
        (Applying((YES,), boundary=NO), "with an explicit deny in a permissions boundary"),
        (Applying((YES,), session=SILENT), "because no session policy allows the sqs:sendmessage action"),
        (
            Applying((YES,), endpoint=SILENT),
            "because no VPC endpoint policy allows the sqs:sendmessage action",
        ),
        (
            Applying(resource=TO_ANOTHER, resource_decides=True, is_trust=True),
            "because no role trust policy allows the sqs:sendmessage action",
        ),
        (
            Applying(resource=policy(deny(Principal="*")), is_trust=True),
            "with an explicit deny in the role trust policy",
        ),
    ],
)
def test_a_refusal_says_who_may_not_do_what_and_why(applying: Applying, expected: str) -> None:
    decision = asked(applying)
    told = wording.denial(SESSION, Access("sqs:SendMessage", QUEUE, {}), decision)
    assert told == (
        "User: arn:aws:sts::123456789012:assumed-role/case/task is not authorized to perform: sqs:sendmessage on "
        f"resource: {QUEUE} {expected}"
    )


@pytest.mark.parametrize(
    ("action", "resource", "said"),
    [
        ("s3:GetObject", "arn:aws:s3:::b/k", 's3:GetObject on resource: "arn:aws:s3:::b/k" because'),
        ("sns:Publish", "arn:t", "SNS:Publish on resource: arn:t because"),
        ("ecr:GetAuthorizationToken", "*", "ecr:GetAuthorizationToken on resource: * because"),
        ("cloudwatch:PutMetricData", "*", "cloudwatch:PutMetricData because"),
        ("kinesis:PutRecord", "arn:s", "kinesis:PutRecord on resource: arn:s because"),
    ],
)
def test_services_spell_action_and_resource_in_their_own_way(action: str, resource: str, said: str) -> None:
    told = wording.denial(SESSION, Access(action, resource, {}), asked(Applying()))
    assert f"is not authorized to perform: {said} " in told


def test_what_decrypts_for_the_caller_names_no_key() -> None:
    access = Access("kms:Decrypt", "arn:key", {})
    told = wording.denial(SESSION, access, asked(Applying()), uses_ciphertext=True)
    assert "kms:Decrypt on the resource associated with this ciphertext because no" in told


def test_a_session_is_named_without_its_roles_path() -> None:
    assert role_session(ROLE, "t").arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/case/t"


def test_an_administrator_has_no_role() -> None:
    assert administrator(ACCOUNT).principal_arn == f"arn:aws:iam::{ACCOUNT}:user/operator"
