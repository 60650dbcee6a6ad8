"""Target groups as Elastic Load Balancing describes them."""

from collections.abc import Mapping
from typing import Any

from runbooks.step import Scene

__all__ = ["groups_not_served"]

_HEALTHY = "healthy"


def groups_not_served(scene: Scene, region: str) -> str | None:
    """Which target groups that a load balancer uses have no healthy target, as a sentence. Raises: botocore's errors.

    While there is one, Route 53 leads nobody to the load balancer. Source:
    docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html, EvaluateTargetHealth.
    """
    pages = scene.aws("elbv2", region).get_paginator("describe_target_groups").paginate()
    used = [it for page in pages for it in page["TargetGroups"] if it.get("LoadBalancerArns")]
    ill = sorted(it["TargetGroupName"] for it in used if not _is_served(scene, region, it))
    return f"No target is healthy in {', '.join(ill)}." if ill else None


def _is_served(scene: Scene, region: str, group: Mapping[str, Any]) -> bool:
    found = scene.aws("elbv2", region).describe_target_health(TargetGroupArn=group["TargetGroupArn"])
    return any(it["TargetHealth"]["State"] == _HEALTHY for it in found["TargetHealthDescriptions"])
