"""Secrets Manager: rotation as a setting."""

import time

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension, Kept

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/"
_SECONDS_A_DAY = 86_400


def _rotate(context: Context) -> Document:
    """The secret's rotation is set; its function is not run, and no version is added."""
    from moto.secretsmanager.models import FakeSecret, secretsmanager_backends

    call = context.call
    given = call.parameters
    secrets = secretsmanager_backends[call.account][call.region].secrets
    secret = secrets.get(given["SecretId"])
    if not isinstance(secret, FakeSecret):
        raise AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    function_arn = given.get("RotationLambdaARN") or secret.rotation_lambda_arn
    if not function_arn:
        raise AwsError(
            "InvalidRequestException", "No Lambda rotation function ARN is associated with this secret."
        )
    days = given.get("RotationRules", {}).get("AutomaticallyAfterDays", 0)
    secret.rotation_requested = secret.rotation_enabled = True
    secret.rotation_lambda_arn = function_arn
    secret.auto_rotate_after_days = days or secret.auto_rotate_after_days
    secret.next_rotation_date = int(time.time()) + days * _SECONDS_A_DAY if days else None
    return {"ARN": secret.arn, "Name": secret.name, "VersionId": secret.default_version_id}


EXTENSIONS = (
    Extension(
        service="secretsmanager",
        topic="rotation",
        stock="runs the rotation function at once, and needs Docker for it; forgets schedule and duration",
        aws="runs the function, at once or at the next window, and shows the rules",
        change="keeps the setting and its rules; nothing is rotated",
        source=_API + "API_RotateSecret.html",
        operations={"RotateSecret": _rotate},
        kept=(
            Kept(
                kind="rotation",
                writes={"RotateSecret": "@"},
                shows={"RotateSecret": "@", "DescribeSecret": "@"},
                creates=frozenset({"RotateSecret"}),
                key="ARN",
                members={"RotationRules": "RotationRules"},
            ),
        ),
    ),
)
