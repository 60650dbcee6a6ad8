"""Data wait for as long as AWS takes, and are lost where nobody takes them."""

from hypothesis import given
from hypothesis import strategies as st

from twin.runtime.metrics.datum import HIGH_RESOLUTION, STANDARD_RESOLUTION, Datum, exact, rounded
from twin.runtime.metrics.publication import Delays, Outbox


def _datum(name: str, resolution: int = STANDARD_RESOLUTION) -> Datum:
    return Datum(
        "eu-west-2", "AWS/ECS", name, "Percent", {"ServiceName": "case"}, 60.0, ((1.0, 2),), resolution
    )


def test_data_are_due_as_late_after_their_period_as_their_kind_is() -> None:
    outbox = Outbox(Delays(standard=150.0, high_resolution=20.0))
    outbox.put([_datum("minute"), _datum("short", HIGH_RESOLUTION)], ended_at=120.0)
    due = {moment: [it.name for it in outbox.take(moment)] for moment in (139.9, 140.0, 269.9, 270.0, 999.0)}
    assert due == {139.9: [], 140.0: ["short"], 269.9: [], 270.0: ["minute"], 999.0: []}


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), max_size=30), st.integers(0, 100))
def test_nothing_comes_early_twice_or_never(ends: list[tuple[int, bool]], step: int) -> None:
    outbox, delays = Outbox(Delays(30.0, 5.0)), {False: 30.0, True: 5.0}
    for number, (ended_at, is_high) in enumerate(ends):
        resolution = HIGH_RESOLUTION if is_high else STANDARD_RESOLUTION
        outbox.put([_datum(str(number), resolution)], ended_at)
    taken: list[str] = []
    for now in range(0, 101, max(1, step)):
        for it in outbox.take(now):
            ended_at, is_high = ends[int(it.name)]
            assert ended_at + delays[is_high] <= now
            taken.append(it.name)
    taken += [it.name for it in outbox.take(100)]
    assert sorted(taken, key=int) == [str(number) for number in range(len(ends))]
    assert len(outbox) == 0


def test_a_datum_is_told_as_the_endpoint_takes_it() -> None:
    assert _datum("CPUUtilization", HIGH_RESOLUTION).document() == {
        "region": "eu-west-2",
        "namespace": "AWS/ECS",
        "name": "CPUUtilization",
        "dimensions": {"ServiceName": "case"},
        "at": 60.0,
        "resolution": 1,
        "unit": "Percent",
        "values": [1.0],
        "counts": [2],
    }


def test_times_are_kept_to_three_digits_and_all_are_counted() -> None:
    assert rounded({0.12341: 3, 0.12349: 2, 1.0: 1}) == ((0.123, 5), (1.0, 1))
    assert exact([2, 1, 2]) == ((1.0, 1), (2.0, 2))
