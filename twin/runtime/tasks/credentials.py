"""The credentials with which a task calls AWS, and with which ECS starts it: sessions of the task's two roles.

Source: ECS developer guide, "Amazon ECS task IAM role" and "Amazon ECS task execution IAM role",
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
"""

import asyncio
import hmac
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from twin.runtime.aws_calls import Identity
from twin.runtime.control_plane import ControlPlane, Document
from twin.runtime.exceptions import ControlPlaneAway
from twin.runtime.tasks.credential_endpoint import CredentialEndpoint
from twin.runtime.tasks.exceptions import CannotAssume
from twin.runtime.tasks.model import Task

__all__ = ["RoleSession", "TaskCredentials"]

_log = logging.getLogger(__name__)

_SERVICE = "ecs-tasks.amazonaws.com"

SESSION_SECONDS = 6 * 3600
"""Source: ECS developer guide, "Amazon ECS task IAM role": credentials of a task expire after six hours."""

RENEWED_BEFORE_SECONDS = 3600.0
"""Before they expire. An assumption: SDKs ask again from 15 minutes before, and must be given fresh ones."""

_LOOK_SECONDS = 60.0


@dataclass(frozen=True)
class RoleSession:
    """Attributes: expires_at: seconds since the epoch."""

    role_arn: str
    identity: Identity
    expires_at: float

    def document(self) -> Document:
        """As the endpoint shows it. Source: ECS developer guide, "Amazon ECS task IAM role", the endpoint's answer."""
        expiration = datetime.fromtimestamp(self.expires_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {
            "RoleArn": self.role_arn,
            "AccessKeyId": self.identity.access_key_id,
            "SecretAccessKey": self.identity.secret_access_key,
            "Token": self.identity.token,
            "Expiration": expiration,
        }


@dataclass
class _Held:
    """What one task holds."""

    task: Task
    session: RoleSession
    authorization: str


class TaskCredentials:
    """Sessions of the tasks' roles, renewed before they expire and served from memory.

    Args: clock: seconds since the epoch.
    """

    def __init__(self, plane: ControlPlane, clock: Callable[[], float]) -> None:
        self._plane, self._clock = plane, clock
        self._held: dict[str, _Held] = {}
        self._last: dict[str, RoleSession] = {}
        self._endpoint = CredentialEndpoint(self._document)

    async def begin(self, task: Task) -> dict[str, str]:
        """The variables by which the task's SDK finds its role's credentials; none where it has no role.

        Source: AWS SDKs and tools reference guide, "Container credential provider".
        Raises: CannotAssume: the role does not trust ECS.
        """
        role_arn = task.definition.task_role_arn
        if role_arn is None:
            return {}
        held = _Held(task, await self._session(task, role_arn), secrets.token_urlsafe(32))
        self._held[task.id] = held
        return {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": await self._endpoint.url(task.id),
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": held.authorization,
        }

    async def execution(self, task: Task) -> Identity | None:
        """With which ECS fetches what the task needs to start; None where the task has no execution role.

        Raises: CannotAssume
        """
        role_arn = task.definition.execution_role_arn
        return (await self._session(task, role_arn)).identity if role_arn else None

    def end(self, task_id: str) -> None:
        """The task's credentials are served no more."""
        self._held.pop(task_id, None)

    async def run(self) -> None:
        """Serves and renews until cancelled."""
        async with self._endpoint.serving():
            while True:
                await self.renew()
                await asyncio.sleep(_LOOK_SECONDS)

    async def renew(self) -> None:
        """Sessions that soon expire have been replaced, where the control plane gives others."""
        for held in list(self._held.values()):
            if held.session.expires_at - self._clock() > RENEWED_BEFORE_SECONDS:
                continue
            try:
                held.session = await self._assumed(held.task, held.session.role_arn)
            except (CannotAssume, ControlPlaneAway) as error:
                _log.warning("the credentials of task %s are not renewed: %s", held.task.id, error)

    async def _session(self, task: Task, role_arn: str) -> RoleSession:
        """While nobody answers, the role's last session serves a new task too, as long as it lasts."""
        try:
            found = self._last[role_arn] = await self._assumed(task, role_arn)
        except ControlPlaneAway as error:
            known = self._last.get(role_arn)
            if known is None or known.expires_at <= self._clock():
                raise CannotAssume(role_arn) from error
            return known
        return found

    async def _assumed(self, task: Task, role_arn: str) -> RoleSession:
        try:
            answer = await self._plane.assume(
                task.region, role_arn, task.id, _SERVICE, task.arn, SESSION_SECONDS
            )
        except ClientError as error:
            _log.warning("task %s: %s", task.id, error)
            raise CannotAssume(role_arn) from error
        return _session_of(role_arn, answer["Credentials"])

    def _document(self, task_id: str, authorization: str) -> Document | None:
        """What the endpoint answers to a task; None where it is not the task that asks."""
        held = self._held.get(task_id)
        if held is None or not hmac.compare_digest(held.authorization.encode(), authorization.encode()):
            return None
        return held.session.document()


def _session_of(role_arn: str, given: Document) -> RoleSession:
    identity = Identity(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    expiration: Any = given["Expiration"]
    return RoleSession(role_arn, identity, expiration.timestamp())
