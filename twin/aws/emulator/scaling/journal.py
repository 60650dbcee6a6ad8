"""The scaling activities of a region, newest first."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from twin.aws.emulator.scaling.activity import Activity, Status

__all__ = ["ACTIVITIES", "KEPT_SECONDS", "NOT_SCALED", "Journal"]

KEPT_SECONDS = 6 * 7 * 86400.0
"""Source: API reference, DescribeScalingActivities: "from the previous six weeks"."""

ACTIVITIES, NOT_SCALED = 10_000, 2_000
"""Kept at most, so that memory has a bound; AWS has none."""


class Journal:
    """Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scaled: deque[Activity] = deque(maxlen=ACTIVITIES)
        self._not_scaled: deque[Activity] = deque(maxlen=NOT_SCALED)

    def add(self, activity: Activity) -> None:
        """The activity is the newest."""
        with self._lock:
            (self._not_scaled if activity.not_scaled else self._scaled).append(activity)

    def update(self, identifier: str, status: Status, message: str, ended_at: float | None) -> None:
        """The activity of the id, if it is still kept, is as given."""
        with self._lock:
            for index, it in enumerate(self._scaled):
                if it.id == identifier:
                    self._scaled[index] = replace(it, status=status, message=message, ended_at=ended_at)

    def listed(
        self, is_asked_for: Callable[[Activity], bool], with_not_scaled: bool, now: float
    ) -> list[Activity]:
        """Those asked for, the newest first, of the last six weeks."""
        with self._lock:
            found = [*self._scaled, *(self._not_scaled if with_not_scaled else ())]
        recent = [it for it in found if now - it.started_at <= KEPT_SECONDS and is_asked_for(it)]
        return sorted(recent, key=lambda it: it.started_at, reverse=True)
