"""Names that the program leaves open."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.aws.names import Name, uuid


@pytest.mark.parametrize(
    ("name", "inputs", "expected"),
    [
        pytest.param(Name(), {"name": "fixed"}, "fixed", id="fixed"),
        pytest.param(Name(), {}, r"payments-[0-9a-f]{7}", id="made-up"),
        pytest.param(Name(), {"namePrefix": "pay"}, r"pay[0-9a-f]{7}", id="prefix"),
        pytest.param(Name(limit=12), {}, r"payme[0-9a-f]{7}", id="cut-to-the-limit"),
        pytest.param(Name(beginning="alias/"), {}, r"alias/payments-[0-9a-f]{7}", id="beginning"),
        pytest.param(
            Name(ending="inputs.fifoQueue && '.fifo' || ''"),
            {"fifoQueue": True},
            r"payments-[0-9a-f]{7}\.fifo",
            id="ending",
        ),
    ],
)
def test_a_name_is_the_given_one_or_made_of_the_logical_name(name: Name, inputs: dict, expected: str) -> None:
    assert re.fullmatch(expected, name.of("payments", "seed", inputs))


@given(st.text(min_size=1), st.text(), st.integers(min_value=8, max_value=64))
def test_a_made_up_name_keeps_to_length_and_alphabet(logical: str, seed: str, limit: int) -> None:
    name = Name(limit=limit, allowed="a-z0-9-", lower=True).of(logical, seed, {})
    assert re.fullmatch(r"[a-z0-9-]+", name)
    assert len(name) <= limit


def test_the_seed_alone_tells_names_apart() -> None:
    name = Name()
    assert name.of("a", "one", {}) == name.of("a", "one", {})
    assert name.of("a", "one", {}) != name.of("a", "two", {})


def test_a_client_token_looks_like_a_uuid_and_never_changes() -> None:
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", uuid("step/1"))
    assert uuid("step/1") == uuid("step/1") != uuid("step/2")
