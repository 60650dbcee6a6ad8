"""Two runs side by side."""

from dataclasses import replace
from pathlib import Path

import pytest

from evidence import Record, compare_records
from evidence.comparison import ABSENT, Difference, FigureRow, ObjectiveRow
from evidence.exceptions import NotComparable
from evidence.facts import Figure, Kind, Objective
from tests.evidence.runs import AWS, TWIN, holding


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return holding(tmp_path).finish()


def test_a_repetition_differs_in_nothing(record: Record, tmp_path: Path) -> None:
    assert compare_records(record, holding(tmp_path).finish()).differences == ()


def test_every_setting_that_differs_is_named_by_its_path(record: Record) -> None:
    other = replace(
        record,
        seed=8,
        configuration={"rate_per_second": 50, "mix": {"apply": 0.5, "save": 0.5}},
        environment=replace(TWIN, profile="quick"),
        commit=None,
    )

    assert compare_records(record, other).differences == (
        Difference("environment.profile", "aws", "quick"),
        Difference("commit.sha", record.commit.sha if record.commit else "", ABSENT),
        Difference("commit.changed", False, ABSENT),
        Difference("seed", 7, 8),
        Difference("configuration.mix.apply", 0.35, 0.5),
        Difference("commit", ABSENT, None),
        Difference("configuration.mix.save", ABSENT, 0.5),
    )


def test_a_twin_beside_aws_is_the_first_thing_said(record: Record) -> None:
    (name, kind, *_) = compare_records(record, replace(record, environment=AWS)).differences

    assert name == Difference("environment.name", "slice", "staging")
    assert kind == Difference("environment.kind", "twin", "aws")


def test_figures_are_set_beside_each_other_by_name_and_unit(record: Record) -> None:
    left = replace(record, figures=(Figure("p99", 200, "ms"), Figure("lost", 0, "applications")))
    right = replace(record, figures=(Figure("p99", 300.0, "ms"), Figure("lost", 0, "payments")))
    rows = compare_records(left, right).figures

    assert rows == (
        FigureRow("p99", "ms", 200, 300.0),
        FigureRow("lost", "applications", 0, None),
        FigureRow("lost", "payments", None, 0),
    )
    assert [(row.change, row.ratio) for row in rows] == [(100.0, 1.5), (None, None), (None, None)]


@pytest.mark.parametrize(
    ("left", "right", "change", "ratio"),
    [
        (0, 5, 5, None),
        ("a", "b", None, None),
        (True, False, None, None),
        (None, 3, None, None),
        (4, 2, -2, 0.5),
    ],
)
def test_only_numbers_have_a_change(left: object, right: object, change: object, ratio: object) -> None:
    row = FigureRow("it", "", left, right)  # pyright: ignore[reportArgumentType]

    assert (row.change, row.ratio) == (change, ratio)


def test_an_objective_of_one_of_them_stands_alone(record: Record) -> None:
    own = Objective("p99", "under 500 ms", "300 ms", True)

    assert compare_records(record, replace(record, objectives=(own,))).objectives == (
        ObjectiveRow("operations failed", record.objectives[0], None),
        ObjectiveRow("p99", None, own),
    )


def test_different_kinds_are_compared_only_when_forced(record: Record) -> None:
    drill = replace(record, kind=Kind.DRILL)

    with pytest.raises(
        NotComparable, match="they answer different questions. Compare runs of one kind, or say --force"
    ):
        compare_records(record, drill)
    assert compare_records(record, drill, force=True).differences == (Difference("kind", "load", "drill"),)
