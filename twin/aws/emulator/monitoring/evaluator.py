"""Evaluates the alarms that are due, again and again.

AWS does not document at which moment of a minute an alarm is evaluated. Here each alarm has a moment of its own within
its interval, which follows from its ARN, so that alarms do not all fire together, and one alarm always at its moment.
"""

import traceback
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twin.aws.emulator.monitoring.actions import REPEATED_EVERY_SECONDS
from twin.aws.emulator.monitoring.alarms import METRIC, Alarm, Alarms
from twin.aws.emulator.monitoring.composites import Composites
from twin.aws.emulator.monitoring.definition import Watch, watch
from twin.aws.emulator.monitoring.evaluation import Point, Verdict, evaluation_range, plan
from twin.aws.emulator.monitoring.expressions import Series
from twin.aws.emulator.monitoring.queries import MetricStatistic, Window
from twin.aws.emulator.monitoring.reason import reason, reason_data
from twin.aws.emulator.monitoring.series import Store
from twin.aws.emulator.monitoring.statistic import statistic
from twin.aws.emulator.monitoring.transitions import Transitions

__all__ = ["Evaluator", "phase_seconds", "points", "window_of"]

_MINUTE = 60
_HIGH_RESOLUTION_STEP = 10
"""Windows end at whole minutes, those of high resolution at whole ten seconds. Source: user guide, "Alarm evaluation":
"at the end of minute 6, the alarm is evaluated based on the data from minutes 2 to 6" of an alarm of five minutes."""


def phase_seconds(arn: str, every_seconds: int) -> float:
    """At which moment of its interval an alarm is evaluated."""
    return zlib.crc32(arn.encode()) / 2**32 * every_seconds


def points(watched: Watch, store: Store, window: Window) -> Mapping[int, Point]:
    """The datapoints of what is watched, by the beginning of their period."""
    match watched.queries.ordered:
        case (MetricStatistic() as only,):
            of = statistic(only.statistic)
            found = store.samples(only.metric, only.period_seconds, window.begin, window.end, only.unit)
            values = ((at, of(sample), sample.count) for at, sample in found.items())
            return {at: Point(at, value, count) for at, value, count in values if value is not None}
        case _:
            series = watched.queries.values(store, window)[watched.queries.returned]
            assert isinstance(series, Series)
            return {at: Point(at, value) for at, value in series.values.items()}


def window_of(watched: Watch, now: float) -> Window:
    """The periods that are looked at now."""
    step = _HIGH_RESOLUTION_STEP if watched.rule.period_seconds < _MINUTE else _MINUTE
    end = int(now // step) * step
    return Window(end - evaluation_range(watched.rule) * watched.rule.period_seconds, end)


@dataclass
class _Tracked:
    """What is known of an alarm between its evaluations.

    Attributes:
        turn: the number of the interval in which it was evaluated, or found.
        acted_turn: that in which its repeated actions were carried out last.
    """

    alarm: Alarm
    watched: Watch
    phase: float
    turn: int
    acted_turn: int = 0

    def turn_at(self, now: float) -> int:
        return int((now - self.phase) // self.watched.every_seconds)

    @property
    def turns_to_repeat(self) -> float:
        return REPEATED_EVERY_SECONDS / self.watched.every_seconds


class Evaluator:
    """Ticked by one thread, about once a second; what it does follows from `now` alone."""

    def __init__(self, store: Store, alarms: Alarms, transitions: Transitions) -> None:
        self._store, self._alarms, self._transitions = store, alarms, transitions
        self._composites = Composites(alarms, transitions)
        self._tracked: dict[tuple[str, ...], _Tracked] = {}
        self._definitions = -1

    def tick(self, now: float) -> None:
        """Every alarm that was due is evaluated. One that cannot be disturbs no other."""
        self._track(now)
        for tracked in list(self._tracked.values()):
            turn = tracked.turn_at(now)
            if turn > tracked.turn:
                tracked.turn = turn
                self._evaluate(tracked, now)
        self._composites.tick(now)

    def _track(self, now: float) -> None:
        """New and changed alarms count from their next moment on; deleted ones are forgotten."""
        if self._definitions == self._alarms.definitions:
            return
        self._definitions = self._alarms.definitions
        found: dict[tuple[str, ...], _Tracked] = {}
        for alarm in self._alarms.everywhere(METRIC):
            key = (*alarm.home, alarm.name)
            known = self._tracked.get(key)
            if known is not None and known.alarm.document is alarm.document:
                found[key] = known
            elif (tracked := self._new(alarm, known, now)) is not None:
                found[key] = tracked
        self._tracked = found

    def _new(self, alarm: Alarm, known: _Tracked | None, now: float) -> _Tracked | None:
        try:
            watched = watch(alarm.document, *alarm.home)
        except Exception:
            traceback.print_exc()
            return None
        tracked = _Tracked(alarm, watched, phase_seconds(alarm.arn, watched.every_seconds), 0)
        tracked.turn = tracked.turn_at(now)
        is_alike = known is not None and known.watched.every_seconds == watched.every_seconds
        tracked.acted_turn = known.acted_turn if known is not None and is_alike else tracked.turn
        return tracked

    def _evaluate(self, tracked: _Tracked, now: float) -> None:
        try:
            self._judge(tracked, now)
        except Exception:
            traceback.print_exc()

    def _judge(self, tracked: _Tracked, now: float) -> None:
        alarm, watched = tracked.alarm, tracked.watched
        window = window_of(watched, now)
        verdict = plan(watched.rule, points(watched, self._store, window), window.end)
        old, new = alarm.state, verdict.state or alarm.state
        if new is not old and self._alarms.is_current(alarm):
            words = reason(watched.rule, verdict, old, new, watched.is_counted)
            self._transitions.change(alarm, new, words, _data(watched, verdict, now), now)
            tracked.acted_turn = tracked.turn
            self._transitions.act(alarm, old, now)
        elif new is old:
            self._repeat(tracked, verdict, now)

    def _repeat(self, tracked: _Tracked, verdict: Verdict, now: float) -> None:
        is_due = tracked.turn - tracked.acted_turn >= tracked.turns_to_repeat
        if is_due and self._transitions.has_repeated(tracked.alarm):
            tracked.acted_turn = tracked.turn
            self._transitions.repeat(tracked.alarm, now, _data(tracked.watched, verdict, now))


def _data(watched: Watch, verdict: Verdict, now: float) -> dict[str, Any]:
    return reason_data(watched.rule, verdict, now)
