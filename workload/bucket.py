"""A bucket: what is kept as a whole, under a name, once."""

from collections.abc import Mapping
from typing import Any, Protocol

from botocore.exceptions import ClientError

from workload.exceptions import DependencyAway

__all__ = ["Bucket", "S3Bucket", "bucket_of"]

ABSENT = frozenset({"NoSuchKey", "404", "NotFound"})
"""Source: S3 API reference, GetObject and HeadObject, "Errors"."""

THERE_ALREADY = "PreconditionFailed"
WRITTEN_BY_ANOTHER = "ConditionalRequestConflict"
"""Source: S3 user guide, "How to prevent object overwrites with conditional writes"."""


class Bucket(Protocol):
    """Every method raises DependencyAway where the bucket does not answer."""

    @property
    def name(self) -> str: ...

    async def put(self, key: str, content: bytes, facts: Mapping[str, str] | None = None) -> None: ...

    async def put_once(self, key: str, content: bytes, facts: Mapping[str, str] | None = None) -> bool:
        """Whether it was written; it is not where something has that key."""
        ...

    async def get(self, key: str) -> bytes | None: ...

    async def facts(self, key: str) -> Mapping[str, str] | None:
        """What was told of the object when it was written; None where there is no such object."""
        ...

    async def probe(self) -> None: ...


class _Caller(Protocol):
    async def call(
        self, service: str, operation: str, *, dependency: str, **arguments: Any
    ) -> dict[str, Any]: ...


class _Settings(Protocol):
    @property
    def stores(self) -> Any: ...


class _Frame(Protocol):
    @property
    def aws(self) -> _Caller: ...

    @property
    def settings(self) -> _Settings: ...


def bucket_of(frame: _Frame, name: str) -> Bucket | None:
    """The service's bucket of this name; None where it is given none in this region."""
    bucket = frame.settings.stores.buckets.get(name)
    return S3Bucket(name, bucket, frame.aws) if bucket else None


class S3Bucket:
    """A bucket of Amazon S3. Args: name: in the contract. bucket: its physical name."""

    def __init__(self, name: str, bucket: str, aws: _Caller) -> None:
        self.name = name
        self._bucket = bucket
        self._aws = aws

    async def put(self, key: str, content: bytes, facts: Mapping[str, str] | None = None) -> None:
        await self._call("put_object", Key=key, Body=content, Metadata=dict(facts or {}))

    async def put_once(self, key: str, content: bytes, facts: Mapping[str, str] | None = None) -> bool:
        try:
            await self._call("put_object", Key=key, Body=content, Metadata=dict(facts or {}), IfNoneMatch="*")
        except ClientError as error:
            if _code(error) == THERE_ALREADY:
                return False
            if _code(error) == WRITTEN_BY_ANOTHER:
                raise DependencyAway(self.name, "another writes the same key at this moment") from error
            raise
        return True

    async def get(self, key: str) -> bytes | None:
        found = await self._found("get_object", key)
        return None if found is None else found["Body"]

    async def facts(self, key: str) -> Mapping[str, str] | None:
        found = await self._found("head_object", key)
        return None if found is None else found.get("Metadata", {})

    async def probe(self) -> None:
        """Returns where the bucket answers."""
        await self._call("list_objects_v2", MaxKeys=1)

    async def _found(self, operation: str, key: str) -> dict[str, Any] | None:
        try:
            return await self._call(operation, Key=key)
        except ClientError as error:
            if _code(error) in ABSENT:
                return None
            raise

    async def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        return await self._aws.call("s3", operation, dependency=self.name, Bucket=self._bucket, **arguments)


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")
