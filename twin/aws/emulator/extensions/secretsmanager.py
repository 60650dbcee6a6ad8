"""Secrets Manager: a secret is rotated by its function, in four steps.

Source: Secrets Manager user guide, "Rotation by Lambda function": rotation runs after `RotateSecret` has answered; the
new version is pending while it lasts; where it fails, the pending version stays and the current one goes on; a second
rotation is refused until the first is over.
"""

import queue
import sys
import threading
import time
import traceback
import uuid
from dataclasses import dataclass
from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension, Kept
from twin.aws.emulator.extensions.secretsmanager_function import call_function, function_by_arn

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/"
_SECONDS_A_DAY = 86_400
_STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
_CURRENT, _PENDING = "AWSCURRENT", "AWSPENDING"
_SERVICE = "secretsmanager.amazonaws.com"


@dataclass(frozen=True)
class _Rotation:
    """One rotation of one of moto's secrets: `token` is the id of the version that it makes."""

    secret: Any
    function: Any
    token: str
    endpoint: str

    def run(self) -> None:
        """The new version is the current one, or the pending one still, if a step failed."""
        for step in _STEPS:
            event = {"Step": step, "SecretId": self.secret.arn, "ClientRequestToken": self.token}
            try:
                call_function(self.function, event, self.endpoint)
            except Exception:
                sys.stderr.write(
                    f"Rotation of {self.secret.name} failed at {step}:\n{traceback.format_exc()}"
                )
                return
        self.secret.last_rotation_date = int(time.time())


_ROTATIONS: queue.SimpleQueue[_Rotation] = queue.SimpleQueue()


def _work() -> None:
    """One rotation after the other, for as long as the emulator lives."""
    while True:
        _ROTATIONS.get().run()


_WORKER = threading.Thread(target=_work, name="rotation", daemon=True)
_WORKER_STARTS = threading.Lock()


def _rotate(context: Context) -> Document:
    """The rotation is set, and under way unless the request puts it off."""
    call = context.call
    given = call.parameters
    secret = _secret(context)
    arn = given.get("RotationLambdaARN") or secret.rotation_lambda_arn
    if not arn:
        message = "No Lambda rotation function ARN is associated with this secret."
        raise AwsError("InvalidRequestException", message)
    function = function_by_arn(arn)
    _check(secret, function)
    _set(secret, arn, given.get("RotationRules", {}))
    if not given.get("RotateImmediately", True):
        return {"ARN": secret.arn, "Name": secret.name}
    if function is None:
        sys.stderr.write(f"Rotation of {secret.name} failed: there is no function {arn}.\n")
        return {"ARN": secret.arn, "Name": secret.name, "VersionId": secret.default_version_id}
    token = given.get("ClientRequestToken") or str(uuid.uuid4())
    _begin(secret, function, token, f"http://127.0.0.1:{context.environ['SERVER_PORT']}")
    return {"ARN": secret.arn, "Name": secret.name, "VersionId": token}


def _secret(context: Context) -> Any:
    from moto.secretsmanager.models import FakeSecret, secretsmanager_backends

    call = context.call
    secret = secretsmanager_backends[call.account][call.region].secrets.get(call.parameters["SecretId"])
    if not isinstance(secret, FakeSecret):
        raise AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    return secret


def _check(secret: Any, function: Any) -> None:
    stages = [set(it["version_stages"]) for it in secret.versions.values()]
    if any(_PENDING in it and _CURRENT not in it for it in stages):
        message = "A previous rotation isn't complete. That rotation will be reattempted."
        raise AwsError("InvalidRequestException", message)
    if function is not None and not _may_be_called(function):
        message = (
            "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants "
            f"access to the principal {_SERVICE}"
        )
        raise AwsError("AccessDeniedException", message)


def _may_be_called(function: Any) -> bool:
    return any(
        it.get("Effect") == "Allow" and _SERVICE in str(it.get("Principal"))
        for it in function.policy.statements
    )


def _set(secret: Any, arn: str, rules: Document) -> None:
    days = rules.get("AutomaticallyAfterDays", 0)
    secret.rotation_requested = secret.rotation_enabled = True
    secret.rotation_lambda_arn = arn
    secret.auto_rotate_after_days = days or secret.auto_rotate_after_days
    secret.next_rotation_date = int(time.time()) + days * _SECONDS_A_DAY if days else None


def _begin(secret: Any, function: Any, token: str, endpoint: str) -> None:
    """A version without a value is pending, and the function is called when its turn comes."""
    secret.remove_version_stages_from_old_versions([_PENDING])
    pending = {"createdate": int(time.time()), "version_id": token, "version_stages": [_PENDING]}
    secret.versions[token] = pending
    _ROTATIONS.put(_Rotation(secret, function, token, endpoint))
    with _WORKER_STARTS:
        if not _WORKER.is_alive():
            _WORKER.start()


def _stages() -> None:
    """AWSCURRENT can be given to a secret's first version, and a value is read from where it stands."""
    from moto.secretsmanager.models import SecretsManagerBackend

    backend: Any = SecretsManagerBackend
    others = backend.update_secret_version_stage

    def update_secret_version_stage(
        self: Any,
        secret_id: str,
        version_stage: str,
        remove_from_version_id: str | None,
        move_to_version_id: str | None,
    ) -> Any:
        secret = self.secrets.get(secret_id)
        versions = secret.versions if secret else {}
        is_first = not any(_CURRENT in it["version_stages"] for it in versions.values())
        if version_stage == _CURRENT and move_to_version_id in versions and is_first:
            versions[move_to_version_id]["version_stages"].append(_CURRENT)
            answer = (secret.arn, secret.name)
        else:
            answer = others(self, secret_id, version_stage, remove_from_version_id, move_to_version_id)
        if version_stage == _CURRENT and move_to_version_id:
            secret.set_default_version_id(move_to_version_id)
        return answer

    backend.update_secret_version_stage = update_secret_version_stage


EXTENSIONS = (
    Extension(
        service="secretsmanager",
        topic="rotation",
        stock="runs the rotation function before it answers, and needs Docker for it; forgets schedule and duration",
        aws="runs the function after it has answered, or at the next window, and shows the rules",
        change="calls the deployed function's code in the emulator, one rotation after the other; where there is no "
        "such function, the setting is kept. Schedules start nothing, and what failed is not tried again",
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
    Extension(
        service="secretsmanager",
        topic="stages of versions",
        stock="cannot give AWSCURRENT to the first version, and goes on reading the old version once it is moved",
        aws="moves it, and reads the version that has it",
        change="does so",
        source=_API + "API_UpdateSecretVersionStage.html",
        patch=_stages,
    ),
)
