"""A lock file gives every package with its version and hashes, or is refused."""

from pathlib import Path

import pytest

from compliance.analyses.exceptions import InputWrong
from compliance.analyses.lock_file import LockedPackage, locked

HASH = "a" * 64


def _locked(folder: Path, text: str) -> list[LockedPackage]:
    path = folder / "requirements.lock"
    path.write_text(text)
    return list(locked(path))


def test_markers_extras_and_several_hashes_are_read(tmp_path: Path) -> None:
    text = (
        f"# a comment\nzope-event==6.2 \\\n    --hash=sha256:{'b' * 64} \\\n    --hash=sha256:{HASH}\n"
        f"pywin32==312 ; sys_platform == 'win32' \\\n    --hash=sha256:{HASH}\n"
        f"Psycopg[binary]==3.3.9 \\\n    --hash=sha256:{HASH}\n"
    )

    found = _locked(tmp_path, text)

    assert [(it.name, it.version, it.marker, len(it.hashes), it.purl) for it in found] == [
        ("zope-event", "6.2", "", 2, "pkg:pypi/zope-event@6.2"),
        ("pywin32", "312", "sys_platform == 'win32'", 1, "pkg:pypi/pywin32@312"),
        ("Psycopg", "3.3.9", "", 1, "pkg:pypi/psycopg@3.3.9"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("httpx\n", id="no version"),
        pytest.param("httpx==1\n", id="no hash"),
        pytest.param(f"httpx>=1 --hash=sha256:{HASH}\n", id="a range"),
    ],
)
def test_what_is_not_pinned_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputWrong, match="make lock"):
        _locked(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputWrong, match="requirements.lock"):
        locked(tmp_path / "requirements.lock")
