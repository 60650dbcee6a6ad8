"""Calls of AWS's API at the emulator that is followed, in the operator's name or in somebody's.

boto3's clients wait in threads of their own.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from boto3.session import Session
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError

from twin.aws.emulator.process import BOOT_HEADER
from twin.runtime.exceptions import ControlPlaneAway

__all__ = ["AwsCalls", "Document", "Identity", "check_boot"]

Document = dict[str, Any]

_ACTING_SERVICE = "x-estate-acting-service"
"""Which service of AWS acts; the emulator takes it from the operator's key only."""

_SOURCE_ARN = "x-amz-source-arn"
_CONFIG = Config(
    connect_timeout=1,
    read_timeout=10,
    retries={"max_attempts": 1},
    max_pool_connections=16,
    inject_host_prefix=False,
)


@dataclass(frozen=True)
class Identity:
    """Temporary credentials of somebody in whose name AWS is called."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    token: str = field(repr=False)


@dataclass(frozen=True)
class _Acting:
    """In whose name a call is made, where it is not the operator's. Attributes: headers: beside those of the call."""

    identity: Identity | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


_ACTING: ContextVar[_Acting | None] = ContextVar("estate_acting", default=None)
_ASKED: ContextVar[str | None] = ContextVar("estate_asked_emulator", default=None)
"""Boot of the emulator that is asked: another one may be followed by the time of the answer."""


class AwsCalls:
    """Attributes:
    endpoint: where AWS's API is, such as ``http://127.0.0.1:4566``; empty before it was ever found.
    boot: of the emulator that is followed; what another one answers is not listened to.
    """

    def __init__(self) -> None:
        self.endpoint = ""
        self.boot = ""
        self._clients: dict[tuple[str, str, str], Any] = {}

    async def call(self, service: str, region: str, operation: str, /, **parameters: Any) -> Document:
        """The answer to one call of AWS's API, pages joined where it has pages.

        Args: operation: as boto3 names it, such as ``describe_services``.

        Raises:
            ClientError: AWS refuses.
            ControlPlaneAway: nobody answers, or an emulator that is not followed yet.
        """
        try:
            with self.one_emulator():
                return await asyncio.to_thread(self._call, service, region, operation, parameters)
        except BotoCoreError as error:
            raise ControlPlaneAway(str(error)) from error

    @contextmanager
    def one_emulator(self) -> Iterator[None]:
        """What is asked inside is answered by the emulator that is followed now, or by none."""
        reset = _ASKED.set(_ASKED.get() or self.boot)
        try:
            yield
        finally:
            _ASKED.reset(reset)

    async def call_as(
        self, identity: Identity, service: str, region: str, operation: str, /, **parameters: Any
    ) -> Document:
        """As `call`, in somebody's name, who may be refused."""
        return await self._call_acting(_Acting(identity), service, region, operation, parameters)

    async def assume(
        self,
        region: str,
        role_arn: str,
        session_name: str,
        service: str,
        source_arn: str,
        duration_seconds: int,
    ) -> Document:
        """A session of the role, which a service of AWS takes for somebody's sake.

        Args:
            service: such as ``ecs-tasks.amazonaws.com``.
            source_arn: for whom it takes it.

        Raises:
            ClientError: the role does not trust the service for this.
            ControlPlaneAway: nobody answers.
        """
        headers = {_ACTING_SERVICE: service, _SOURCE_ARN: source_arn}
        parameters = {
            "RoleArn": role_arn,
            "RoleSessionName": session_name,
            "DurationSeconds": duration_seconds,
        }
        return await self._call_acting(_Acting(headers=headers), "sts", region, "assume_role", parameters)

    async def _call_acting(
        self, acting: _Acting, service: str, region: str, operation: str, parameters: Document
    ) -> Document:
        reset = _ACTING.set(acting)
        try:
            return await self.call(service, region, operation, **parameters)
        finally:
            _ACTING.reset(reset)

    def _call(self, service: str, region: str, operation: str, parameters: Document) -> Document:
        client = self._client(service, region)
        if not client.can_paginate(operation):
            return getattr(client, operation)(**parameters)
        return client.get_paginator(operation).paginate(**parameters).build_full_result()

    def _client(self, service: str, region: str) -> Any:
        """Made in the thread that needs it first; two at once make two, of which one stays."""
        if not self.endpoint:
            raise BotoCoreError()
        found = self._clients.get((self.endpoint, service, region))
        if found is None:
            session = Session(aws_access_key_id="twin", aws_secret_access_key="twin")
            found = session.client(
                service,  # type: ignore[call-overload]
                region_name=region,
                endpoint_url=self.endpoint,
                config=_CONFIG,
            )
            found.meta.events.register("before-call", _add_headers)
            found.meta.events.register("before-sign", _sign_as)
            found.meta.events.register("after-call", _check_answer)
            self._clients[self.endpoint, service, region] = found
        return found


def _check_answer(http_response: Any, **_: Any) -> None:
    check_boot(http_response.headers)


def check_boot(headers: Mapping[str, str]) -> None:
    """Who answered is the emulator that was asked: another one at its port knows nothing of what was declared, and its
    silence must not be taken for a deletion.

    Raises: ControlPlaneAway: it is another one.
    """
    if headers.get(BOOT_HEADER) != _ASKED.get():
        raise ControlPlaneAway("another one has taken the place of the one that was asked")


def _add_headers(params: Document, **_: Any) -> None:
    """A call carries the headers of whoever acts."""
    acting = _ACTING.get()
    if acting:
        params["headers"].update(acting.headers)


def _sign_as(request: Any, **_: Any) -> None:
    """A call is signed by whoever acts."""
    acting = _ACTING.get()
    if acting and acting.identity:
        own = acting.identity
        credentials = Credentials(own.access_key_id, own.secret_access_key, own.token)
        signing = request.context.get("signing", {})
        request.context["signing"] = {**signing, "request_credentials": credentials}
