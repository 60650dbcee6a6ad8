"""What every test gets."""

import pytest
from hypothesis import settings, strategies

# How long an example takes is this machine's affair, and no property of what is tested.
settings.register_profile("estate", deadline=None)
settings.load_profile("estate")


@pytest.fixture(scope="session", autouse=True)
def _hypothesis_is_loaded() -> None:
    """Hypothesis imports what it draws from when it draws, deep inside a test.

    pytest then parses the module while CPython 3.11 miscounts its recursion (python/cpython#106905), and an unrelated
    test fails now and then.
    """
    strategies.from_regex("a").validate()
