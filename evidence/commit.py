"""The commit that a run was made with."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Commit", "commit_of"]

GIT_SECONDS = 20


@dataclass(frozen=True)
class Commit:
    """Attributes: sha: in full. changed: files differed from it, so it does not say all."""

    sha: str
    changed: bool

    @property
    def in_words(self) -> str:
        return self.sha[:12] + (", with changes that are not committed" if self.changed else "")


def commit_of(folder: Path) -> Commit | None:
    """The commit that the folder is at, or None where git does not know it."""
    sha = _git(folder, "rev-parse", "HEAD")
    changes = _git(folder, "status", "--porcelain")
    return Commit(sha, bool(changes)) if sha and changes is not None else None


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=GIT_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
