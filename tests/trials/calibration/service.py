"""Services that exist for a trial only: made by plain boto3, as anybody would on AWS, and taken away again."""

import asyncio
import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tests.trials.calibration.kinds import Kind
from tests.trials.calibration.policies import stepping, tracking
from tests.trials.definitions import copied, with_variables
from tests.trials.surroundings import Surroundings

__all__ = ["CLUSTER", "SERVICE_SECONDS", "SLOTS", "Trial", "TrialService", "Wanted"]

CLUSTER, MODEL = "estate", "portal"
"""The service whose image, network and roles the trial's services have."""

SLOTS, SERVICE_SECONDS = 2, 1.0
"""Of each task: half a request a second keeps a quarter of it busy, so that twenty services cost little."""

_LEFT_OUT = frozenset({"ESTATE_STORES", "ESTATE_CALLS", "ESTATE_DEGRADATION", "ESTATE_BENEFITS_PATH"})
_FAMILY = "calibration"
_DIMENSION = "ecs:service:DesiredCount"
_READY_SECONDS, _LOOK_SECONDS = 300.0, 2.0


@dataclass(frozen=True)
class Wanted:
    """Attributes: kind: of its target tracking; None for step scaling on one minute."""

    name: str
    kind: Kind | None
    desired: int = 1
    least: int = 1
    most: int = 2


@dataclass(frozen=True)
class TrialService:
    """Attributes: alarm_names: that make it scale out and in; of step scaling, out only."""

    wanted: Wanted
    alarm_names: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def name(self) -> str:
        return self.wanted.name

    @property
    def resource_id(self) -> str:
        return f"service/{CLUSTER}/{self.name}"


