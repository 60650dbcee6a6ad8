"""Stacks that wait for each other's outputs."""

import pytest

from engine.exceptions import ProgramError
from engine.waits import Waits


def test_a_circle_is_refused_with_the_way_round_it() -> None:
    waits = Waits()
    with waits.waiting("a", "b"), waits.waiting("b", "c"):
        with pytest.raises(ProgramError) as refused, waits.waiting("c", "a"):
            pass
        assert str(refused.value).startswith(
            "Stacks wait for each other's outputs: c reads a reads b reads c. Take one"
        )


def test_what_is_over_is_in_nobodys_way() -> None:
    waits = Waits()
    with waits.waiting("a", "b"):
        pass
    with waits.waiting("b", "a"):
        pass


def test_one_that_waits_twice_still_waits_once_when_one_wait_is_over() -> None:
    waits = Waits()
    with waits.waiting("a", "b"):
        with waits.waiting("a", "b"):
            pass
        with pytest.raises(ProgramError), waits.waiting("b", "a"):
            pass


def test_many_may_wait_for_one_and_one_for_many() -> None:
    waits = Waits()
    with (
        waits.waiting("a", "b"),
        waits.waiting("a", "c"),
        waits.waiting("b", "d"),
        waits.waiting("c", "d"),
    ):
        pass
