"""Property values between the protocol and the engine."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import wire

# Doubles carry integers exactly up to 2**53.
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
keys = texts.filter(lambda key: key != wire.SIGNATURE)
values = st.recursive(
    st.booleans() | numbers | texts | st.just(wire.UNKNOWN),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4) | inner.map(wire.secret)
    ),
    max_leaves=12,
)
documents = st.dictionaries(keys, values, max_size=5)


def arrived(document: dict[str, Any]) -> dict[str, Any]:
    """The document after a journey over the wire."""
    return wire.decode(type(wire.encode({})).FromString(wire.encode(document).SerializeToString()))


@given(documents)
def test_a_document_arrives_as_it_was_sent(document: dict[str, Any]) -> None:
    assert arrived(document) == document


@given(documents)
def test_no_number_that_is_whole_arrives_as_a_float(document: dict[str, Any]) -> None:
    def floats(value: Any) -> list[float]:
        if isinstance(value, dict | list):
            return [
                it for each in (value.values() if isinstance(value, dict) else value) for it in floats(each)
            ]
        return [value] if isinstance(value, float) else []

    assert [number for number in floats(arrived(document)) if number.is_integer()] == []


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        ({"port": 80.0}, {"port": 80}),
        ({"ratio": 0.5}, {"ratio": 0.5}),
        ({"on": True}, {"on": True}),
        ({"gone": None, "kept": 1}, {"kept": 1}),
        ({"nested": {"gone": None, "kept": [None, 1]}}, {"nested": {"kept": [None, 1]}}),
        ({"none": [], "empty": {}}, {"empty": {}, "none": []}),
        ({"far": math.inf}, {"far": math.inf}),
    ],
    ids=lambda it: str(it),
)
def test_what_becomes_of(sent: dict[str, Any], received: dict[str, Any]) -> None:
    assert arrived(sent) == received
    assert repr(arrived(sent)) == repr(received)


class TestSecrets:
    def test_a_secret_is_wrapped_once(self) -> None:
        assert wire.secret(wire.secret("x")) == wire.secret("x")
        assert wire.is_secret(wire.secret("x"))
        assert not wire.is_secret({"value": "x"})

    def test_plain_unwraps_them_at_any_depth(self) -> None:
        value = {"a": wire.secret("x"), "b": [wire.secret({"c": wire.secret(1)})]}
        assert wire.plain(value) == {"a": "x", "b": [{"c": 1}]}

    @given(documents)
    def test_plain_leaves_no_secret(self, document: dict[str, Any]) -> None:
        assert not wire.contains_secret(wire.plain(document))

    @given(documents, st.text("ABCDEF", min_size=12, max_size=12))
    def test_redacting_leaves_nothing_of_a_secret(self, document: dict[str, Any], word: str) -> None:
        hidden = {"outer": document, "list": [wire.secret({"deep": word})], "own": wire.secret(word)}
        shown = wire.redact(hidden)
        assert word not in repr(shown)
        assert shown["own"] == wire.REDACTED

    @pytest.mark.parametrize(
        ("value", "model", "expected"),
        [
            ("x", wire.secret("x"), wire.secret("x")),
            ("x", "x", "x"),
            (
                {"a": "x", "b": "y"},
                {"a": wire.secret("x"), "b": "y"},
                {"a": wire.secret("x"), "b": "y"},
            ),
            ({"a": "x", "c": "z"}, {"a": wire.secret("x")}, {"a": wire.secret("x"), "c": "z"}),
            (["x", "y"], ["x", wire.secret("y")], wire.secret(["x", "y"])),
            ({"a": "x"}, wire.secret({"a": "x"}), wire.secret({"a": "x"})),
            (wire.secret("x"), wire.secret("x"), wire.secret("x")),
            ("x", None, "x"),
        ],
    )
    def test_a_value_is_secret_where_its_model_is(self, value: Any, model: Any, expected: Any) -> None:
        assert wire.secret_like(value, model) == expected


class TestUnknowns:
    @pytest.mark.parametrize(
        "value",
        [wire.UNKNOWN, [wire.UNKNOWN], {"a": {"b": [1, wire.UNKNOWN]}}, wire.secret(wire.UNKNOWN)],
        ids=["itself", "in a list", "in a map", "in a secret"],
    )
    def test_is_found(self, value: Any) -> None:
        assert wire.contains_unknown(value)

    def test_is_not_found_where_there_is_none(self) -> None:
        assert not wire.contains_unknown({"a": ["b", 1, None], wire.UNKNOWN: "a key is no value"})


def test_plain_gives_the_id_of_a_reference_to_a_resource() -> None:
    reference = {wire.SIGNATURE: wire.RESOURCE, "urn": "urn:pulumi:s::p::t::n", "id": "vpc-1"}
    assert wire.plain({"vpc": reference}) == {"vpc": "vpc-1"}
    assert wire.plain(reference | {"id": ""}) == "urn:pulumi:s::p::t::n"


def test_plain_leaves_an_archive_to_whoever_uploads_it() -> None:
    archive = {wire.SIGNATURE: wire.ARCHIVE, "path": "code.zip"}
    assert wire.plain({"code": archive}) == {"code": archive}


def test_strings_are_all_of_them_and_no_keys() -> None:
    assert list(wire.strings({"a": ["x", {"b": "y"}], "c": 1})) == ["x", "y"]


@given(documents)
def test_properties_arrive_in_the_order_of_their_names(document: dict[str, Any]) -> None:
    assert list(arrived(document)) == sorted(document)
