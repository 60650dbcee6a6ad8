"""What is appended to a file is read once, whatever becomes of the file."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from twin.runtime.metrics.tail import Tail


def _all(tail: Tail) -> list[bytes]:
    found: list[bytes] = []
    while lines := tail.read():
        found += lines
    return found


def test_only_whole_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "log"
    tail = Tail(path)
    assert _all(tail) == []
    path.write_bytes(b"one\ntw")
    assert _all(tail) == [b"one"]
    with path.open("ab") as file:
        file.write(b"o\nthree\n")
    assert _all(tail) == [b"two", b"three"]
    tail.close()


def test_what_was_there_before_is_passed_over_where_that_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"old\n")
    tail = Tail(path, from_start=False)
    assert _all(tail) == []
    with path.open("ab") as file:
        file.write(b"new\n")
    assert _all(tail) == [b"new"]
    tail.close()


def test_a_file_that_was_replaced_is_read_to_its_end_and_then_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"one\n")
    tail = Tail(path)
    assert _all(tail) == [b"one"]
    with path.open("ab") as file:
        file.write(b"two\n")
    path.rename(tmp_path / "log.1")
    path.write_bytes(b"three\n")
    assert _all(tail) == [b"two"]
    assert _all(tail) == [b"three"]
    tail.close()


def test_a_file_that_was_emptied_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"one\ntwo\n")
    tail = Tail(path)
    assert _all(tail) == [b"one", b"two"]
    path.write_bytes(b"3\n")
    assert _all(tail) == []
    assert _all(tail) == [b"3"]
    tail.close()


@given(st.lists(st.binary(max_size=50).filter(lambda it: b"\n" not in it), max_size=20), st.integers(1, 64))
def test_every_line_comes_once_however_it_is_written(lines: list[bytes], size: int) -> None:
    import tempfile

    content = b"".join(line + b"\n" for line in lines)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "log")
        path.touch()
        tail, found = Tail(path), []
        for start in range(0, len(content), size):
            with path.open("ab") as file:
                file.write(content[start : start + size])
            found += _all(tail)
        tail.close()
    assert found == lines
