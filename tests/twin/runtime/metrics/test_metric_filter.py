"""Metric filters publish what AWS's do: matches, default values, or nothing."""

from typing import Any

from twin.runtime.metrics.datum import Datum
from twin.runtime.metrics.metric_filter import Counts, MetricFilter, filters_of

ERROR, INFO = '{"level": "ERROR", "ms": 12.5}', '{"level": "INFO"}'


def _document(**members: Any) -> dict[str, Any]:
    transformation = {
        "metricName": "case-errors",
        "metricNamespace": "Estate/Logs",
        "metricValue": "1",
        **members,
    }
    return {
        "filterName": "case-logged-errors",
        "filterPattern": '{ $.level = "ERROR" }',
        "logGroupName": "/estate/case",
        "metricTransformations": [transformation],
    }


def _filter(**members: Any) -> MetricFilter:
    (found,), problems = filters_of("eu-west-2", [_document(**members)])
    assert problems == {}
    return found


def _published(it: MetricFilter, *events: str) -> Datum | None:
    counts = Counts()
    for event in events:
        counts.note(it, event)
    return counts.datum(it, 60.0)


def test_each_match_gives_its_value() -> None:
    it = _filter(defaultValue=0.0, unit="Count")
    assert _published(it, ERROR, INFO, ERROR) == Datum(
        "eu-west-2", "Estate/Logs", "case-errors", "Count", {}, 60.0, ((1.0, 2),)
    )


def test_the_default_value_stands_where_events_came_and_none_matched() -> None:
    found = _published(_filter(defaultValue=0.0), INFO, INFO)
    assert found
    assert (found.values, found.unit) == (((0.0, 2),), "None")


def test_nothing_is_published_where_no_event_came_or_there_is_no_default() -> None:
    assert _published(_filter(defaultValue=0.0)) is None
    assert _published(_filter(), INFO) is None


def test_a_value_may_come_from_the_event() -> None:
    found = _published(_filter(metricValue="$.ms"), ERROR, '{"level": "ERROR", "ms": "slow"}')
    assert found
    assert found.values == ((12.5, 1),)


def test_what_is_not_carried_out_is_a_problem_and_the_others_go_on() -> None:
    unread = {**_document(), "filterName": "unread", "filterPattern": "[ip, user]"}
    wide = {**_document(dimensions={"Code": "$.code"}), "filterName": "wide"}
    found, problems = filters_of("eu-west-2", [unread, _document(), wide])
    assert [it.name for it in found] == ["case-logged-errors"]
    assert sorted(problems) == ["metric filter unread", "metric filter wide"]
    assert "space-delimited" in problems["metric filter unread"]
