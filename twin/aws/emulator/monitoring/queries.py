"""Queries of metric data, each a metric's statistic or an expression over others: of alarms, and of GetMetricData."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from twin.aws.emulator.monitoring.exceptions import ExpressionRefused
from twin.aws.emulator.monitoring.expression_grammar import Node, names, parsed
from twin.aws.emulator.monitoring.expressions import Scope, Series, Value, evaluated
from twin.aws.emulator.monitoring.series import Metric, Store, dimensions_of
from twin.aws.emulator.monitoring.statistic import statistic

__all__ = ["Expression", "MetricStatistic", "Queries", "Query", "Window", "metric_of", "read_queries"]

_WORDS = frozenset({"REPEAT", "LINEAR"})


@dataclass(frozen=True)
class MetricStatistic:
    """One metric's statistic. `statistic` is CloudWatch's name of it."""

    id: str
    metric: Metric
    statistic: str
    period_seconds: int
    unit: str | None = None


@dataclass(frozen=True)
class Expression:
    """What is made of others, by their ids."""

    id: str
    text: str
    tree: Node

    def inputs(self) -> set[str]:
        return set(names(self.tree)) - _WORDS


Query = MetricStatistic | Expression


@dataclass(frozen=True)
class Window:
    """From when to when; seconds since the epoch, the end exclusive."""

    begin: int
    end: int


@dataclass(frozen=True)
class Queries:
    """Queries in an order in which each comes after what it needs.

    Attributes:
        returned: id of the one that an alarm watches, empty where there is none.
    """

    ordered: tuple[Query, ...]
    returned: str = ""

    @property
    def period_seconds(self) -> int:
        """The longest of the metrics' periods."""
        return max((it.period_seconds for it in self.metrics), default=60)

    @property
    def metrics(self) -> tuple[MetricStatistic, ...]:
        return tuple(it for it in self.ordered if isinstance(it, MetricStatistic))

    def values(self, store: Store, window: Window) -> dict[str, Value]:
        """What each comes to in the window, by id.

        Raises:
            ExpressionRefused
        """
        found: dict[str, Value] = {}
        frame = Series(self.period_seconds, window.begin, window.end, {})
        metric_ids = [it.id for it in self.metrics]
        for query in self.ordered:
            if isinstance(query, MetricStatistic):
                found[query.id] = _fetched(query, store, window)
            else:
                found[query.id] = evaluated(query.tree, Scope(found, metric_ids, query.text, frame))
        return found

    def sample_counts(self, store: Store, window: Window) -> dict[int, float]:
        """How many samples each period of the first metric has."""
        first = self.metrics[0]
        found = store.samples(first.metric, first.period_seconds, window.begin, window.end, first.unit)
        return {at: sample.count for at, sample in found.items()}

    def check(self) -> None:
        """Each expression is one that can be evaluated, whatever the data.

        Raises:
            ExpressionRefused
        """
        self.values(Store(), Window(0, 60 * self.period_seconds))


def _fetched(query: MetricStatistic, store: Store, window: Window) -> Series:
    values = store.values(
        query.metric,
        statistic(query.statistic),
        query.period_seconds,
        window.begin,
        window.end,
        query.unit,
    )
    return Series(query.period_seconds, window.begin, window.end, values)


def read_queries(documents: Sequence[Mapping[str, Any]], account: str, region: str) -> Queries:
    """AWS's MetricDataQueries. Raises: ExpressionRefused, StatisticUnknown."""
    queries = {str(it["Id"]): _query(it, account, region) for it in documents}
    returned = [str(it["Id"]) for it in documents if it.get("ReturnData", True)]
    return Queries(_ordered(queries), returned[0] if len(returned) == 1 else "")


def metric_of(document: Mapping[str, Any], account: str, region: str) -> Metric:
    """AWS's Metric, or whatever else has its members."""
    named = {it["Name"]: it["Value"] for it in document.get("Dimensions") or ()}
    return Metric(account, region, document["Namespace"], document["MetricName"], dimensions_of(named))


def _query(document: Mapping[str, Any], account: str, region: str) -> Query:
    if "Expression" in document:
        return Expression(str(document["Id"]), document["Expression"], parsed(document["Expression"]))
    asked = document["MetricStat"]
    statistic(asked["Stat"])
    metric = metric_of(asked["Metric"], account, region)
    return MetricStatistic(
        str(document["Id"]), metric, asked["Stat"], int(asked["Period"]), asked.get("Unit")
    )


def _ordered(queries: Mapping[str, Query]) -> tuple[Query, ...]:
    needed = {name: _needed(query, queries) for name, query in queries.items()}
    try:
        return tuple(queries[name] for name in TopologicalSorter(needed).static_order())
    except CycleError as error:
        looping: Iterable[str] = error.args[1]
        raise ExpressionRefused(
            ", ".join(looping), "the expressions refer to each other in a circle"
        ) from None


def _needed(query: Query, queries: Mapping[str, Query]) -> set[str]:
    """METRICS() needs every metric."""
    if isinstance(query, MetricStatistic):
        return set()
    metrics = {name for name, it in queries.items() if isinstance(it, MetricStatistic)}
    unknown = query.inputs() - set(queries)
    if unknown:
        raise ExpressionRefused(query.text, f"Undefined variable {min(unknown)!r}")
    return (query.inputs() | metrics) - {query.id} if query.id not in query.inputs() else {query.id}
