"""What differs between two sets of inputs, and what a program asked not to be told."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.diff import (
    PropertyDifference,
    apply_ignore_changes,
    changed_properties,
    differences,
    parse_path,
    without_write_only,
)

names = st.sampled_from(["a", "b", "c"])
values = st.recursive(
    st.integers(0, 3) | st.sampled_from(["x", "y"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
inputs = st.dictionaries(names, values, max_size=3)
steps = names | st.integers(0, 2).map(lambda index: f"[{index}]") | st.just("[*]")
paths = st.lists(steps, min_size=1, max_size=3).map(
    lambda parts: "".join(part if part.startswith("[") else f".{part}" for part in parts).removeprefix(".")
)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("desiredCount", ("desiredCount",)),
        ("a.b", ("a", "b")),
        ("a[0].b", ("a", 0, "b")),
        ('tags["kept.by hand"]', ("tags", "kept.by hand")),
        (r'tags["a\"b\\c"]', ("tags", 'a"b\\c')),
        ("containers[*].image", ("containers", "*", "image")),
        ("a.*", ("a", "*")),
        ('["root"].a', ("root", "a")),
    ],
)
def test_a_path_is_read_as_pulumi_writes_it(path: str, expected: tuple[str | int, ...]) -> None:
    assert parse_path(path) == expected


@pytest.mark.parametrize("path", ["a..b", "a.", "a[", "a[x]", 'a["b', "[]"])
def test_what_is_no_path_is_named(path: str) -> None:
    with pytest.raises(ValueError, match="is not a property path"):
        parse_path(path)


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ({"a": 1}, {"a": 1}, set()),
        ({"a": 1}, {"a": 2}, {"a"}),
        ({"a": 1}, {}, {"a"}),
        ({}, {"a": 1}, {"a"}),
        ({"a": None}, {}, {"a"}),
        ({"a": {"b": [1, 2]}, "c": 1}, {"a": {"b": [1, 3]}, "c": 1}, {"a"}),
        ({"passwordWo": "x", "passwordWoVersion": 1}, {"passwordWo": "y", "passwordWoVersion": 1}, set()),
        (
            {"passwordWo": "x", "passwordWoVersion": 1},
            {"passwordWo": "x", "passwordWoVersion": 2},
            {"passwordWoVersion"},
        ),
        ({"passwordWoVersion": 1}, {"passwordWo": "y", "passwordWoVersion": 1}, set()),
        ({"notWo": "x"}, {"notWo": "y"}, {"notWo"}),
    ],
)
def test_changed_properties(old: dict[str, Any], new: dict[str, Any], changed: set[str]) -> None:
    assert changed_properties(old, new) == changed


def test_what_is_write_only_is_not_kept() -> None:
    assert without_write_only({"passwordWo": "x", "passwordWoVersion": 1, "nameWo": "y"}) == {
        "passwordWoVersion": 1,
        "nameWo": "y",
    }


def test_differences_are_leaves_with_their_paths() -> None:
    old = {"name": "a", "rules": [{"port": 80}, {"port": 443}], "tags": {"x": "1"}, "same": [1]}
    new = {"name": "b", "rules": [{"port": 80}, {"port": 8443}], "tags": {"y": "2"}, "same": [1]}
    assert list(differences(old, new)) == [
        PropertyDifference("name", "a", "b"),
        PropertyDifference("rules[1].port", 443, 8443),
        PropertyDifference("tags.x", "1", None),
        PropertyDifference("tags.y", None, "2"),
    ]


def test_lists_of_different_length_differ_as_a_whole() -> None:
    assert list(differences({"a": [1]}, {"a": [1, 2]})) == [PropertyDifference("a", [1], [1, 2])]


@given(inputs, inputs)
def test_there_is_a_difference_exactly_where_a_property_changed(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    roots = {str(parse_path(it.path)[0]) for it in differences(old, new)}
    assert roots == changed_properties(old, new)


@pytest.mark.parametrize(
    ("old", "new", "paths", "expected"),
    [
        ({"n": 1}, {"n": 2}, ["n"], {"n": 1}),
        ({"n": 1}, {}, ["n"], {"n": 1}),
        ({}, {"n": 2}, ["n"], {}),
        ({"n": 1, "m": 1}, {"n": 2, "m": 2}, ["n"], {"n": 1, "m": 2}),
        ({"t": {"a": 1, "b": 1}}, {"t": {"a": 2, "b": 2}}, ["t.a"], {"t": {"a": 1, "b": 2}}),
        ({"t": {"a": 1}}, {"t": {"b": 2}}, ["t.*"], {"t": {"a": 1}}),
        ({}, {"t": {"a": 1, "b": 2}}, ["t.a"], {"t": {"b": 2}}),
        ({"t": {"a": 1}}, {}, ["t.a"], {}),
        (
            {"c": [{"image": "old", "cpu": 1}, {"image": "old", "cpu": 1}]},
            {"c": [{"image": "new", "cpu": 2}, {"image": "new", "cpu": 2}]},
            ["c[*].image"],
            {"c": [{"image": "old", "cpu": 2}, {"image": "old", "cpu": 2}]},
        ),
        ({"c": ["a", "b"]}, {"c": ["x", "y", "z"]}, ["c[1]"], {"c": ["x", "b", "z"]}),
        ({"c": ["a"]}, {"c": ["x", "y"]}, ["c[1]"], {"c": ["x", "y"]}),
        ({"n": 1, "m": 1}, {"n": 2}, ["*"], {"n": 1, "m": 1}),
        ({"n": 1}, {"n": 2}, [], {"n": 2}),
    ],
)
def test_ignored_paths_stay_as_they_were(
    old: dict[str, Any], new: dict[str, Any], paths: list[str], expected: dict[str, Any]
) -> None:
    assert apply_ignore_changes(old, new, paths) == expected


@given(inputs, inputs, st.lists(paths, max_size=3))
def test_ignoring_is_done_once_and_changes_nothing_given(
    old: dict[str, Any], new: dict[str, Any], ignored: list[str]
) -> None:
    before = copy.deepcopy((old, new))
    once = apply_ignore_changes(old, new, ignored)
    assert apply_ignore_changes(old, once, ignored) == once
    assert (old, new) == before


@given(inputs, st.lists(paths, max_size=3))
def test_ignoring_makes_no_difference_where_there_is_none(old: dict[str, Any], ignored: list[str]) -> None:
    assert apply_ignore_changes(old, copy.deepcopy(old), ignored) == old


@given(inputs, inputs)
def test_ignoring_everything_leaves_no_change(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert changed_properties(old, apply_ignore_changes(old, new, ["*"])) == frozenset()
