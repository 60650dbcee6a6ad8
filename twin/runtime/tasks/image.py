"""Whether an image can be pulled.

Any digest of a repository that exists is this checkout's workload: the twin builds and pulls no images.
"""

import re

from botocore.exceptions import ClientError

from twin.runtime.aws_calls import Identity
from twin.runtime.control_plane import ControlPlane
from twin.runtime.exceptions import ControlPlaneAway
from twin.runtime.tasks.exceptions import CannotStart

__all__ = ["Images"]

_ECR = re.compile(r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[\w-]+)\.amazonaws\.com/(?P<name>[^:@]+)")
_FAILURE = "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "

_NO_TOKEN = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
    "unable to retrieve ecr registry auth: service call has been retried 1 time(s): "
)
"""Source: ECS developer guide, "ResourceInitializationError" task errors."""

_DENIED = ("AccessDeniedException", "AccessDenied", "UnrecognizedClientException")
_ANY_LAYER = f"sha256:{'0' * 64}"


class Images:
    """Remembers the repositories that it has seen, so that tasks start while the control plane is away."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self._seen: set[str] = set()

    async def require(self, image: str, execution: Identity | None = None) -> None:
        """The image can be pulled, by the execution role where the task has one.

        Raises: CannotStart: its repository is none of the estate's, or the role may not pull from it.
        """
        found = _ECR.match(image)
        if found is None:
            raise CannotStart(f"{_FAILURE}{image}: not found")
        repository = found.group(0)
        try:
            await (self._pull(found, execution) if execution else self._look(found))
            self._seen.add(repository)
        except ClientError as error:
            self._seen.discard(repository)
            raise CannotStart(f"{_FAILURE}{image}: {_why(error)}") from error
        except ControlPlaneAway as error:
            if repository not in self._seen:
                raise CannotStart(f"{_FAILURE}{image}: i/o timeout") from error

    async def _look(self, found: re.Match[str]) -> None:
        await self._plane.call(
            "ecr",
            found["region"],
            "describe_repositories",
            registryId=found["account"],
            repositoryNames=[found["name"]],
        )

    async def _pull(self, found: re.Match[str], execution: Identity) -> None:
        """The calls of a pull, in its order. Source: ECR user guide, "Private repository policies", pulling images."""
        region, named = found["region"], {"registryId": found["account"], "repositoryName": found["name"]}
        await self._authorize(region, execution)
        await self._plane.call_as(
            execution, "ecr", region, "batch_get_image", imageIds=[{"imageTag": "latest"}], **named
        )
        try:
            await self._plane.call_as(
                execution, "ecr", region, "get_download_url_for_layer", layerDigest=_ANY_LAYER, **named
            )
        except ClientError as error:
            # There are no layers here; who may not ask for one is told so first.
            if _code(error) in _DENIED:
                raise

    async def _authorize(self, region: str, execution: Identity) -> None:
        try:
            await self._plane.call_as(execution, "ecr", region, "get_authorization_token")
        except ClientError as error:
            raise CannotStart(f"{_NO_TOKEN}{_code(error)}: {_message(error)}") from error


def _why(error: ClientError) -> str:
    return f"denied: {_message(error)}" if _code(error) in _DENIED else "not found"


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def _message(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Message", "")
