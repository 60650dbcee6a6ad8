"""What runs is what was built."""

import json
import re
from typing import Any

from ._graph import Graph
from ._policy import NotKnownYet, Policy
from ._resource import Resource

__all__ = ["ImageDigest", "check"]

DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
"""Source: OCI image specification, "Digests"."""


class ImageDigest(Policy):
    """A tag can be moved to another image after it was scanned and approved; a digest cannot."""

    number = 10
    title = "Container images are pinned by digest"
    kinds = ("aws_ecs_task_definition", "aws_lambda_function")

    def holds(self, resource: Resource, graph: Graph) -> bool | None:
        if resource.kind == "aws_lambda_function":
            images = [it for it in resource.values("image_uri") if it]
            return all(map(_is_pinned, images)) if images else None
        images = [it.get("image", "") for it in _containers(resource.values("container_definitions"))]
        if not images:
            raise NotKnownYet
        return all(map(_is_pinned, images))


def _is_pinned(image: Any) -> bool:
    return bool(DIGEST.search(str(image)))


def _containers(values: list[Any]) -> list[dict[str, Any]]:
    """The containers, whether the parser has read their JSON or not."""
    read = [json.loads(it) if isinstance(it, str) and it.startswith("[") else it for it in values]
    flat = [each for it in read for each in (it if isinstance(it, list) else [it])]
    return [it for it in flat if isinstance(it, dict)]


check = ImageDigest()
