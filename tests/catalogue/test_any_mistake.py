"""Whatever is written in a catalogue, the answer is a catalogue or its problems, never another error."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue import CatalogueError, load_catalogue
from tests.catalogue.conftest import SOURCE

CONTENT_BY_FILE: dict[str, Any] = {
    path.name: yaml.safe_load(path.read_text()) for path in SOURCE.glob("*.yaml")
}
ABSENT = "(absent)"
VALUES: list[Any] = [
    *(ABSENT, None, True, 0, -1, 3, 10**9, 0.5, "", "x", "own", "all", "core", "10.0.0.0/16", "A sentence."),
    *([], [1], ["x"], {}, {"x": 1}),
]


def paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything below a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        yield (*above, key)
        yield from paths(below, (*above, key))


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The value with `new` at the path, or without what is there."""
    if not path:
        return new
    copy = value.copy()
    if len(path) == 1 and new == ABSENT:
        del copy[path[0]]
    else:
        copy[path[0]] = changed(value[path[0]], path[1:], new)
    return copy


PLACES = [(file, path) for file, content in sorted(CONTENT_BY_FILE.items()) for path in paths(content)]


@settings(max_examples=60, deadline=None)
@given(place=st.sampled_from(PLACES), value=st.sampled_from(VALUES))
def test_any_value_anywhere_is_accepted_or_explained(place: tuple[str, tuple[Any, ...]], value: Any) -> None:
    file, path = place
    content = CONTENT_BY_FILE | {file: changed(CONTENT_BY_FILE[file], path, value)}

    with tempfile.TemporaryDirectory() as folder:
        for name, text in content.items():
            (Path(folder) / name).write_text(yaml.dump(text, sort_keys=False, Dumper=yaml.CSafeDumper))
        try:
            catalogue = load_catalogue(Path(folder))
        except CatalogueError as error:
            assert error.problems
            assert all(str(problem) in str(error) for problem in error.problems)
        else:
            assert all(catalogue.estate(name).environment.name == name for name in catalogue.environments)
