"""A role that a person takes on for a while, and never without a second factor where one is asked for."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.exceptions import ComponentError
from components.location import locate
from components.policy import policy_document

__all__ = ["PersonRole", "PersonRoleArgs"]

SECONDS_AN_HOUR = 3_600

SIGN_IN = "https://signin.aws.amazon.com/saml"
"""For whom the provider's assertion is meant. Source: IAM user guide, "Configure SAML assertions for the
authentication response"."""


class PersonRoleArgs(TypedDict):
    description: str
    """What the person does."""

    session_hours: int
    """How long a session lasts, 1 to 12."""

    mfa_required: bool
    """Whether the role can be taken on only with a second factor, to which the identity provider bears witness."""

    identity_provider_name: NotRequired[str]
    """Name of the account's SAML provider, through which people sign in. Default: staff."""

    role_name: NotRequired[str]
    """Name of the role. Default: the component's name."""

    managed_policies: NotRequired[Sequence[str]]
    """Policies that AWS keeps, by path and name below `arn:aws:iam::aws:policy/`. Default: none."""

    statements: NotRequired[Sequence[Mapping[str, Any]]]
    """Statements of the role's own policy (`components.policy.allow`, `deny`). Default: none."""

    tags: NotRequired[Mapping[str, str]]
    """Tags of the role. Default: none."""


class PersonRole(pulumi.ComponentResource):
    """A role for people whom the agency's identity provider knows, with AWS's policies and statements of its own.

    Nobody of the account takes it on: an access key that leaks leads to no role of a person.
    """

    arn: pulumi.Output[str]
    """ARN of the role."""
    role_name: pulumi.Output[str]
    """Name of the role."""

    def __init__(self, name: str, args: PersonRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("estate:foundation:PersonRole", name, None, opts)
        if not 1 <= args["session_hours"] <= 12:
            raise ComponentError(
                f"A role's session lasts 1 to 12 hours, got {args['session_hours']!r}. Choose a number in between."
            )
        self._name = name
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        role = self._role()
        self._attach(role)
        self.arn, self.role_name = role.arn, role.name
        self.register_outputs({"arn": self.arn, "role_name": self.role_name})

    def _role(self) -> aws.iam.Role:
        return aws.iam.Role(
            f"{self._name}-role",
            name=self._args.get("role_name", self._name),
            description=self._args["description"],
            assume_role_policy=policy_document([self._trust()]),
            max_session_duration=self._args["session_hours"] * SECONDS_AN_HOUR,
            tags=dict(self._args.get("tags", {})),
            opts=self._own,
        )

    def _trust(self) -> dict[str, Any]:
        location = locate(self._own)
        provider = pulumi.Output.format(
            "arn:{0}:iam::{1}:saml-provider/{2}",
            location.partition,
            location.account_id,
            self._args.get("identity_provider_name", "staff"),
        )
        trusted = {"SAML:aud": SIGN_IN}
        if self._args["mfa_required"]:
            # AWS sees no second factor of a federated session, so the provider has to say it in a session tag.
            # Source: IAM user guide, "Pass session tags in AWS STS", "Passing session tags using AssumeRoleWithSAML".
            trusted["aws:RequestTag/mfa"] = "true"
        return {
            "Effect": "Allow",
            "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
            "Principal": {"Federated": provider},
            "Condition": {"StringEquals": trusted},
        }

    def _attach(self, role: aws.iam.Role) -> None:
        partition = locate(self._own).partition
        for policy in self._args.get("managed_policies", ()):
            aws.iam.RolePolicyAttachment(
                f"{self._name}-{policy.rsplit('/', 1)[-1]}",
                role=role.name,
                policy_arn=pulumi.Output.format("arn:{0}:iam::aws:policy/{1}", partition, policy),
                opts=self._own,
            )
        if self._args.get("statements"):
            aws.iam.RolePolicy(
                f"{self._name}-policy",
                role=role.id,
                policy=policy_document(self._args.get("statements", ())),
                opts=self._own,
            )
