"""A task's targets in target groups, and its endpoint in the mesh."""

import asyncio
import logging
from typing import Any

from botocore.exceptions import ClientError

from twin.runtime.control_plane import ControlPlane
from twin.runtime.directory import Backend, MeshEndpoint
from twin.runtime.exceptions import ControlPlaneAway
from twin.runtime.tasks.model import MeshName, Target, Task

__all__ = ["TargetGroups", "mesh_endpoint"]

_log = logging.getLogger(__name__)

_DELAY = "deregistration_delay.timeout_seconds"
_DELAY_SECONDS = 300.0
"""Source: Elastic Load Balancing, "Target groups for your Application Load Balancers", deregistration delay."""

_AGAIN_SECONDS = 0.5


class TargetGroups:
    """ECS's own calls of the load balancer's API."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self._delays: dict[str, float] = {}

    async def register(self, task: Task, target: Target) -> None:
        """The task is a target; tried until it succeeds, also while the control plane is away."""
        while not await self._call(task, target, "register_targets"):
            await asyncio.sleep(_AGAIN_SECONDS)
        await self._learn_delay(task.region, target.target_group_arn)

    async def deregister(self, task: Task, target: Target, within_seconds: float) -> bool:
        """Whether it could be told in time that the task is no target any more."""
        try:
            async with asyncio.timeout(within_seconds):
                while not await self._call(task, target, "deregister_targets"):
                    await asyncio.sleep(_AGAIN_SECONDS)
        except TimeoutError:
            return False
        await self._learn_delay(task.region, target.target_group_arn)
        return True

    async def release_strangers(self, region: str, target: Target, own: frozenset[str]) -> None:
        """What an earlier run has registered is no target any more: its tasks are gone.

        Args: own: addresses of tasks that run.

        Raises: ControlPlaneAway, ClientError
        """
        group = {"TargetGroupArn": target.target_group_arn}
        answer = await self._plane.call("elbv2", region, "describe_target_health", **group)
        told = [it["Target"] for it in answer.get("TargetHealthDescriptions", ())]
        gone = [{"Id": it["Id"], "Port": it["Port"]} for it in told if it["Id"] not in own]
        if gone:
            await self._plane.call("elbv2", region, "deregister_targets", Targets=gone, **group)

    def delay_seconds(self, target_group_arn: str) -> float:
        """As declared, when it was last heard."""
        return self._delays.get(target_group_arn, _DELAY_SECONDS)

    async def _call(self, task: Task, target: Target, operation: str) -> bool:
        given: list[dict[str, Any]] = [{"Id": task.address, "Port": target.port}]
        try:
            await self._plane.call(
                "elbv2", task.region, operation, TargetGroupArn=target.target_group_arn, Targets=given
            )
        except (ControlPlaneAway, ClientError) as error:
            _log.warning("%s of %s: %s", operation, task.address, error)
            # A group that is gone has no targets.
            return operation == "deregister_targets" and isinstance(error, ClientError)
        return True

    async def _learn_delay(self, region: str, target_group_arn: str) -> None:
        try:
            answer = await self._plane.call(
                "elbv2", region, "describe_target_group_attributes", TargetGroupArn=target_group_arn
            )
        except (ControlPlaneAway, ClientError):
            return
        for it in answer.get("Attributes", ()):
            if it["Key"] == _DELAY:
                self._delays[target_group_arn] = float(it["Value"])


def mesh_endpoint(task: Task, name: MeshName) -> MeshEndpoint:
    """The task as others may call it, with the service's own time-outs, which are not scaled."""
    assert task.service
    return MeshEndpoint(
        region=task.region,
        name=name.name,
        service=task.service.name,
        backend=Backend(task.address, name.port, task.zone),
        request_timeout_seconds=name.request_timeout_seconds,
        idle_timeout_seconds=name.idle_timeout_seconds,
    )
