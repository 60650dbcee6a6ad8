"""One service of the estate, scaled in one way or another: its policies and its tasks' capacity, by AWS's API."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.trials.calibration.kinds import FAST, MINUTE, Kind
from tests.trials.calibration.policies import tracking
from tests.trials.definitions import copied, with_variables
from tests.trials.surroundings import Surroundings

__all__ = ["CAPACITY_PER_SECOND", "ScaledService", "Way"]

CLUSTER, DIMENSION = "estate", "ecs:service:DesiredCount"
SLOTS, SERVICE_SECONDS = 8, 0.4
CAPACITY_PER_SECOND = SLOTS / SERVICE_SECONDS
"""Of a task: twice the target of 600 requests a minute that a cell declares, so its target is half of its capacity, as
it is for the ways that track half of the CPU. An assumption."""

DEPLOYED_SECONDS, SETTLED_SECONDS = 900.0, 300.0
_POLICY = (
    "ServiceNamespace",
    "ResourceId",
    "ScalableDimension",
    "PolicyName",
    "PolicyType",
    "StepScalingPolicyConfiguration",
    "TargetTrackingScalingPolicyConfiguration",
)
_ALARM_LEFT_OUT = ("AlarmArn", "AlarmConfigurationUpdatedTimestamp", "EvaluationState")


class Way(StrEnum):
    """DEFAULT, FAST: target tracking of half of the CPU, with AWS's defaults, and on the metric of 20 seconds."""

    DECLARED = "declared"
    DEFAULT = "aws-default"
    FAST = "20-second-tracking"


_KIND: Mapping[Way, Kind] = {Way.DEFAULT: MINUTE, Way.FAST: FAST}


@dataclass
class ScaledService:
    """Everything that was declared of it is remembered when it is first looked at."""

    surroundings: Surroundings
    name: str
    _definition: str = field(default="", init=False)
    _desired: int = field(default=0, init=False)
    _policies: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]], init=False)
    _alarms: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]], init=False)
    _sheds: bool | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._ecs = self.surroundings.aws("ecs")
        self._scaling = self.surroundings.aws("application-autoscaling")
        self._watch = self.surroundings.aws("cloudwatch")
        described = self._ecs.describe_services(cluster=CLUSTER, services=[self.name])["services"][0]
        self._definition, self._desired = described["taskDefinition"], described["desiredCount"]
        self._policies = self._there()
        arns = [it["PolicyARN"] for it in self._policies if it["PolicyType"] == "StepScaling"]
        self._alarms = [
            it
            for page in self._watch.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm"])
            for it in page["MetricAlarms"]
            if set(it["AlarmActions"]) & set(arns)
        ]

    async def have(self, way: Way, sheds: bool) -> None:
        """It is scaled in this way, has as many tasks as at first, and these are of a known capacity.

        Raises: TimeoutError: that takes too long.
        """
        await asyncio.to_thread(self._scale, way)
        if self._sheds is not sheds:
            await asyncio.to_thread(self._use, self._register(sheds))
            self._sheds = sheds
        else:
            await asyncio.to_thread(self._use, None)
        await self.surroundings.until_deployed(DEPLOYED_SECONDS)
        await self.surroundings.until_healthy(SETTLED_SECONDS)

    async def restore(self) -> None:
        """It is as it was declared."""
        await asyncio.to_thread(self._scale, Way.DECLARED)
        await asyncio.to_thread(self._use, self._definition)

    def _use(self, definition: str | None) -> None:
        changed = {"taskDefinition": definition} if definition else {}
        self._ecs.update_service(cluster=CLUSTER, service=self.name, desiredCount=self._desired, **changed)

    def _register(self, sheds: bool) -> str:
        """A task definition as declared, of the capacity of this trial."""
        definition = self._ecs.describe_task_definition(taskDefinition=self._definition)["taskDefinition"]
        scale = {
            "ESTATE_SLOTS": str(SLOTS),
            "ESTATE_SERVICE_MILLISECONDS": f"{SERVICE_SECONDS * 1000:g}",
            "ESTATE_SHEDDING": str(sheds).lower(),
        }
        containers = [
            with_variables(it, scale) if it["name"] == self.name else it
            for it in definition["containerDefinitions"]
        ]
        made = self._ecs.register_task_definition(
            **copied(definition), family=definition["family"], containerDefinitions=containers
        )
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def _scale(self, way: Way) -> None:
        target = {
            "ServiceNamespace": "ecs",
            "ResourceId": f"service/{CLUSTER}/{self.name}",
            "ScalableDimension": DIMENSION,
        }
        for policy in self._there():
            self._scaling.delete_scaling_policy(**target, PolicyName=policy["PolicyName"])
        if kind := _KIND.get(way):
            self._ecs.update_service(cluster=CLUSTER, service=self.name, **kind.settings)
            tracking(self._scaling, target, kind)
            return
        arns: dict[str, str] = {}
        for policy in self._policies:
            wanted = {name: policy[name] for name in _POLICY if name in policy}
            arns[policy["PolicyARN"]] = self._scaling.put_scaling_policy(**wanted)["PolicyARN"]
        for alarm in self._alarms:
            actions = [arns.get(it, it) for it in alarm["AlarmActions"]]
            wanted = {
                name: it for name, it in alarm.items() if name not in _ALARM_LEFT_OUT and "State" not in name
            }
            self._watch.put_metric_alarm(**wanted | {"AlarmActions": actions})

    def _there(self) -> list[dict[str, Any]]:
        pages = self._scaling.get_paginator("describe_scaling_policies").paginate(
            ServiceNamespace="ecs", ResourceId=f"service/{CLUSTER}/{self.name}"
        )
        return [it for page in pages for it in page["ScalingPolicies"]]
