"""How late metrics are published, so that alarms on them trigger when AWS says that they did. Pure.

AWS published the time from a step of the load to the scaling action: 363 s with metrics of a minute and 86 s with
metrics of 20 s, alarms on 3 of 3 periods (aws/containers-roadmap#2113). It publishes no delay of a metric; so the delay
is what is left of that time:

- The step comes at any moment of a period P. The period in which it comes breaches if more than a share f of it lies
  behind the step; else the next is the first that does. f depends on how far the step goes: a half, where the load was
  as far below the target as it is above it then, is assumed. The third breaching period ends (2.5 + f) P after the
  step, on average over its moments: 3 P.
- Its datum can be read after the delay D.
- The alarm is evaluated every E seconds, at a moment that has nothing to do with the period's: after E / 2, on average.
  Source: CloudWatch user guide, "Alarm evaluation": E is 60 s, and 10 s for periods below a minute.

So the trigger comes after (2.5 + f) P + D + E / 2 on average, and D follows: 153 s for minutes, 21 s for 20 s. Both are
fitted. That alarms look back far enough for data so late is the evaluation's affair.
"""

__all__ = ["delay_seconds", "trigger_seconds"]

_PERIODS = 3
_SHARE = 0.5


def trigger_seconds(
    period_seconds: float, delay_seconds: float, evaluation_seconds: float, share: float = _SHARE
) -> float:
    """From the step to the action, on average over all moments of the step and of the evaluation.

    Args: share: of a period that must lie behind the step for it to breach.
    """
    third_ends = (_PERIODS - 0.5 + share) * period_seconds
    return third_ends + delay_seconds + evaluation_seconds / 2


def delay_seconds(
    published_seconds: float, period_seconds: float, evaluation_seconds: float, share: float = _SHARE
) -> float:
    """The delay with which the trigger comes when AWS says."""
    return published_seconds - trigger_seconds(period_seconds, 0.0, evaluation_seconds, share)
