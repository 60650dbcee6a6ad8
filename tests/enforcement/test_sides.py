"""What is made of two sides."""

import pytest

from tests.enforcement.sides import Side, beside, turns


def test_each_side_goes_first_every_other_time() -> None:
    on, off = Side("on"), Side("off")
    assert [it.name for it in turns([on, off], 3)] == ["on", "off", "off", "on", "on", "off"]


def test_sides_are_told_apart_and_as_ratios() -> None:
    on = Side("on", 2.0, [0.010] * 98 + [0.030] * 2, failed=1, busy_seconds=0.2)
    off = Side("off", 1.0, [0.010] * 100, busy_seconds=0.1)
    assert beside(on, off) == {
        "per_second": {"on": 50.0, "off": 100.0, "ratio": 0.5},
        "p99_ms": {"on": pytest.approx(30.0), "off": pytest.approx(10.0), "ratio": pytest.approx(3.0)},
        "busy_ms": {"on": 2.0, "off": 1.0, "ratio": 2.0},
        "failed": {"on": 1, "off": 0},
    }


def test_a_side_without_any_success_has_no_ratio() -> None:
    assert beside(Side("on", 1.0, [0.1]), Side("off", 1.0, [], failed=9))["per_second"]["ratio"] is None
