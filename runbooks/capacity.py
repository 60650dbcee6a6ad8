"""How many tasks Application Auto Scaling keeps of each service at the least."""

from collections.abc import Mapping
from typing import Any

from runbooks.step import Scene

__all__ = ["minimums", "not_kept", "put_minimums"]

_NAMESPACE, _DIMENSION = "ecs", "ecs:service:DesiredCount"


def minimums(scene: Scene, region: str) -> dict[str, int]:
    """The least of each service's tasks. Raises: botocore's errors."""
    return {name: it["MinCapacity"] for name, it in _targets(scene, region).items()}


def not_kept(scene: Scene, region: str, wanted: Mapping[str, int]) -> str | None:
    """Which services have another minimum than is wanted, as a sentence."""
    found = minimums(scene, region)
    others = [f"{name} ({found.get(name)}, not {it})" for name, it in wanted.items() if found.get(name) != it]
    return f"Another minimum have {', '.join(others)}." if others else None


def put_minimums(scene: Scene, region: str, wanted: Mapping[str, int]) -> None:
    """Where fewer tasks are wanted now, Application Auto Scaling asks ECS for more.

    Source: docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
    """
    client = scene.aws("application-autoscaling", region)
    for name, target in _targets(scene, region).items():
        if name in wanted and target["MinCapacity"] != wanted[name]:
            client.register_scalable_target(
                ServiceNamespace=_NAMESPACE,
                ResourceId=target["ResourceId"],
                ScalableDimension=_DIMENSION,
                MinCapacity=wanted[name],
                MaxCapacity=max(target["MaxCapacity"], wanted[name]),
            )


def _targets(scene: Scene, region: str) -> dict[str, Mapping[str, Any]]:
    pages = (
        scene.aws("application-autoscaling", region)
        .get_paginator("describe_scalable_targets")
        .paginate(ServiceNamespace=_NAMESPACE, ScalableDimension=_DIMENSION)
    )
    found = [it for page in pages for it in page["ScalableTargets"]]
    return {it["ResourceId"].rpartition("/")[2]: it for it in found}
