"""A service that is scaled, as ECS and CloudWatch answer for it, without either."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from twin.aws.emulator.answer import Answer, json_answer
from twin.aws.emulator.environment import ACCOUNT_ID
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.exchange import Exchange
from twin.aws.emulator.extension import Inside
from twin.aws.emulator.extensions.application_autoscaling_alarms import Caller
from twin.aws.emulator.extensions.application_autoscaling_scaler import Scaler
from twin.aws.emulator.extensions.application_autoscaling_scheduler import Scheduler
from twin.aws.emulator.extensions.application_autoscaling_state import Target, policies
from twin.aws.emulator.memory import Memory
from twin.aws.emulator.monitoring.actions import State, Transition
from twin.aws.emulator.monitoring.monitoring import Monitoring
from twin.aws.emulator.scaling.policy import Policy
from twin.aws.emulator.scaling.tracking_alarms import HIGH, LOW, alarm_names, alarms

__all__ = ["NOW", "TARGET", "Estate", "estate"]

NOW = 1_790_000_000.0
TARGET = Target("eu-west-2", "ecs", "service/estate/portal", "ecs:service:DesiredCount")


@dataclass
class Estate:
    """The service's state is what a test sets; `desired` is what scaling has made of it."""

    target: Any
    desired: int = 4
    running: int = 4
    rollout: str = "COMPLETED"
    status: str | None = "ACTIVE"
    refuses: AwsError | None = None
    exchange: Exchange = field(default_factory=Exchange)
    memory: Memory = field(default_factory=Memory)

    def __post_init__(self) -> None:
        # A data plane is there, so that what runs is what it says.
        self.exchange.report("runtime", [])
        self.monitoring = Monitoring(self.memory)
        self.scaler = Scaler(Inside(self._respond, self.memory, self.exchange, self.monitoring))
        self.scheduler = Scheduler(self.scaler)
        self.caller = Caller(self.scaler)

    def policy(self, name: str, kind: str, configuration: Mapping[str, Any]) -> Policy:
        """A policy of the target is there, with its alarms."""
        arn = f"arn:aws:autoscaling:eu-west-2:{ACCOUNT_ID}:scalingPolicy:{name}:policyName/{name}"
        shown = {
            "PolicyARN": arn,
            "PolicyName": name,
            **TARGET.members,
            "PolicyType": kind,
            f"{kind}PolicyConfiguration": configuration,
        }
        is_disabled = bool(configuration.get("DisableScaleIn"))
        names = alarm_names(TARGET.resource_id, is_disabled, {HIGH: f"{name}-1", LOW: f"{name}-2"})
        made = Policy(shown, f"{arn}:createdBy/1", names if kind == "TargetTrackingScaling" else {})
        for it in alarms(TARGET.resource_id, configuration, names, made.action) if made.is_tracking else ():
            self.monitoring.put_metric_alarm(ACCOUNT_ID, TARGET.region, it, NOW - 3600)
        policies(self.memory, TARGET.region)[TARGET.key(name)] = {"policy": made}
        return made

    def tracking(self, name: str = "cpu", target: float = 50, **configuration: Any) -> Policy:
        """Of a metric of its own, which has the policy's name."""
        metric = {"Namespace": "Estate", "MetricName": name, "Statistic": "Average"}
        given = {"TargetValue": target, "CustomizedMetricSpecification": metric, **configuration}
        return self.policy(name, "TargetTrackingScaling", given)

    def call(self, policy: Policy, kind: str, values: list[float], at: float) -> None:
        """One of the policy's own alarms, which is in the state ALARM from now on, calls it."""
        self.set_state(policy, kind, State.ALARM, at)
        self._transition(
            policy.action, policy.alarm_names[kind], values, policy.target_value, "GreaterThanThreshold", at
        )

    def set_state(self, policy: Policy, kind: str, state: State, at: float) -> None:
        """One of the policy's own alarms is in the state."""
        name = policy.alarm_names[kind]
        self.monitoring.set_alarm_state(ACCOUNT_ID, TARGET.region, name, state, "", {}, at)

    def call_step(
        self,
        policy: Policy,
        values: list[float],
        threshold: float,
        at: float,
        comparison: str = "GreaterThanThreshold",
    ) -> None:
        """An alarm that somebody made calls the policy."""
        self._transition(policy.arn, "backlog", values, threshold, comparison, at)

    def told(self, at: float = NOW, not_scaled: bool = False) -> list[tuple[str, str]]:
        """Status and message, or reason, of the activities: oldest first."""
        found = self.scaler.journal(TARGET.region).listed(lambda it: True, not_scaled, at)
        return [
            (it.status.value, str(it.not_scaled[0]["Code"]) if it.not_scaled else it.message)
            for it in found[::-1]
        ]

    def _transition(
        self, action: str, name: str, values: list[float], threshold: float, comparison: str, at: float
    ) -> None:
        self.caller(
            Transition(
                account=ACCOUNT_ID,
                region=TARGET.region,
                alarm_name=name,
                alarm_arn=f"arn:aws:cloudwatch:{TARGET.region}:{ACCOUNT_ID}:alarm:{name}",
                old_state=State.ALARM,
                new_state=State.ALARM,
                reason="",
                reason_data={"recentDatapoints": values},
                at=at,
                datapoint=None,
                threshold=threshold,
                alarm={"ComparisonOperator": comparison},
                action_arn=action,
            )
        )

    def _respond(self, environ: dict[str, Any]) -> Answer:
        given = json.loads(environ["wsgi.input"].read())
        if environ["HTTP_X_AMZ_TARGET"].endswith(".DescribeServices"):
            return json_answer("200 OK", {"services": self._services(), "failures": []})
        if self.refuses:
            raise self.refuses
        self.desired = given["desiredCount"]
        return json_answer("200 OK", {"service": self._services()[0]})

    def _services(self) -> list[dict[str, Any]]:
        if self.status is None:
            return []
        deployments = [{"status": "PRIMARY", "rolloutState": self.rollout}]
        counts = {"desiredCount": self.desired, "runningCount": self.running}
        return [{"status": self.status, "deployments": deployments, **counts}]


@contextmanager
def estate(minimum: int = 2, maximum: int = 10) -> Iterator[Estate]:
    """An estate whose one scalable target is registered as long as it lasts."""
    from moto.applicationautoscaling.models import FakeScalableTarget, applicationautoscaling_backends

    backend = applicationautoscaling_backends[ACCOUNT_ID][TARGET.region]
    made = FakeScalableTarget(
        backend,
        "ecs",
        TARGET.resource_id,
        TARGET.dimension,
        minimum,
        maximum,
        "role",
        None,  # pyright: ignore[reportArgumentType]
    )
    by_resource: Any = backend.targets.setdefault(TARGET.dimension, {})
    by_resource[TARGET.resource_id] = made
    try:
        yield Estate(made)
    finally:
        by_resource.pop(TARGET.resource_id)
