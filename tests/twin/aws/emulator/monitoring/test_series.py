import pytest

from twin.aws.emulator.monitoring.columns import Columns
from twin.aws.emulator.monitoring.exceptions import StatisticUnknown
from twin.aws.emulator.monitoring.sample import counted, single, statistic_set
from twin.aws.emulator.monitoring.series import Datum, Metric, Store, dimensions_of
from twin.aws.emulator.monitoring.statistic import statistic

METRIC = Metric("123456789012", "eu-west-2", "Estate", "Utilisation", dimensions_of({"Service": "case"}))
T = 1_763_780_400


def _store(*data: Datum) -> Store:
    store = Store()
    store.put(data)
    return store


def _values(store: Store, name: str, period: int, begin: int = T, end: int = T + 300) -> dict[int, float]:
    return store.values(METRIC, statistic(name), period, begin, end)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SampleCount", 3.0),
        ("Sum", 60.0),
        ("Average", 20.0),
        ("Minimum", 10.0),
        ("Maximum", 30.0),
        ("p50", 20.0),
    ],
)
def test_values_of_one_minute_are_one_datapoint(name: str, expected: float) -> None:
    store = _store(
        *(Datum(METRIC, T + second, single(value)) for second, value in [(1, 10.0), (30, 30.0), (59, 20.0)])
    )
    assert _values(store, name, 60) == {T: expected}


def test_all_three_forms_of_a_datum_add_up() -> None:
    store = _store(
        Datum(METRIC, T, single(5.0)),
        Datum(METRIC, T, counted([1.0, 2.0], [3.0, 1.0])),
        Datum(METRIC, T, statistic_set(2.0, 20.0, 8.0, 12.0)),
    )
    names = ("SampleCount", "Sum", "Minimum", "Maximum")
    assert [_values(store, name, 60)[T] for name in names] == [7.0, 30.0, 1.0, 12.0]


def test_percentiles_weigh_each_value_by_its_count() -> None:
    store = _store(Datum(METRIC, T, counted([0.1, 0.2, 5.0], [90.0, 9.0, 1.0])))
    assert [_values(store, name, 60)[T] for name in ("p50", "p90", "p95", "p99", "p99.9", "p100")] == [
        0.1, 0.1, 0.2, 0.2, 5.0, 5.0,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        (statistic_set(1.0, 4.0, 4.0, 4.0), {T: 4.0}),
        (statistic_set(5.0, 20.0, 4.0, 4.0), {T: 4.0}),
        (statistic_set(5.0, 25.0, 4.0, 6.0), {}),
    ],
    ids=["one sample", "equal samples", "samples that differ"],
)
def test_a_set_of_statistics_has_percentiles_where_all_its_values_are_one(
    sample: object, expected: object
) -> None:
    assert _values(_store(Datum(METRIC, T, sample)), "p99", 60) == expected  # type: ignore[arg-type]


def test_no_percentile_is_told_once_a_set_of_statistics_is_among_the_values() -> None:
    store = _store(Datum(METRIC, T, single(1.0)), Datum(METRIC, T, statistic_set(2.0, 9.0, 4.0, 5.0)))
    assert (_values(store, "p50", 60), _values(store, "Sum", 60)) == ({}, {T: 10.0})


def test_a_high_resolution_metric_is_read_by_ten_seconds_and_by_the_minute() -> None:
    data = [
        Datum(METRIC, T + second, single(float(second)), resolution_seconds=1) for second in range(0, 60, 5)
    ]
    store = _store(*data)
    assert _values(store, "Maximum", 10) == {T + 10 * n: 10.0 * n + 5 for n in range(6)}
    assert _values(store, "Maximum", 60) == {T: 55.0}


def test_a_standard_metric_has_one_datapoint_a_minute_also_where_it_is_read_by_ten_seconds() -> None:
    store = _store(Datum(METRIC, T + 45, single(7.0)))
    assert _values(store, "Sum", 10) == {T: 7.0}


def test_periods_begin_where_the_question_begins() -> None:
    store = _store(*(Datum(METRIC, T + 60 * minute, single(1.0)) for minute in range(5)))
    assert _values(store, "Sum", 120, T + 60, T + 300) == {T + 60: 2.0, T + 180: 2.0}


def test_units_are_kept_apart_and_read_together_where_none_is_named() -> None:
    store = _store(Datum(METRIC, T, single(1.0), "Percent"), Datum(METRIC, T, single(2.0), "Count"))
    assert store.values(METRIC, statistic("Sum"), 60, T, T + 60, "Count") == {T: 2.0}
    assert store.values(METRIC, statistic("Sum"), 60, T, T + 60) == {T: 3.0}
    assert store.units(METRIC) == ["Count", "Percent"]


def test_other_dimensions_are_another_metric() -> None:
    store = _store(Datum(METRIC._replace(dimensions=()), T, single(1.0)))
    assert _values(store, "Sum", 60) == {}


def test_a_late_datum_counts_in_its_own_minute() -> None:
    store = _store(*(Datum(METRIC, T + at, single(1.0)) for at in (180, 60, 200, 0)))
    assert _values(store, "Sum", 60) == {T: 1.0, T + 60: 1.0, T + 180: 2.0}


def test_memory_is_bounded_and_the_oldest_goes_first() -> None:
    columns = Columns(60, kept_spans=10, kept_distributions=3)
    for minute in range(2000):
        columns.add(60 * minute, counted([1.0, 2.0], [1.0, 1.0]))
    spans = list(columns.samples(0, 60 * 2000))
    assert len(spans) < 300
    assert spans[-1][0] == 60 * 1999
    assert [sample.values is not None for _, sample in spans[-4:]] == [False, True, True, True]


def test_very_many_different_values_are_kept_to_one_percent() -> None:
    values = [1.0 + number / 1000 for number in range(5000)]
    sample = next(
        iter(_store(Datum(METRIC, T, counted(values, [1.0] * 5000))).samples(METRIC, 60, T, T + 60).values())
    )
    assert sample.values is not None
    assert len(sample.values) < 400
    median = statistic("p50")(sample)
    assert median is not None
    assert abs(median - 3.5) < 0.035
    assert sample.maximum == values[-1]


@pytest.mark.parametrize("name", ["Median", "p101", "p", "ts90", "PR(1:2)", "p-1"])
def test_an_unknown_statistic_is_refused(name: str) -> None:
    with pytest.raises(StatisticUnknown, match="is not supported"):
        statistic(name)


@pytest.mark.parametrize(
    ("name", "expected"), [("tm75", 2.0), ("IQM", 2.5), ("TM(25%:100%)", 3.0), ("TM(:50%)", 1.5)]
)
def test_a_trimmed_mean_leaves_out_the_ends(name: str, expected: float) -> None:
    assert statistic(name)(counted([1.0, 2.0, 3.0, 4.0], [1.0] * 4)) == expected
