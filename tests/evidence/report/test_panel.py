"""Which series share a chart, and what of them is drawn and tabled."""

from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.facts import Point, Series
from evidence.report.panel import Panel, Row, panels_of, rows_of, thin


def series(name: str, unit: str = "ms", *points: Point) -> Series:
    return Series(name, unit, points)


def test_a_group_and_a_unit_are_a_chart_and_the_usual_ones_come_first() -> None:
    found = panels_of(
        [
            series("queue/payments", "messages"),
            series("tasks/eu-west-2b", "tasks"),
            series("tasks/eu-west-2a", "tasks"),
            series("latency/p99"),
            series("latency/p99", "s"),
            series("arrivals", "requests/s"),
        ]
    )

    assert [(it.title, it.unit, [each.name for each in it.series]) for it in found] == [
        ("Arrivals", "requests/s", ["arrivals"]),
        ("Latency", "ms", ["p99"]),
        ("Latency", "s", ["p99"]),
        ("Tasks by zone", "tasks", ["eu-west-2a", "eu-west-2b"]),
        ("Queue", "messages", ["payments"]),
    ]


def test_a_table_has_lowest_mean_and_highest_of_equal_stretches() -> None:
    points = tuple((float(at), float(at % 2)) for at in range(25))
    rows = rows_of(Panel("latency", "ms", (Series("p99", "ms", points), Series("p50", "ms", ()))), 0.0, 24.0)

    assert rows[0] == Row(0.0, 2.0, ((0.0, 0.5, 1.0), None))
    assert [row.began_at for row in rows] == [float(2 * it) for it in range(12)]
    assert rows[-1].cells[0] == (0.0, 1 / 3, 1.0)


points_in_order = st.lists(
    st.tuples(st.floats(0, 1000), st.none() | st.floats(-9, 9)),
    min_size=1,
    max_size=200,
    unique_by=lambda it: it[0],
).map(lambda it: sorted(it, key=lambda point: point[0]))


@settings(deadline=None)
@given(points_in_order, st.integers(1, 10))
def test_thinning_keeps_the_ends_the_extremes_and_the_order(points: list[Point], columns: int) -> None:
    kept = thin(points, columns)
    values, left = ([v for _, v in it if v is not None] for it in (points, kept))

    assert len(kept) <= 5 * (columns + 1)
    assert kept == sorted(kept, key=lambda it: it[0])
    assert set(kept) <= set(points)
    if values:
        assert (min(values), max(values)) == (min(left), max(left))
    assert any(v is None for _, v in points) == any(v is None for _, v in kept)
