"""A secret whose every value, the first one too, is made by its rotation."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.exceptions import ComponentError
from components.location import locate
from components.policy import deny, policy_document
from components.resource_policy import deny_without_tls

__all__ = ["Secret", "SecretArgs", "SecretReplica"]


class SecretReplica(TypedDict):
    region: str
    """Region of the copy."""

    kms_key_arn: pulumi.Input[str]
    """Customer-managed key, of that region, of the copy."""


class SecretArgs(TypedDict):
    description: str
    """What the secret opens, and whose it is."""

    kms_key_arn: pulumi.Input[str]
    """Customer-managed key of the value."""

    secret_name: NotRequired[str]
    """Physical name. Default: the component's name and a suffix that Pulumi makes, so that a secret can be
    made again while an old one waits for deletion."""

    rotation_function_arn: NotRequired[pulumi.Input[str]]
    """Function that makes the values (`RotationFunction.arn`). Default: none, and the secret stays empty
    until somebody puts a value."""

    rotate_after_days: NotRequired[int]
    """How long a value lives, 1 to 1,000. Default: 30."""

    replicas: NotRequired[Sequence[SecretReplica]]
    """Copies in other regions. Default: none."""

    recovery_window_days: NotRequired[int]
    """How long a deleted secret can be restored, 7 to 30, or 0 for not at all: its name is free at once then.
    Default: 30."""

    tags: NotRequired[Mapping[str, str]]
    """Tags of the secret. Default: none."""


class Secret(pulumi.ComponentResource):
    """An encrypted secret that only principals of its own account may read.

    No value passes through the program: rotation starts as soon as it is declared, and makes the first one.
    """

    arn: pulumi.Output[str]
    """ARN of the secret, which task definitions and policies name."""
    secret_name: pulumi.Output[str]
    """Physical name of the secret."""

    def __init__(self, name: str, args: SecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("estate:data:Secret", name, None, opts)
        _check(args)
        self._name = name
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)

        secret = self._secret()
        self._policy(secret)
        if "rotation_function_arn" in args:
            self._rotation(secret, args["rotation_function_arn"])

        self.arn, self.secret_name = secret.arn, secret.name
        self.register_outputs({"arn": self.arn, "secret_name": self.secret_name})

    def _secret(self) -> aws.secretsmanager.Secret:
        args = self._args
        return aws.secretsmanager.Secret(
            f"{self._name}-secret",
            name=args.get("secret_name"),
            description=args["description"],
            kms_key_id=args["kms_key_arn"],
            recovery_window_in_days=args.get("recovery_window_days", 30),
            replicas=[
                {"region": replica["region"], "kms_key_id": replica["kms_key_arn"]}
                for replica in args.get("replicas", ())
            ]
            or None,
            tags=dict(args.get("tags", {})),
            opts=self._own,
        )

    def _policy(self, secret: aws.secretsmanager.Secret) -> None:
        account_id = locate(self._own).account_id
        aws.secretsmanager.SecretPolicy(
            f"{self._name}-policy",
            secret_arn=secret.arn,
            block_public_policy=True,
            # In a secret's own policy "*" is that secret. Source: Secrets Manager user guide, "Resource-based
            # policies".
            policy=policy_document(
                [
                    deny_without_tls(["secretsmanager:*"], ["*"]),
                    deny(
                        "DenyOtherAccounts",
                        ["secretsmanager:*"],
                        "*",
                        Principal="*",
                        Condition={
                            "StringNotEquals": {"aws:PrincipalAccount": account_id},
                            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                        },
                    ),
                ]
            ),
            opts=self._own,
        )

    def _rotation(self, secret: aws.secretsmanager.Secret, function_arn: pulumi.Input[str]) -> None:
        aws.secretsmanager.SecretRotation(
            f"{self._name}-rotation",
            secret_id=secret.id,
            rotation_lambda_arn=function_arn,
            rotate_immediately=True,
            rotation_rules={"automatically_after_days": self._args.get("rotate_after_days", 30)},
            opts=self._own,
        )


def _check(args: SecretArgs) -> None:
    days = args.get("rotate_after_days", 30)
    if not 1 <= days <= 1_000:
        raise ComponentError(f"A secret rotates every 1 to 1,000 days, got {days!r}. Choose one of those.")
    window = args.get("recovery_window_days", 30)
    if window and not 7 <= window <= 30:
        raise ComponentError(
            f"A deleted secret can be restored for 7 to 30 days, got {window!r}. Choose one of those, or 0."
        )
    if "rotate_after_days" in args and "rotation_function_arn" not in args:
        raise ComponentError(
            f"A secret that rotates every {days!r} days needs a function that does it, got none. "
            "Give `rotation_function_arn`."
        )
