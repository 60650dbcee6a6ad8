"""Who may do what."""

import json

import pulumi_aws as aws

from tests.compliance.mutations.program.areas.given import Area, given

__all__ = ["Identity"]


def allow(action: object, resource: object) -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(principal: object) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Identity(Area):
    def build(self) -> None:
        role = aws.iam.Role(  # at: role
            "role",
            **given("role", assume_role_policy=trust({"Service": "ecs-tasks.amazonaws.com"})),
            opts=self.child,
        )
        aws.iam.Policy(  # at: policy
            "policy",
            **given("policy", policy=allow("s3:GetObject", "arn:aws:s3:::records/*")),
            opts=self.child,
        )
        aws.iam.RolePolicy(  # at: role-policy
            "role-policy",
            **given(
                "role-policy", role=role.id, policy=allow("sqs:SendMessage", "arn:aws:sqs:eu-west-2:1:q")
            ),
            opts=self.child,
        )
        aws.iam.RolePolicyAttachment(  # at: attachment
            "attachment",
            **given("attachment", role=role.name, policy_arn="arn:aws:iam::aws:policy/ReadOnlyAccess"),
            opts=self.child,
        )
        aws.iam.AccountPasswordPolicy(  # at: password-policy
            "password-policy",
            **given(
                "password-policy",
                minimum_password_length=16,
                require_lowercase_characters=True,
                require_uppercase_characters=True,
                require_numbers=True,
                require_symbols=True,
                password_reuse_prevention=24,
                max_password_age=90,
            ),
            opts=self.child,
        )
        group = aws.iam.Group("group", opts=self.child)
        user = aws.iam.User("user", opts=self.child)
        aws.iam.GroupMembership("membership", group=group.name, users=[user.name], opts=self.child)
