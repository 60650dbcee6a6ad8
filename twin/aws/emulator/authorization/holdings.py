"""What authorization has to know of resources, beside a request's own parameters."""

from dataclasses import dataclass
from typing import Protocol

__all__ = ["Holdings", "Place", "SecretFacts"]


@dataclass(frozen=True)
class Place:
    account: str
    region: str


@dataclass(frozen=True)
class SecretFacts:
    """Attributes: key_id: as the secret names it; empty where it has AWS's own key."""

    arn: str
    key_id: str
    rotation_function_arn: str


class Holdings(Protocol):
    """Read only, and None or empty for what is not there."""

    def secret(self, place: Place, secret_id: str) -> SecretFacts | None: ...

    def key_arn(self, place: Place, key_id: str) -> str | None:
        """ARN of the key by its id, ARN or alias."""
        ...

    def encryption_key(self, service: str, place: Place, resource: str) -> str:
        """The key of a queue, topic, stream, bucket or parameter, as that names it."""
        ...

    def object_key(self, place: Place, bucket: str, name: str) -> str:
        """The key of an object."""
        ...

    def lacks_object(self, place: Place, bucket: str, name: str) -> bool:
        """The bucket is there, and has no such object."""
        ...

    def has_bucket_key(self, place: Place, bucket: str) -> bool: ...

    def resource_policy(self, place: Place, resource: str) -> str | None:
        """The policy document of a resource by its ARN."""
        ...
