"""Values of the secrets that a container's definition names, as its execution role fetches them when it starts.

Source: ECS developer guide, "Pass sensitive data to an Amazon ECS container".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from twin.runtime.aws_calls import Identity
from twin.runtime.control_plane import ControlPlane, Document
from twin.runtime.exceptions import ControlPlaneAway
from twin.runtime.tasks.exceptions import CannotStart

__all__ = ["Reference", "fetch_secrets", "reference"]

_FAILURE = "ResourceInitializationError: unable to pull secrets or registry auth: "
_SSM = _FAILURE + "execution resource retrieval failed: unable to retrieve secrets from ssm: "
_ASM = _FAILURE + "execution resource retrieval failed: unable to retrieve secret from asm: "
_NO_ROLE = "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
"""In the words in which RegisterTaskDefinition refuses it, which moto does not."""

_RETRIED = "service call has been retried 1 time(s): "
_CHECK = ". Please check your task network configuration."
"""Source of both: ECS developer guide, "ResourceInitializationError" task errors."""

_SECRET_PARTS = 7
"""Of a secret's ARN; what follows is its JSON key, version stage and version id."""


@dataclass(frozen=True)
class Reference:
    """Where a value is. Attributes: id: a secret's ARN, or a parameter's name."""

    service: str
    region: str
    id: str
    json_key: str = ""
    version_stage: str = ""
    version_id: str = ""


def reference(value_from: str, region: str) -> Reference:
    """What `valueFrom` means. Args: region: the task's, for a parameter that is given by name."""
    parts = value_from.split(":")
    if value_from.startswith("arn:") and parts[2] == "secretsmanager":
        rest = [*parts[_SECRET_PARTS:], "", "", ""]
        return Reference("secretsmanager", parts[3], ":".join(parts[:_SECRET_PARTS]), *rest[:3])
    if value_from.startswith("arn:"):
        name = value_from.partition(":parameter/")[2]
        return Reference("ssm", parts[3], f"/{name}" if "/" in name else name)
    return Reference("ssm", region, value_from)


async def fetch_secrets(
    plane: ControlPlane, secrets: Mapping[str, str], region: str, execution: Identity | None = None
) -> dict[str, str]:
    """The values by name of the variable.

    Args: execution: the session of the execution role; None where the task has none, which ECS allows no secrets.
    Raises:
        CannotStart: in the words of ECS, where one is missing or nobody answers.
    """
    if secrets and execution is None:
        raise CannotStart(_NO_ROLE)
    called = _Called(plane, execution)
    return {name: await _fetch(called, reference(it, region)) for name, it in secrets.items()}


@dataclass(frozen=True)
class _Called:
    """AWS, in the name of the execution role."""

    plane: ControlPlane
    execution: Identity | None

    async def call(self, service: str, region: str, operation: str, **parameters: Any) -> Document:
        assert self.execution
        return await self.plane.call_as(self.execution, service, region, operation, **parameters)


async def _fetch(plane: _Called, wanted: Reference) -> str:
    prefix = _SSM if wanted.service == "ssm" else _ASM
    try:
        if wanted.service == "ssm":
            return await _parameter(plane, wanted)
        return await _secret(plane, wanted)
    except ClientError as error:
        raise CannotStart(f"{prefix}{_RETRIED}{_told(wanted, error)}") from error
    except ControlPlaneAway as error:
        raise CannotStart(f"{prefix}{_RETRIED}context deadline exceeded{_CHECK}") from error


async def _parameter(plane: _Called, wanted: Reference) -> str:
    found = await plane.call("ssm", wanted.region, "get_parameters", Names=[wanted.id], WithDecryption=True)
    if not found.get("Parameters"):
        raise CannotStart(f"{_SSM}{_RETRIED}invalid ssm parameters: {wanted.id}")
    return str(found["Parameters"][0]["Value"])


async def _secret(plane: _Called, wanted: Reference) -> str:
    version = {"VersionStage": wanted.version_stage, "VersionId": wanted.version_id}
    given: dict[str, Any] = {name: value for name, value in version.items() if value}
    found = await plane.call("secretsmanager", wanted.region, "get_secret_value", SecretId=wanted.id, **given)
    value = str(found["SecretString"])
    return _member(value, wanted) if wanted.json_key else value


def _member(value: str, wanted: Reference) -> str:
    try:
        document = json.loads(value)
    except ValueError:
        document = None
    if not isinstance(document, dict) or wanted.json_key not in document:
        missing = f"retrieved secret from Secrets Manager did not contain json key {wanted.json_key}"
        raise CannotStart(f"{_ASM}{_RETRIED}{missing}")
    found: Any = document[wanted.json_key]
    return found if isinstance(found, str) else json.dumps(found)


def _told(wanted: Reference, error: ClientError) -> str:
    """As an SDK of AWS words an error. Source: as above, and stopped tasks as users have seen them."""
    details, answered = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
    told = (
        f"https response error StatusCode: {answered.get('HTTPStatusCode', 400)}, "
        f"RequestID: {answered.get('RequestId', '')}, "
        f"api error {details.get('Code', 'Unknown')}: {details.get('Message', '')}"
    )
    if wanted.service == "ssm":
        return f"operation error SSM: GetParameters, {told}"
    called = "operation error Secrets Manager: GetSecretValue"
    return f"failed to fetch secret {wanted.id} from secrets manager: {called}, {told}"
