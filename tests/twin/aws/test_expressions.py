"""What rows compute."""

import pytest

from twin.aws.expressions import Text, Through, evaluate, inputs_read, pruned

SCOPE = {
    "id": "i-1",
    "inputs": {"a": 1, "list": ["x", "y"], "off": False},
    "old": {"list": ["y"]},
    "region": "eu-west-2",
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        pytest.param("inputs.a", 1, id="path"),
        pytest.param("'a'", "a", id="literal"),
        pytest.param("inputs.missing", None, id="missing"),
        pytest.param(Text("{region}/{id}"), "eu-west-2/i-1", id="text"),
        pytest.param(Text("{inputs.missing}/{id}"), None, id="text-with-nothing-to-fill-in"),
        pytest.param(Through(len, "inputs.list"), 2, id="function"),
        pytest.param(Through(len, "inputs.missing"), None, id="function-of-nothing"),
        pytest.param({"A": ["id", 2]}, {"A": ["i-1", 2]}, id="nested"),
        pytest.param("minus(inputs.list, old.list)", ["x"], id="difference"),
        pytest.param("minus(old.list, inputs.list)", None, id="no-difference"),
        pytest.param("minus(inputs.missing, old.list)", None, id="difference-of-nothing"),
        pytest.param("!inputs.off", True, id="not-takes-the-whole-path"),
        pytest.param("!inputs.a", False, id="not-of-what-is-there"),
    ],
)
def test_an_expression_has_this_value(expression: object, value: object) -> None:
    assert evaluate(expression, SCOPE) == value


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        pytest.param("inputs.a", {"a"}, id="path"),
        pytest.param("inputs.a.b.c[0]", {"a"}, id="deep-path"),
        pytest.param("inputs.a[0].b", {"a"}, id="element"),
        pytest.param("inputs.a[].b", {"a"}, id="every-element"),
        pytest.param("inputs.a && [{X: inputs.b}]", {"a", "b"}, id="combined"),
        pytest.param("!inputs.a", {"a"}, id="not"),
        pytest.param("minus(inputs.a, old.b)", {"a"}, id="old-inputs-do-not-count"),
        pytest.param(Text("{inputs.a}-{id}"), {"a"}, id="text"),
        pytest.param(Through(len, "inputs.a"), {"a"}, id="function"),
        pytest.param({"X": ["inputs.a", {"Y": "inputs.b"}]}, {"a", "b"}, id="nested"),
        pytest.param("outputs.a", set(), id="outputs-do-not-count"),
    ],
)
def test_the_inputs_that_an_expression_reads_are_known(expression: object, names: set[str]) -> None:
    assert inputs_read(expression) == names


def test_what_was_not_found_is_pruned_and_what_was_empty_stays() -> None:
    given = {"a": None, "b": {"c": None}, "d": {}, "e": [None, {"f": None}, 1], "g": False, "h": ""}
    assert pruned(given) == {"d": {}, "e": [1], "g": False, "h": ""}
