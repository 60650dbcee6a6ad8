"""Rotates a secret in the four steps of Secrets Manager.

The secret is a JSON object. Rotation replaces one of its fields by a random value and keeps the others. A
secret that has no value yet gets its first one this way, so none is ever in a program, its state or a log.

Whoever checks the credential reads it from the same secret and accepts AWSCURRENT, AWSPENDING and
AWSPREVIOUS: no side has to be told, and none is locked out between two versions.

Source: Secrets Manager user guide, "Rotation by Lambda function".
"""

import json
import os
from dataclasses import dataclass
from typing import Any

import boto3

CURRENT = "AWSCURRENT"
PENDING = "AWSPENDING"


class RotationRefused(Exception):
    """The request is not one that this rotation may carry out. Trying again does not help."""


@dataclass(frozen=True)
class Credential:
    """What is generated: which field of the secret, how long, and without which characters."""

    field: str
    length: int
    excluded_characters: str

    @classmethod
    def from_environment(cls) -> "Credential":
        return cls(
            field=os.environ["SECRET_FIELD"],
            length=int(os.environ["SECRET_LENGTH"]),
            excluded_characters=os.environ["EXCLUDED_CHARACTERS"],
        )


@dataclass(frozen=True)
class Rotation:
    """One rotation of one secret: `token` is the id of the version that it makes."""

    client: Any
    secret_id: str
    token: str
    credential: Credential

    def create(self) -> None:
        """A pending version holds a new value. A repeated step keeps the value that is there."""
        if self._value(PENDING, self.token) is not None:
            return
        fields = self._value(CURRENT) or {}
        value = json.dumps({**fields, self.credential.field: self._random()})
        self.client.put_secret_value(
            SecretId=self.secret_id,
            ClientRequestToken=self.token,
            SecretString=value,
            VersionStages=[PENDING],
        )

    def set(self) -> None:
        """The other side can read the pending version, which is all that it needs."""
        self._pending()

    def test(self) -> None:
        """The pending version is whole: a value of the right length, a new one, beside the same fields."""
        pending, current = self._pending(), self._value(CURRENT) or {}
        field = self.credential.field
        if len(pending.get(field, "")) < self.credential.length:
            raise RotationRefused(f"The pending {field!r} of {self.secret_id} is too short.")
        if pending[field] == current.get(field):
            raise RotationRefused(f"The pending {field!r} of {self.secret_id} is the current one.")
        if current and pending.keys() - {field} != current.keys() - {field}:
            raise RotationRefused(
                f"The pending version of {self.secret_id} has other fields than the current one."
            )

    def finish(self) -> None:
        """The pending version is the current one, and the one before it the previous one."""
        previous = self._version_of(CURRENT)
        move = {} if previous is None else {"RemoveFromVersionId": previous}
        self.client.update_secret_version_stage(
            SecretId=self.secret_id, VersionStage=CURRENT, MoveToVersionId=self.token, **move
        )
        self.client.update_secret_version_stage(
            SecretId=self.secret_id, VersionStage=PENDING, RemoveFromVersionId=self.token
        )

    def stages(self) -> dict[str, list[str]]:
        """The stages of each version, if rotation of the secret is on."""
        secret = self.client.describe_secret(SecretId=self.secret_id)
        if not secret.get("RotationEnabled", False):
            raise RotationRefused(f"Rotation of {self.secret_id} is off. Switch it on first.")
        return secret.get("VersionIdsToStages", {})

    def _pending(self) -> dict[str, Any]:
        value = self._value(PENDING, self.token)
        if value is None:
            raise RotationRefused(f"Version {self.token} of {self.secret_id} has no value. Create it first.")
        return value

    def _value(self, stage: str, version: str | None = None) -> dict[str, Any] | None:
        wanted = {} if version is None else {"VersionId": version}
        try:
            found = self.client.get_secret_value(SecretId=self.secret_id, VersionStage=stage, **wanted)
        except self.client.exceptions.ResourceNotFoundException:
            return None
        return json.loads(found["SecretString"])

    def _version_of(self, stage: str) -> str | None:
        return next((version for version, stages in self.stages().items() if stage in stages), None)

    def _random(self) -> str:
        answer = self.client.get_random_password(
            PasswordLength=self.credential.length,
            ExcludeCharacters=self.credential.excluded_characters,
            RequireEachIncludedType=True,
        )
        return answer["RandomPassword"]


STEPS = {
    "createSecret": Rotation.create,
    "setSecret": Rotation.set,
    "testSecret": Rotation.test,
    "finishSecret": Rotation.finish,
}


def carry_out(step: str, rotation: Rotation) -> None:
    """The step is done, or was done already.

    Raises: RotationRefused where the step is unknown, or its version is not the pending one.
    """
    if step not in STEPS:
        raise RotationRefused(f"A step is one of {', '.join(STEPS)}, got {step!r}.")
    versions = rotation.stages()
    stages = versions.get(rotation.token, [])
    if CURRENT in stages:
        return
    # The first rotation of an empty secret may come before any version is listed.
    if versions and PENDING not in stages:
        raise RotationRefused(f"Version {rotation.token} of {rotation.secret_id} is not the pending one.")
    STEPS[step](rotation)


def handler(event: dict[str, str], _context: object) -> None:
    """What Lambda calls."""
    rotation = Rotation(
        client=boto3.client("secretsmanager"),
        secret_id=event["SecretId"],
        token=event["ClientRequestToken"],
        credential=Credential.from_environment(),
    )
    carry_out(event["Step"], rotation)
