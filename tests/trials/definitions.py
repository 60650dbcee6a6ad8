"""Task definitions of a trial: like one of the estate's, with other variables."""

from collections.abc import Collection, Mapping
from typing import Any

__all__ = ["copied", "with_variables"]

_KEPT = ("networkMode", "cpu", "memory", "taskRoleArn", "executionRoleArn", "runtimePlatform", "volumes")


def copied(definition: Mapping[str, Any]) -> dict[str, Any]:
    """What RegisterTaskDefinition takes of it, but for its family and its containers."""
    kept = {name: definition[name] for name in _KEPT if name in definition}
    return kept | {"requiresCompatibilities": ["FARGATE"]}


def with_variables(
    container: Mapping[str, Any], values: Mapping[str, str], without: Collection[str] = ()
) -> dict[str, Any]:
    """The container with these variables beside its own. Args: without: names of its own that it loses."""
    own = {it["name"]: it["value"] for it in container["environment"] if it["name"] not in without}
    together = own | dict(values)
    return {**container, "environment": [{"name": name, "value": it} for name, it in together.items()]}
