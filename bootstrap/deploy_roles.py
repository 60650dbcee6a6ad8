"""The roles that a repository's workflows take by OIDC: one that looks, and one that deploys."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws
from permissions import boundary, deploy_statements, preview_statements

from components.location import locate
from components.policy import policy_document

__all__ = ["DeployRoles", "DeployRolesArgs"]

ISSUER = "token.actions.githubusercontent.com"
"""Source: GitHub documentation, "Configuring OpenID Connect in Amazon Web Services"."""
AUDIENCE = "sts.amazonaws.com"
PREVIEW_SESSION_SECONDS = 3600
DEPLOY_SESSION_SECONDS = 4 * 3600
"""A first deployment makes databases in two regions; an assumption, to be measured."""


class DeployRolesArgs(TypedDict):
    environment: str
    """Name of the environment, as the catalogue has it."""

    repository: str
    """Repository whose workflows may take the roles, as owner/name."""

    regions: Sequence[str]
    """Regions in which the estate stands."""

    state_bucket_arns: Sequence[pulumi.Input[str]]
    """Buckets of Pulumi's state."""

    key_arns: Sequence[pulumi.Input[str]]
    """Keys of that state."""

    tags: NotRequired[Mapping[str, str]]
    """Tags of every child that takes tags. Default: none."""


class DeployRoles(pulumi.ComponentResource):
    """`estate-preview` reads, for jobs of the GitHub environment `<environment>-preview`; `estate-deploy` deploys,
    for jobs of `<environment>`, which is the one with required reviewers.

    Neither can change itself, the other, or the state bucket; neither can read what the estate holds about people.
    """

    preview_role_arn: pulumi.Output[str]
    """ARN of the role that looks."""
    deploy_role_arn: pulumi.Output[str]
    """ARN of the role that deploys."""

    def __init__(self, name: str, args: DeployRolesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("estate:bootstrap:DeployRoles", name, None, opts)
        self._name = name
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self._tags = dict(args.get("tags", {}))
        location = locate(self._own)
        buckets, keys = args["state_bucket_arns"], args["key_arns"]

        self._issuer = aws.iam.OpenIdConnectProvider(
            f"{name}-github",
            url=f"https://{ISSUER}",
            client_id_lists=[AUDIENCE],
            tags=self._tags,
            opts=self._own,
        )
        limits = boundary(name, location, buckets, keys)
        self._boundary = aws.iam.Policy(
            f"{name}-workflow-boundary",
            name=f"{name}-workflow-boundary",
            description="What workflows of the estate may never do.",
            policy=policy_document(limits),
            tags=self._tags,
            opts=self._own,
        )
        preview = self._role("preview", f"{args['environment']}-preview", PREVIEW_SESSION_SECONDS)
        aws.iam.RolePolicyAttachment(
            f"{name}-preview-read",
            role=preview.name,
            policy_arn=pulumi.Output.format("arn:{0}:iam::aws:policy/ReadOnlyAccess", location.partition),
            opts=self._own,
        )
        self._allow("preview", preview, preview_statements(buckets, keys))
        deploy = self._role("deploy", args["environment"], DEPLOY_SESSION_SECONDS)
        self._allow("deploy", deploy, deploy_statements(args["regions"], buckets, keys))

        self.preview_role_arn, self.deploy_role_arn = preview.arn, deploy.arn
        self.register_outputs({"preview_role_arn": preview.arn, "deploy_role_arn": deploy.arn})

    def _role(self, purpose: str, github_environment: str, session_seconds: int) -> aws.iam.Role:
        return aws.iam.Role(
            f"{self._name}-{purpose}",
            name=f"{self._name}-{purpose}",
            description=f"Workflows of {self._args['repository']} in the GitHub environment {github_environment}.",
            assume_role_policy=self._trust(github_environment),
            permissions_boundary=self._boundary.arn,
            max_session_duration=session_seconds,
            tags=self._tags,
            opts=self._own,
        )

    def _trust(self, github_environment: str) -> pulumi.Output[str]:
        """Only that repository's jobs, and only those that GitHub lets into that environment."""
        subject = f"repo:{self._args['repository']}:environment:{github_environment}"
        return policy_document(
            [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    "Principal": {"Federated": self._issuer.arn},
                    "Condition": {"StringEquals": {f"{ISSUER}:aud": AUDIENCE, f"{ISSUER}:sub": subject}},
                }
            ]
        )

    def _allow(self, purpose: str, role: aws.iam.Role, statements: Sequence[Mapping[str, Any]]) -> None:
        aws.iam.RolePolicy(
            f"{self._name}-{purpose}-policy",
            role=role.name,
            policy=policy_document(statements),
            opts=self._own,
        )
