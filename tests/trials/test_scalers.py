"""The comparison of scalers: which runs, and what they come to."""

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from tests.trials.scaled_service import Way
from tests.trials.scalers import Run, plan, summarised

UNSERVED = {Way.DECLARED: 10, Way.DEFAULT: 200, Way.FAST: 50}
"""Of a thousand."""


def row(run: Run, **members: Any) -> dict[str, Any]:
    return {
        "name": run.name,
        "way": run.way,
        "sheds": run.sheds,
        "operations": 1000,
        "unserved": UNSERVED[run.way],
        "submit_and_save_percent": 100.0,
        "trigger_seconds": 21.0,
        "healthy_seconds": 35.0,
        "lost": 0,
        "doubled": 0,
        "void": [],
        **members,
    }


def rows(**members: Any) -> list[dict[str, Any]]:
    return [row(it, **(members if it.way is Way.DECLARED else {})) for it in plan(1)]


def test_every_way_is_tried_with_shedding_and_without_in_an_order_of_the_seed() -> None:
    runs = plan(1)

    assert Counter((it.way, it.sheds) for it in runs) == {
        (Way.DECLARED, True): 5,
        (Way.DECLARED, False): 5,
        (Way.DEFAULT, True): 1,
        (Way.DEFAULT, False): 1,
        (Way.FAST, True): 1,
        (Way.FAST, False): 1,
    }
    assert plan(1) == runs
    assert plan(2) != runs
    assert sum(one.sheds is not other.sheds for one, other in pairwise(runs)) == 1


def test_aims_that_are_reached_hold() -> None:
    summary = summarised(rows())

    assert (summary["verdict"], summary["missed"]) == ("HOLDS", [])
    assert summary["unserved_percent"]["declared, shedding on"] == 1.0
    assert summary["unserved_percent"]["aws-default, shedding off"] == 20.0


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"unserved": 21}, "unserved are 2.100%, and at most 0.1 of the 20.000% of aws-default is the aim"),
        ({"unserved": 26}, "and at most 0.5 of the 5.000% of 20-second-tracking is the aim"),
        ({"submit_and_save_percent": 99.98}, "99.980% of submissions and saves were served"),
        ({"trigger_seconds": 31.0}, "trigger_seconds is 31.0, and at most 30 is the aim"),
        ({"healthy_seconds": None}, "healthy_seconds is None, and at most 40 is the aim"),
        ({"lost": 1}, "1 lost, 0 doubled"),
    ],
)
def test_an_aim_that_is_missed_is_said(members: dict[str, Any], said: str) -> None:
    summary = summarised(rows(**members))

    assert summary["verdict"] == "DOES_NOT_HOLD"
    assert any(said in it for it in summary["missed"])


def test_a_run_that_proves_nothing_or_is_missing_makes_all_of_it_void() -> None:
    void = summarised(rows(void=["The schedule was not kept."]))

    assert void["verdict"] == "VOID"
    assert "declared, shedding on, seed 1: The schedule was not kept." in void["void"]
    assert summarised(rows()[:-1])["verdict"] == "VOID"
