"""One YAML file is read strictly, and its lines are remembered."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import CatalogueUnreadable
from catalogue.document import Document, read_document

BROKEN = [
    pytest.param(
        "one:\n  name: A\n  name: B\n",
        "x.yaml:3: one: A key must stand once, got 'name'. Line 2 has it already; keep one of the two.",
        id="a-key-twice",
    ),
    pytest.param(
        "one:\n\tname: A\n",
        "x.yaml:2: Indentation must be spaces, got '\\t'. Replace each tab by two spaces.",
        id="a-tab",
    ),
    pytest.param(
        "- one\n- two\n",
        "x.yaml:1: The file must be a mapping of entries, got ['one', 'two']. Write one key for each entry.",
        id="a-list",
    ),
    pytest.param(
        "",
        "x.yaml: The file must be a mapping of entries, got None. Write one key for each entry.",
        id="an-empty-file",
    ),
    pytest.param(
        "one: &anchor {name: A}\ntwo: *anchor\n",
        "x.yaml:1: two: Anchors and aliases must not be used, got 'an alias'. "
        "Write the value out: an entry is read where it stands.",
        id="an-alias",
    ),
    pytest.param(
        "one:\n  yes: A\n",
        "x.yaml:2: one: A key must be a name, got 'yes'. "
        "Write a name; put it in quotes where YAML takes it for a number or a truth value.",
        id="a-key-that-yaml-takes-for-a-truth-value",
    ),
    pytest.param(
        "one:\n  name: [A\n",
        "x.yaml:3: The file must be YAML, got \"did not find expected ',' or ']'\". "
        "Mend the line, or the one above it: a colon, a quote or an indentation is usually what is wrong.",
        id="a-bracket-left-open",
    ),
]


def read(folder: Path, text: str) -> Document:
    path = folder / "x.yaml"
    path.write_text(text)
    return read_document(path)


@pytest.mark.parametrize(("text", "expected"), BROKEN)
def test_what_yaml_would_let_pass_is_a_problem(tmp_path: Path, text: str, expected: str) -> None:
    assert [str(problem) for problem in read(tmp_path, text).problems] == [expected]


def test_every_key_twice_is_reported_and_the_first_value_kept(tmp_path: Path) -> None:
    document = read(tmp_path, "one: 1\ntwo: 2\none: 3\ntwo: 4\n")

    assert [(problem.line, problem.value) for problem in document.problems] == [(3, "one"), (4, "two")]
    assert document.content == {"one": 1, "two": 2}


def test_a_key_that_is_missing_has_the_line_of_what_it_is_missing_from(tmp_path: Path) -> None:
    document = read(tmp_path, "one:\n  size:\n    cpu: 256\ntwo: {}\n")

    assert document.line(("one", "size", "cpu")) == 3
    assert document.line(("one", "size", "memory_mib")) == 2
    assert document.line(("three",)) is None


def test_a_file_that_is_not_text_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"one: \xff\n")

    with pytest.raises(CatalogueUnreadable, match="The file must be there and be UTF-8 text"):
        read_document(tmp_path / "x.yaml")


@given(names=st.lists(st.from_regex("[a-z]{3,8}x", fullmatch=True), unique=True, min_size=1, max_size=20))
def test_every_key_has_its_own_line(names: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    document = read(tmp_path_factory.getbasetemp(), "".join(f"{name}: 1\n" for name in names))

    assert [document.line((name,)) for name in names] == list(range(1, len(names) + 1))
