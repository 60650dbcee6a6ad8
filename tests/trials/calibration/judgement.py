"""What the times of scaling say, beside what AWS published and what it documents. Pure.

A trigger is checked without any fitting against the window that follows from what is documented: the alarm's periods
end at whole periods of the clock, and it is evaluated at a moment of its own within its interval. Only the delay of
publication within it is fitted; it moves all windows alike, and says nothing of how triggers spread over the phases.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor
from statistics import fmean
from typing import Any

from tests.trials.calibration.kinds import SHARE_OF_PUBLISHED, Kind

__all__ = ["Told", "beside_published", "compared", "expected_at", "window", "within_windows"]

_OWN_SECONDS = 5.0
"""What this machine may take: looks at tasks, sends what it measured once a second, and ticks once a second."""

_HALF_SECONDS = 2.0
"""Within which of a half period nobody can say whether the load of the whole period breaches."""


@dataclass(frozen=True)
class Told:
    """What AWS's API told of one service, in seconds since 1970.

    Attributes:
        changed_at: when its load crossed what the alarm compares with; of the trial's own schedule.
        alarmed_at: describe_alarm_history. triggered_at: describe_scaling_activities.
        provisioned_at: describe_tasks, when the last of the new tasks had started.
    """

    service: str
    changed_at: float
    alarmed_at: float | None = None
    triggered_at: float | None = None
    provisioned_at: float | None = None

    def document(self, kind: Kind, periods: int) -> dict[str, Any]:
        earliest, latest = window(self.changed_at, kind, periods)
        return {
            "service": self.service,
            "phase_seconds": round(self.changed_at % kind.period_seconds, 1),
            "alarm_seconds": _since(self.changed_at, self.alarmed_at),
            "trigger_seconds": _since(self.changed_at, self.triggered_at),
            "provisioned_seconds": _since(self.changed_at, self.provisioned_at),
            "window_seconds": [_since(self.changed_at, it) for it in (earliest, latest)],
        }


def expected_at(changed_at: float, kind: Kind, periods: int) -> float:
    """When the last period that the alarm needs ends: the first one is that of which half lies behind the change."""
    first = floor(changed_at / kind.period_seconds + 0.5)
    return float((first + periods) * kind.period_seconds)


def window(changed_at: float, kind: Kind, periods: int) -> tuple[float, float]:
    """Between which moments the trigger comes. Args: periods: that must breach, one after the other."""
    ends = [expected_at(changed_at + it, kind, periods) for it in (-_HALF_SECONDS, _HALF_SECONDS)]
    return (
        min(ends) + kind.delay_seconds,
        max(ends) + kind.delay_seconds + kind.evaluation_seconds + _OWN_SECONDS,
    )


def beside_published(told: Sequence[Told], kind: Kind) -> dict[str, Any]:
    """The means of the times beside the published ones; `holds` where both are near enough."""
    trigger = _summary([_since(it.changed_at, it.triggered_at) for it in told])
    provisioned = _summary([_since(it.changed_at, it.provisioned_at) for it in told])
    rows = {
        "trigger": _beside(trigger, kind.trigger_seconds),
        "provisioned": _beside(provisioned, kind.provisioned_seconds),
    }
    return {
        **rows,
        "fitted": kind.fitted(),
        "holds": bool(told) and all(it["holds"] for it in rows.values()),
    }


def within_windows(told: Sequence[Told], kind: Kind, periods: int) -> dict[str, Any]:
    """Whether every trigger came within its window, and how triggers spread over the phases; nothing is fitted."""
    late = [it.service for it in told if not _is_within(it, kind, periods)]
    summary = _summary([_since(it.changed_at, it.triggered_at) for it in told])
    spread = None if summary["mean"] is None else round(summary["most"] - summary["least"], 1)
    return {
        "periods_that_must_breach": periods,
        "seconds": summary,
        "spread_seconds": spread,
        "spread_at_most_seconds": kind.period_seconds + kind.evaluation_seconds + _OWN_SECONDS,
        "outside_their_window": late,
        "holds": bool(told) and not late,
        "services": [it.document(kind, periods) for it in told],
    }


def compared(shares: Mapping[str, float | None], published: Mapping[str, float]) -> dict[str, Any]:
    """Whether ways of scaling come in the published order. Args: shares: of operations that succeeded, by way."""
    known = {name: it for name, it in shares.items() if it is not None}
    order = sorted(known, key=lambda it: known[it])
    return {
        "succeeded": {name: None if it is None else round(it, 4) for name, it in shares.items()},
        "published": dict(published),
        "only_the_order_is_compared": True,
        "holds": order == sorted(published, key=lambda it: published[it]),
    }


def _is_within(told: Told, kind: Kind, periods: int) -> bool:
    earliest, latest = window(told.changed_at, kind, periods)
    return told.triggered_at is not None and earliest <= told.triggered_at <= latest


def _beside(summary: dict[str, Any], published: float) -> dict[str, Any]:
    mean = summary["mean"]
    ratio = None if mean is None else round(mean / published, 3)
    holds = ratio is not None and not summary["missing"] and abs(ratio - 1) <= SHARE_OF_PUBLISHED
    return {"seconds": summary, "published_seconds": published, "ratio": ratio, "holds": holds}


def _summary(seconds: Sequence[float | None]) -> dict[str, Any]:
    known = [it for it in seconds if it is not None]
    figures = (fmean(known), min(known), max(known)) if known else (None, None, None)
    mean, least, most = (None if it is None else round(it, 1) for it in figures)
    return {
        "count": len(known),
        "missing": len(seconds) - len(known),
        "mean": mean,
        "least": least,
        "most": most,
    }


def _since(begin: float, at: float | None) -> float | None:
    return None if at is None else round(at - begin, 1)
