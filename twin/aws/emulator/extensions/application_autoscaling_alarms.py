"""Application Auto Scaling: alarms call policies.

An alarm's action is a policy's ARN, with ``:createdBy/<uuid>`` behind it where AWS made the alarm. CloudWatch calls
again each minute for as long as the alarm lasts, so that what a cooldown held back comes after it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from twin.aws.emulator.environment import ACCOUNT_ID
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extensions.application_autoscaling_scaler import Scaler, Wanting
from twin.aws.emulator.extensions.application_autoscaling_state import Target, policies, policies_of
from twin.aws.emulator.monitoring.actions import State, Transition
from twin.aws.emulator.monitoring.alarms import Home
from twin.aws.emulator.scaling import step_scaling, target_tracking
from twin.aws.emulator.scaling.activity import alarm_cause
from twin.aws.emulator.scaling.breach import datapoints, is_below
from twin.aws.emulator.scaling.capacity import Capacity, Direction, Wish
from twin.aws.emulator.scaling.policy import Policy
from twin.aws.emulator.scaling.target_tracking import Tracked
from twin.aws.emulator.scaling.tracking_alarms import LOW

__all__ = ["PREFIX", "Caller"]

PREFIX = "arn:aws:autoscaling:"

_Wisher = Callable[[Capacity], Wish | None]


@dataclass(frozen=True)
class Caller:
    """The action of alarms whose ARNs name a scaling policy.

    Attributes:
        lows: the metric with which each low alarm called last, by alarm's ARN.
    """

    scaler: Scaler
    lows: dict[str, float] = field(default_factory=dict[str, float])

    def __call__(self, transition: Transition) -> None:
        """The policy was carried out.

        Raises:
            AwsError: there is no such policy, or it scales something else than an ECS service.
        """
        target, policy = self._policy(transition)
        wisher = (
            self._tracking(transition, target, policy)
            if policy.is_tracking
            else _stepping(transition, policy)
        )
        if wisher:
            cause = alarm_cause(transition.alarm_name, policy.name)
            self.scaler.scale(target, Wanting(cause, wisher, policy.cooldown_seconds), transition.at)

    def _policy(self, transition: Transition) -> tuple[Target, Policy]:
        arn = transition.action_arn.partition(":createdBy/")[0]
        found = policies(self.scaler.inside.memory, transition.region).values()
        policy: Policy | None = next((it["policy"] for it in list(found) if it["policy"].arn == arn), None)
        if policy is None:
            raise AwsError("ObjectNotFoundException", f"No scaling policy found with ARN: {arn}")
        shown = policy.shown
        target = Target(
            transition.region, shown["ServiceNamespace"], shown["ResourceId"], shown["ScalableDimension"]
        )
        if target.namespace != "ecs":
            message = f"The twin scales ECS services only; the policy is kept, and {target.resource_id} stays as it is."
            raise AwsError("NotImplemented", message)
        return target, policy

    def _tracking(self, transition: Transition, target: Target, policy: Policy) -> _Wisher | None:
        """None where the alarm has no metric, is not one of the policy's own, or other policies hold scale-in back."""
        direction, values = policy.direction_of(transition.alarm_name), datapoints(transition)
        if direction is None or not values:
            return None
        if direction is Direction.OUT:
            tracked = Tracked(values[-1], policy.target_value)
            return lambda actual: target_tracking.scale_out(tracked, actual.before)
        self.lows[transition.alarm_arn] = values[-1]
        ready = self._ready(target)
        return (lambda actual: target_tracking.scale_in(ready, actual.running)) if ready else None

    def _ready(self, target: Target) -> list[Tracked]:
        """Every policy that tracks a target and scales in, where all of them are ready to; else none.

        Source: user guide, target tracking, Multiple scaling policies: "will scale in only if all of the target
        tracking policies (with the scale-in portion enabled) are ready to scale in".
        """
        scaling_in = {
            str(it.alarm_names[LOW]): it
            for it in policies_of(self.scaler.inside.memory, target)
            if it.scales_in
        }
        metrics = {name: self._low_metric(target.region, name) for name in scaling_in}
        tracked = [
            Tracked(it, scaling_in[name].target_value) for name, it in metrics.items() if it is not None
        ]
        return tracked if len(tracked) == len(scaling_in) else []

    def _low_metric(self, region: str, alarm_name: str) -> float | None:
        """With which a low alarm that is in the state ALARM has called; None where it is not, or has not called."""
        alarm = self.scaler.inside.monitoring.alarms.find(Home(ACCOUNT_ID, region), alarm_name)
        return self.lows.get(alarm.arn) if alarm is not None and alarm.state is State.ALARM else None


def _stepping(transition: Transition, policy: Policy) -> _Wisher | None:
    """None where the alarm has no metric or no threshold, or no step is for the breach."""
    values, threshold = datapoints(transition), transition.threshold
    if not values or threshold is None:
        return None
    steps = policy.steps()
    difference = step_scaling.aggregated(values, steps.aggregation) - threshold
    step = step_scaling.matching(steps.steps, difference, is_below(transition))
    return (lambda actual: step_scaling.wish(steps, step, actual)) if step else None
