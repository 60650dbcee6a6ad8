"""Lists come in pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.page import page


@given(st.lists(st.integers(), max_size=30), st.integers(min_value=1, max_value=12))
def test_all_pages_are_the_whole_list_and_none_is_longer_than_asked(items: list[int], size: int) -> None:
    token, seen, pages = None, list[int](), 0
    while pages <= len(items):
        shown, further = page(items, token, size)
        seen, pages, token = [*seen, *shown], pages + 1, further.get("nextToken")
        assert len(shown) == min(size, len(items) - len(seen) + len(shown))
        assert (token is None) == (len(seen) == len(items))
        if token is None:
            break
    assert seen == items


def test_a_token_that_was_not_given_out_is_refused() -> None:
    with pytest.raises(AwsError, match="ValidationException: Invalid token"):
        page([1], "made up", 1, "ValidationException")
