"""AWS Fault Injection Service: one action on resources that were chosen, as an experiment of its own."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chaos.exceptions import FaultRefused

__all__ = ["FisAction", "begin", "create", "remove"]

GOING_ON = frozenset({"pending", "initiating", "running"})
OVER_BADLY = frozenset({"failed", "stopped", "cancelled"})
"""Source: FIS API reference, ExperimentState."""

BEGUN_SECONDS = 30.0
LOOK_SECONDS = 0.25
ACTION, TARGET = "action", "target"


@dataclass(frozen=True)
class FisAction:
    """Attributes: id: such as aws:ecs:stop-task. target_name: as the action calls it. duration_seconds: None where the
    action is over at once. stop_alarms: ARNs of alarms of which any stops it.
    """

    id: str
    resource_type: str
    target_name: str
    arns: tuple[str, ...]
    duration_seconds: int | None = None
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    stop_alarms: tuple[str, ...] = ()

    def template(self, role_arn: str, title: str) -> dict[str, Any]:
        """What CreateExperimentTemplate takes. Source: FIS API reference, CreateExperimentTemplate."""
        parameters = dict(self.parameters)
        if self.duration_seconds is not None:
            parameters["duration"] = f"PT{self.duration_seconds}S"
        conditions = [{"source": "aws:cloudwatch:alarm", "value": arn} for arn in self.stop_alarms]
        return {
            "description": title[:512],
            "roleArn": role_arn,
            "stopConditions": conditions or [{"source": "none"}],
            "targets": {
                TARGET: {
                    "resourceType": self.resource_type,
                    "resourceArns": list(self.arns),
                    "selectionMode": "ALL",
                }
            },
            "actions": {
                ACTION: {
                    "actionId": self.id,
                    "parameters": parameters,
                    "targets": {self.target_name: TARGET},
                }
            },
        }


def create(client: Any, action: FisAction, role_arn: str, title: str) -> str:
    """The id of a template that does nothing yet. Raises: FaultRefused."""
    try:
        made = client.create_experiment_template(**action.template(role_arn, title))
    except (ClientError, BotoCoreError) as error:
        raise FaultRefused(f"FIS took no template for {title!r}: {error}") from error
    return str(made["experimentTemplate"]["id"])


def begin(
    client: Any,
    template: str,
    title: str,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """The experiment's action is at work, or done. Raises: FaultRefused."""
    try:
        started = client.start_experiment(experimentTemplateId=template)["experiment"]["id"]
        deadline = monotonic() + BEGUN_SECONDS
        while (state := _action(client, started))["status"] not in ("running", "completed"):
            if state["status"] in OVER_BADLY or monotonic() > deadline:
                raise FaultRefused(f"FIS did not do {title!r}: {state['status']}, {state.get('reason', '')}")
            sleep(LOOK_SECONDS)
    except (ClientError, BotoCoreError) as error:
        raise FaultRefused(f"FIS did not begin {title!r}: {error}") from error


def remove(client: Any, template: str) -> None:
    """No experiment of the template goes on, and it is gone; where it was gone before, nothing changes."""
    try:
        for it in _experiments(client, template):
            if it["state"]["status"] in GOING_ON:
                client.stop_experiment(id=it["id"])
        client.delete_experiment_template(id=template)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "ResourceNotFoundException":
            raise


def _action(client: Any, experiment: str) -> Mapping[str, Any]:
    shown = client.get_experiment(id=experiment)["experiment"]
    return shown.get("actions", {}).get(ACTION, {}).get("state") or shown["state"]


def _experiments(client: Any, template: str) -> Sequence[Mapping[str, Any]]:
    pages = client.get_paginator("list_experiments").paginate()
    return [it for page in pages for it in page["experiments"] if it.get("experimentTemplateId") == template]
