"""What metric math works on: numbers, time series, and several of these."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

__all__ = ["Scope", "Series", "Value"]


@dataclass(frozen=True)
class Series:
    """A time series: values by the beginning of their period, within [begin, end)."""

    period_seconds: int
    begin: int
    end: int
    values: Mapping[int, float]

    def times(self) -> range:
        """The beginnings of its periods, whether there is a value or not."""
        return range(self.begin, self.end, self.period_seconds)

    def with_values(self, values: Iterable[tuple[int, float | None]]) -> "Series":
        """The same periods with other values; what is not finite is left out."""
        kept = {at: value for at, value in values if value is not None and math.isfinite(value)}
        return replace(self, values=kept)


Value = float | Series | list[Series]


@dataclass(frozen=True)
class Scope:
    """What an expression may refer to.

    Attributes:
        values: of metrics and of other expressions, by id.
        metrics: the ids that are metrics, for METRICS().
        expression: what errors name.
    """

    values: Mapping[str, Value]
    metrics: Sequence[str]
    expression: str
    frame: Series = field(default_factory=lambda: Series(60, 0, 0, {}))
