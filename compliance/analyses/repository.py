"""The files of the project, as opposed to what was installed or left beside them."""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from compliance.analyses.exceptions import InputWrong

__all__ = ["files_of", "packages_of"]

TIMEOUT_SECONDS = 60


def files_of(root: Path) -> Sequence[str]:
    """Relative to the root, sorted: what git knows or would add; of a copy without git, what is not hidden.

    Raises: InputWrong: there is no such folder, or nothing in it.
    """
    names = _known_to_git(root) if (root / ".git").exists() else _visible(root)
    found = sorted(name for name in names if (root / name).is_file())
    if not found:
        raise InputWrong(
            f"No file of a project is in {str(root)!r}. Name the folder that holds pyproject.toml."
        )
    return found


def packages_of(root: Path) -> Sequence[str]:
    """Names of the folders of the root that hold the project's Python, its tests left out."""
    tops = {name.partition("/")[0] for name in files_of(root) if name.endswith(".py") and "/" in name}
    return sorted(tops - {"tests"})


def _known_to_git(root: Path) -> Iterator[str]:
    try:
        said = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root,
            capture_output=True,
            check=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return _visible(root)
    return (it for it in said.stdout.split("\0") if it and not _is_hidden(it))


def _visible(root: Path) -> Iterator[str]:
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        if not _is_hidden(name) and path.suffix != ".pyc":
            yield name


def _is_hidden(name: str) -> bool:
    """Environments, caches and state: all stand in folders whose names begin with a dot. `.gitignore` and its like do
    not."""
    return any(part.startswith(".") or part == "__pycache__" for part in name.split("/")[:-1])
