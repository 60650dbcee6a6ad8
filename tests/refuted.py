"""Shows that a law can be broken: a property test that no planner could fail would prove nothing."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

__all__ = ["is_refuted"]


def is_refuted(law: Callable[..., None], *drawn: st.SearchStrategy[Any], examples: int = 1000) -> bool:
    """Whether the law fails for something that can be drawn: the first that is found, always the same.

    Args: law: fails by an assertion. drawn: its arguments.
    """

    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @given(st.tuples(*drawn))
    def tried(arguments: tuple[Any, ...]) -> None:
        law(*arguments)

    try:
        tried()
    except AssertionError:
        return True
    return False
