"""The two kinds of target tracking that AWS published times of, and what the twin was fitted to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from twin.runtime.profile import PROFILES, TIMINGS

__all__ = ["FAST", "KINDS", "MINUTE", "SHARE_OF_PUBLISHED", "TARGET_PERCENT", "Kind"]

TARGET_PERCENT = 50.0
"""Of CPU. An assumption: AWS does not say what the target was in its test."""

SHARE_OF_PUBLISHED = 0.15
"""How far a mean may be from what AWS published."""


@dataclass(frozen=True)
class Kind:
    """Attributes:
    metric_type: PredefinedMetricType of the policy.
    period_seconds: of its metric.
    evaluation_seconds: between two evaluations of its alarms.
    timing: name of the delay of publication that was fitted.
    trigger_seconds, provisioned_seconds: from a step of the load, as AWS published them.
    settings: what CreateService is told beside.
    """

    name: str
    metric_type: str
    period_seconds: int
    evaluation_seconds: int
    timing: str
    trigger_seconds: float
    provisioned_seconds: float
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def delay_seconds(self) -> float:
        return PROFILES["aws"].seconds(self.timing)

    def fitted(self) -> dict[str, Any]:
        """What was chosen so that the published time comes out."""
        timing = TIMINGS[self.timing]
        return {
            "timing": self.timing,
            "seconds": timing.aws,
            "basis": timing.basis.value,
            "source": timing.source,
        }


MINUTE = Kind("of a minute", "ECSServiceAverageCPUUtilization", 60, 60, "metric_publication", 363.0, 386.0)
FAST = Kind(
    "of 20 seconds",
    "ECSServiceAverageCPUUtilizationHighResolution",
    20,
    10,
    "metric_publication_high_resolution",
    86.0,
    109.0,
    {"monitoring": {"metricConfigurations": [{"metricNames": ["CPUUtilization"], "resolutionSeconds": 20}]}},
)
"""Sources: of both times, aws/containers-roadmap#2113; of evaluations, CloudWatch user guide, "Alarm evaluation"; of
the 20-second kind, ECS developer guide, "Faster auto scaling with high-resolution metrics"."""

KINDS = (MINUTE, FAST)
