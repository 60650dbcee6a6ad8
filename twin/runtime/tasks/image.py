"""Whether an image can be pulled.

Any digest of a repository that exists is this checkout's workload: the twin builds and pulls no images.
"""

import re

from botocore.exceptions import ClientError

from twin.runtime.control_plane import ControlPlane
from twin.runtime.exceptions import ControlPlaneAway
from twin.runtime.tasks.exceptions import CannotStart

__all__ = ["Images"]

_ECR = re.compile(r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[\w-]+)\.amazonaws\.com/(?P<name>[^:@]+)")
_FAILURE = "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "


class Images:
    """Remembers the repositories that it has seen, so that tasks start while the control plane is away."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self._seen: set[str] = set()

    async def require(self, image: str) -> None:
        """Raises: CannotStart: its repository is none of the estate's."""
        found = _ECR.match(image)
        if found is None:
            raise CannotStart(f"{_FAILURE}{image}: not found")
        repository = found.group(0)
        try:
            answer = await self._plane.call(
                "ecr",
                found["region"],
                "describe_repositories",
                registryId=found["account"],
                repositoryNames=[found["name"]],
            )
            if not answer.get("repositories"):
                raise CannotStart(f"{_FAILURE}{image}: not found")
            self._seen.add(repository)
        except ClientError as error:
            self._seen.discard(repository)
            raise CannotStart(f"{_FAILURE}{image}: not found") from error
        except ControlPlaneAway as error:
            if repository not in self._seen:
                raise CannotStart(f"{_FAILURE}{image}: i/o timeout") from error
