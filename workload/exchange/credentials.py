"""With what partners are called: each partner's own secret, read again from time to time."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import ClientError

from workload.clock import monotonic
from workload.exceptions import DependencyAway
from workload.partner import Partner

__all__ = ["Credentials"]

LIFETIME_SECONDS = 300
"""After which a secret is read again, for it may have been rotated: an assumption."""

ABSENT_SECONDS = 60
FIELD = "secret"
"""Of the secret's JSON. Source: `RotationFunction`, secret_field."""

NO_VALUE = "ResourceNotFoundException"
"""Of a secret that is not there, and of one that has no value yet. Source: Secrets Manager API reference,
GetSecretValue."""


class _Caller(Protocol):
    async def call(
        self, service: str, operation: str, *, dependency: str, **arguments: Any
    ) -> dict[str, Any]: ...


@dataclass(frozen=True)
class _Read:
    headers: Mapping[str, str]
    complaint: str | None
    until: float


class Credentials:
    """A secret without a value is complained of, and its partner is called without credentials, which it may refuse.

    A secret that may not be read is another matter: then its partner is not called.
    """

    def __init__(self, aws: _Caller) -> None:
        self._aws = aws
        self._read: dict[str, _Read] = {}

    async def headers(self, partner: Partner) -> Mapping[str, str]:
        """Headers that a call to the partner carries.

        Raises: DependencyAway: its secret cannot be read.
        """
        known = self._read.get(partner.name)
        if known is None or monotonic() >= known.until:
            known = self._read[partner.name] = await self._fetch(partner)
        return known.headers

    def complaints(self) -> list[str]:
        """A sentence for each partner without credentials, of those that were called."""
        return [it.complaint for it in self._read.values() if it.complaint]

    async def _fetch(self, partner: Partner) -> _Read:
        arn = str(partner.settings.get("secret_arn", ""))
        try:
            found = await self._aws.call(
                "secretsmanager", "get_secret_value", dependency=partner.kind, SecretId=arn
            )
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code != NO_VALUE:
                raise DependencyAway(
                    partner.kind, f"the secret of {partner.name} cannot be read: {code}"
                ) from error
            complaint = f"The secret of {partner.name} has no value. Rotate it once, or put one."
            return _Read({}, complaint, monotonic() + ABSENT_SECONDS)
        return _Read({"Authorization": f"Bearer {_secret(found)}"}, None, monotonic() + LIFETIME_SECONDS)


def _secret(found: Mapping[str, Any]) -> str:
    """The one field of a JSON secret, or a secret that is plain text as it is."""
    text = str(found.get("SecretString", ""))
    try:
        document = json.loads(text)
    except ValueError:
        return text
    return str(document.get(FIELD, "")) if isinstance(document, dict) else text
