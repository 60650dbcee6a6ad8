"""PersonRole: what it declares by default, and what each argument changes."""

from typing import Any

import pytest

from components.exceptions import ComponentError
from components.person_role import PersonRole, PersonRoleArgs
from components.policy import allow, deny
from tests.components.recording import ACCOUNT, Recording, record

ROLE = "aws:iam/role:Role"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
POLICY = "aws:iam/rolePolicy:RolePolicy"
TAGS = {"environment": "test", "owner": "cloud-platform"}
DESCRIPTION = "Watches the estate and repairs it."


def declare(**args: Any) -> Recording:
    given: dict[str, Any] = {
        "description": DESCRIPTION,
        "session_hours": 4,
        "mfa_required": True,
        "tags": TAGS,
    }
    return record(lambda: PersonRole("person-sre", PersonRoleArgs(**(given | args))))


def trust(recording: Recording) -> list[Any]:
    return recording.one(ROLE).document("assumeRolePolicy")["Statement"]


def test_a_role_without_policies_declares_only_itself() -> None:
    recording = declare()
    assert recording.names == [
        (ROLE, "person-sre-role"),
        ("estate:foundation:PersonRole", "person-sre"),
    ]
    assert recording.untagged(TAGS) == []


def test_each_managed_policy_is_attached_under_its_own_name_and_statements_are_one_policy() -> None:
    recording = declare(
        managed_policies=["job-function/ViewOnlyAccess", "CloudWatchReadOnlyAccess"],
        statements=[allow("Shift", ["arc-zonal-shift:StartZonalShift"], "*")],
    )
    assert recording.names == [
        (ROLE, "person-sre-role"),
        (POLICY, "person-sre-policy"),
        (ATTACHMENT, "person-sre-CloudWatchReadOnlyAccess"),
        (ATTACHMENT, "person-sre-ViewOnlyAccess"),
        ("estate:foundation:PersonRole", "person-sre"),
    ]
    assert {child.parent for child in recording.resources if not child.is_component} == {"person-sre"}


def test_the_role_has_these_inputs_by_default() -> None:
    inputs = dict(declare().one(ROLE).inputs)
    del inputs["assumeRolePolicy"]
    assert inputs == {
        "name": "person-sre",
        "description": DESCRIPTION,
        "maxSessionDuration": 14_400,
        "tags": TAGS,
    }


def test_the_role_has_the_name_that_it_is_given() -> None:
    assert declare(role_name="sre").one(ROLE).inputs["name"] == "sre"


def test_people_sign_in_through_the_identity_provider_which_bears_witness_to_a_second_factor() -> None:
    assert trust(declare(mfa_required=True)) == [
        {
            "Effect": "Allow",
            "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
            "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/staff"},
            "Condition": {
                "StringEquals": {
                    "SAML:aud": "https://signin.aws.amazon.com/saml",
                    "aws:RequestTag/mfa": "true",
                }
            },
        }
    ]


def test_the_identity_provider_is_the_one_that_is_named() -> None:
    [statement] = trust(declare(identity_provider_name="agency"))
    assert statement["Principal"] == {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/agency"}


def test_without_a_second_factor_an_assertion_that_is_meant_for_aws_is_enough() -> None:
    [statement] = trust(declare(mfa_required=False))
    assert statement["Condition"] == {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}


def test_a_managed_policy_is_awss_own_at_its_path() -> None:
    recording = declare(managed_policies=["job-function/ViewOnlyAccess"], role_name="sre")
    assert dict(recording.one(ATTACHMENT).inputs) == {
        "role": "sre",
        "policyArn": "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
    }


def test_the_roles_own_policy_holds_the_statements_as_they_are() -> None:
    statements = [
        allow("Restart", ["ecs:StopTask"], "arn:aws:ecs:eu-west-2:123456789012:task/estate/*"),
        deny("KeepTrail", ["cloudtrail:StopLogging"], "*"),
    ]
    policy = declare(statements=statements).one(POLICY)
    assert policy.inputs["role"] == "person-sre-role-id"
    assert policy.document("policy") == {"Version": "2012-10-17", "Statement": statements}


def test_the_outputs_are_the_roles_arn_and_name() -> None:
    assert dict(declare(role_name="sre").component("person-sre").outputs) == {
        "arn": "arn:aws:iam:eu-west-2:123456789012:person-sre-role",
        "role_name": "sre",
    }


@pytest.mark.parametrize("hours", [1, 12])
def test_a_session_lasts_up_to_twelve_hours(hours: int) -> None:
    assert declare(session_hours=hours).one(ROLE).inputs["maxSessionDuration"] == hours * 3_600


@pytest.mark.parametrize("hours", [0, 13])
def test_a_session_that_iam_does_not_have_is_refused(hours: int) -> None:
    with pytest.raises(ComponentError, match=f"1 to 12 hours, got {hours}. Choose a number in between"):
        declare(session_hours=hours)
