"""Samples of one series in one resolution, in the order of time, in columns: 40 bytes a span."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator

from twin.aws.emulator.monitoring.sample import Sample, with_values

__all__ = ["Columns"]

_SPARE = 256
"""So many spans too many are let stand before the oldest are taken away, as each time costs a copy."""


class Columns:
    """What was measured, by the beginning of the span in which it was. Not thread-safe: its owner holds a lock.

    Args:
        resolution_seconds: length of a span.
        kept_spans: the oldest go when there are more.
        kept_distributions: spans for which it is known how values are distributed, where they differ.
    """

    def __init__(self, resolution_seconds: int, kept_spans: int, kept_distributions: int) -> None:
        self.resolution_seconds = resolution_seconds
        self._kept, self._kept_distributions = kept_spans, kept_distributions
        self._times = array("q")
        self._counts, self._totals = array("d"), array("d")
        self._minima, self._maxima = array("d"), array("d")
        self._mixed: dict[int, dict[float, float] | None] = {}
        """Of spans whose values differ; None where it is not known how they are distributed."""

    def __len__(self) -> int:
        return len(self._times)

    @property
    def latest(self) -> int | None:
        """Beginning of the last span with anything in it."""
        return self._times[-1] if self._times else None

    def add(self, at: float, sample: Sample) -> None:
        """The sample counts in its span, late or not."""
        begin = int(at // self.resolution_seconds) * self.resolution_seconds
        index = self._index(begin)
        if index < len(self._times) and self._times[index] == begin:
            self._merge(index, begin, sample)
        else:
            self._insert(index, begin, sample)

    def samples(self, begin: int, end: int) -> Iterator[tuple[int, Sample]]:
        """The spans that begin within [begin, end), each with what was measured in it."""
        times = self._times
        index = bisect_left(times, begin)
        while index < len(times) and times[index] < end:
            yield times[index], self._sample(index)
            index += 1

    def _index(self, begin: int) -> int:
        """Where the span is, or belongs: nearly always at the end."""
        times = self._times
        if not times or begin > times[-1]:
            return len(times)
        return len(times) - 1 if begin == times[-1] else bisect_left(times, begin)

    def _sample(self, index: int) -> Sample:
        known = self._values(index, self._times[index])
        values = None if known is None else tuple(known.items())
        return Sample(
            self._counts[index], self._totals[index], self._minima[index], self._maxima[index], values
        )

    def _merge(self, index: int, begin: int, sample: Sample) -> None:
        known = self._values(index, begin)
        self._counts[index] += sample.count
        self._totals[index] += sample.total
        self._minima[index] = min(self._minima[index], sample.minimum)
        self._maxima[index] = max(self._maxima[index], sample.maximum)
        if self._minima[index] != self._maxima[index]:
            is_known = known is not None and sample.values is not None
            self._mix(begin, with_values(known or {}, sample.values or ()) if is_known else None)

    def _values(self, index: int, begin: int) -> dict[float, float] | None:
        """How often each value occurred, to be changed in place; None where it is not known."""
        if self._minima[index] == self._maxima[index]:
            return {self._minima[index]: self._counts[index]}
        return self._mixed.get(begin)

    def _mix(self, begin: int, values: dict[float, float] | None) -> None:
        self._mixed[begin] = values
        if len(self._mixed) > self._kept_distributions:
            self._mixed.pop(min(self._mixed))

    def _insert(self, index: int, begin: int, sample: Sample) -> None:
        self._times.insert(index, begin)
        self._counts.insert(index, sample.count)
        self._totals.insert(index, sample.total)
        self._minima.insert(index, sample.minimum)
        self._maxima.insert(index, sample.maximum)
        if sample.minimum != sample.maximum:
            self._mix(begin, None if sample.values is None else with_values({}, sample.values))
        if len(self._times) > self._kept + _SPARE:
            self._forget()

    def _forget(self) -> None:
        """Only the spans that are kept are left."""
        for column in (self._times, self._counts, self._totals, self._minima, self._maxima):
            del column[: len(column) - self._kept]
        for begin in [it for it in self._mixed if it < self._times[0]]:
            del self._mixed[begin]