class Trial:
    """Services of one group of a trial. A context manager: at its end nothing of them is left."""

    def __init__(self, surroundings: Surroundings, wanted: Sequence[Wanted]) -> None:
        self._ecs, self._scaling = surroundings.aws("ecs"), surroundings.aws("application-autoscaling")
        self._watch = surroundings.aws("cloudwatch")
        self._wanted = wanted
        self._definition = ""
        self.services: list[TrialService] = []
        self.tasks: dict[str, dict[str, Any]] = {}

    async def __aenter__(self) -> "Trial":
        try:
            await asyncio.to_thread(self._make)
            await self._until_ready()
        except BaseException:
            await asyncio.to_thread(self._remove)
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.shield(asyncio.to_thread(self._remove))

    def look(self) -> dict[str, list[str]]:
        """Addresses of running tasks by service; what tasks said of themselves last is kept."""
        names = {it.name for it in self._wanted}
        running: dict[str, list[str]] = {name: [] for name in names}
        for task in self._tasks():
            name = task["group"].removeprefix("service:")
            if name in names:
                self.tasks[task["taskArn"]] = task
                if (task["lastStatus"], task["desiredStatus"]) == ("RUNNING", "RUNNING"):
                    running[name].append(_address(task))
        return {name: sorted(addresses) for name, addresses in running.items()}

    def scaled_at(self, service: TrialService, since: float) -> float | None:
        """When the first activity since then began that set a desired count."""
        found = self._scaling.describe_scaling_activities(
            ServiceNamespace="ecs", ResourceId=service.resource_id
        )["ScalingActivities"]
        begun = [
            it["StartTime"].timestamp() for it in found if it["Description"].startswith("Setting desired")
        ]
        return min((it for it in begun if it >= since), default=None)

    def alarmed_at(self, name: str, since: float) -> float | None:
        """When the alarm went to ALARM for the first time since then."""
        found = self._watch.describe_alarm_history(
            AlarmName=name, HistoryItemType="StateUpdate", StartDate=datetime.fromtimestamp(since, UTC)
        )["AlarmHistoryItems"]
        rung = [it["Timestamp"].timestamp() for it in found if it["HistorySummary"].endswith("to ALARM")]
        return min(rung, default=None)

    def started_at(self, service: TrialService, since: float) -> float | None:
        """When the last of the tasks had started that were made since then; None before."""
        group = f"service:{service.name}"
        made = [
            it for it in self.tasks.values() if it["group"] == group and _moment(it, "createdAt") >= since
        ]
        started = [_moment(it, "startedAt") for it in made if "startedAt" in it]
        return max(started) if started and len(started) == len(made) else None

    # Making

    def _make(self) -> None:
        model = self._ecs.describe_services(cluster=CLUSTER, services=[MODEL])["services"][0]
        self._definition = self._register(model["taskDefinition"])
        for wanted in self._wanted:
            self._ecs.create_service(
                cluster=CLUSTER,
                serviceName=wanted.name,
                taskDefinition=self._definition,
                desiredCount=wanted.desired,
                launchType="FARGATE",
                networkConfiguration=model["networkConfiguration"],
                **(wanted.kind.settings if wanted.kind else {}),
            )
            self.services.append(self._scaled(wanted))

    def _register(self, model: str) -> str:
        """A task definition like the model's, of a scale of its own and without any store."""
        definition = self._ecs.describe_task_definition(taskDefinition=model)["taskDefinition"]
        (main,) = (it for it in definition["containerDefinitions"] if it["name"] == MODEL)
        scale = {
            "ESTATE_SERVICE": _FAMILY,
            "ESTATE_SLOTS": str(SLOTS),
            "ESTATE_SERVICE_MILLISECONDS": f"{SERVICE_SECONDS * 1000:g}",
        }
        unlogged = {name: it for name, it in main.items() if name != "logConfiguration"}
        made = self._ecs.register_task_definition(
            **copied(definition),
            family=_FAMILY,
            containerDefinitions=[with_variables(unlogged, scale, _LEFT_OUT)],
        )
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def _scaled(self, wanted: Wanted) -> TrialService:
        made = TrialService(wanted)
        target = {"ServiceNamespace": "ecs", "ResourceId": made.resource_id, "ScalableDimension": _DIMENSION}
        self._scaling.register_scalable_target(**target, MinCapacity=wanted.least, MaxCapacity=wanted.most)
        if wanted.kind:
            return TrialService(wanted, tracking(self._scaling, target, wanted.kind))
        return TrialService(wanted, stepping(self._scaling, self._watch, target, CLUSTER, wanted.name))

    async def _until_ready(self) -> None:
        """Raises: TimeoutError: not every service is as it is wanted."""
        deadline = time.monotonic() + _READY_SECONDS
        while waiting := await asyncio.to_thread(self._unfinished):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not deployed after {_READY_SECONDS:g} s: {', '.join(waiting)}")
            await asyncio.sleep(_LOOK_SECONDS)

    def _unfinished(self) -> list[str]:
        return [
            it["serviceName"]
            for it in self._described()
            if it["runningCount"] < it["desiredCount"] or it["deployments"][0]["rolloutState"] != "COMPLETED"
        ]

    def _described(self) -> Iterator[Mapping[str, Any]]:
        names = [it.name for it in self._wanted]
        for start in range(0, len(names), 10):
            yield from self._ecs.describe_services(cluster=CLUSTER, services=names[start : start + 10])[
                "services"
            ]

    def _tasks(self) -> Iterator[dict[str, Any]]:
        arns = [
            arn
            for page in self._ecs.get_paginator("list_tasks").paginate(cluster=CLUSTER)
            for arn in page["taskArns"]
        ]
        for start in range(0, len(arns), 100):
            yield from self._ecs.describe_tasks(cluster=CLUSTER, tasks=arns[start : start + 100])["tasks"]

    # Removing

    def _remove(self) -> None:
        """What cannot be removed keeps nothing else from being removed."""
        for it in self.services:
            with _whatever_befalls():
                self._scaling.deregister_scalable_target(
                    ServiceNamespace="ecs", ResourceId=it.resource_id, ScalableDimension=_DIMENSION
                )
            with _whatever_befalls():
                if it.wanted.kind is None:
                    self._watch.delete_alarms(AlarmNames=list(it.alarm_names.values()))
        for wanted in self._wanted:
            with _whatever_befalls():
                self._ecs.delete_service(cluster=CLUSTER, service=wanted.name, force=True)
        with _whatever_befalls():
            if self._definition:
                self._ecs.deregister_task_definition(taskDefinition=self._definition)


def _whatever_befalls() -> contextlib.AbstractContextManager[None]:
    return contextlib.suppress(ClientError, BotoCoreError)


def _address(task: Mapping[str, Any]) -> str:
    details = {it["name"]: it["value"] for it in task["attachments"][0]["details"]}
    return str(details["privateIPv4Address"])


def _moment(task: Mapping[str, Any], member: str) -> float:
    return float(task[member].timestamp())
