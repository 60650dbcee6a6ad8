"""Metric filters of log groups, and what they count in a minute. Pure.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html, "Setting how the metric
value changes when matches are found": each match gives its value; where events came and none matched, the default value
is reported for them; where no event came, nothing is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from twin.runtime.metrics.datum import Datum, Distribution, exact
from twin.runtime.metrics.exceptions import PatternUnknown
from twin.runtime.metrics.filter_pattern import MISSING, Pattern, compiled, read, selected

__all__ = ["Counts", "MetricFilter", "filters_of"]

_NO_UNIT = "None"
"""Source: CloudWatch Logs API reference, MetricTransformation, unit."""


@dataclass(frozen=True)
class MetricFilter:
    """Attributes: value: a number, or a selector that leads to one. default: None where none is declared."""

    region: str
    group: str
    name: str
    pattern: Pattern
    namespace: str
    metric: str
    value: str
    unit: str = _NO_UNIT
    default: float | None = None


@dataclass
class Counts:
    """What one filter found in a minute."""

    events: int = 0
    values: list[float] = field(default_factory=list[float])

    def note(self, it: MetricFilter, event: str) -> None:
        """One more event came."""
        self.events += 1
        document = read(event) if it.pattern.is_json else MISSING
        if it.pattern.matches_event(event, document):
            value = _number(it.value if not it.value.startswith("$") else selected(document, it.value))
            if value is not None:
                self.values.append(value)

    def datum(self, it: MetricFilter, at: float) -> Datum | None:
        """What the filter publishes of the minute."""
        values = self._published(it.default)
        return Datum(it.region, it.namespace, it.metric, it.unit, {}, at, values) if values else None

    def _published(self, default: float | None) -> Distribution:
        if self.values:
            return exact(self.values)
        return ((default, self.events),) if default is not None and self.events else ()


def filters_of(
    region: str, documents: Sequence[Mapping[str, Any]]
) -> tuple[list[MetricFilter], dict[str, str]]:
    """The filters of DescribeMetricFilters, and why some of them are not carried out, by name."""
    found: list[MetricFilter] = []
    problems: dict[str, str] = {}
    for document in documents:
        try:
            found += _filters(region, document)
        except PatternUnknown as error:
            problems[f"metric filter {document['filterName']}"] = str(error)
    return found, problems


def _filters(region: str, document: Mapping[str, Any]) -> Iterator[MetricFilter]:
    pattern = compiled(document.get("filterPattern", ""))
    for it in document.get("metricTransformations", ()):
        if it.get("dimensions"):
            raise PatternUnknown(pattern.text, "dimensions of its metric are not")
        default = it.get("defaultValue")
        yield MetricFilter(
            region=region,
            group=document["logGroupName"],
            name=document["filterName"],
            pattern=pattern,
            namespace=it["metricNamespace"],
            metric=it["metricName"],
            value=str(it["metricValue"]),
            unit=it.get("unit", _NO_UNIT),
            default=float(default) if default is not None else None,
        )


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return float(value)
    except ValueError:
        return None
