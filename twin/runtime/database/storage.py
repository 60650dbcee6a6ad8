"""Where databases are kept: below the state folder, or outside it where only root may enter that.

PostgreSQL refuses to run as root, so it runs as another user then, who has to be able to reach its files.
"""

import contextlib
import hashlib
import json
import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twin.runtime.database.exceptions import FolderNotSafe

__all__ = ["UNPRIVILEGED", "Storage", "is_reachable", "remove", "storage_of"]

UNPRIVILEGED = 65_534
"""User and group of PostgreSQL where this user is root; see `twin.runtime.processes`."""

_OUTSIDE = Path("/var/tmp")  # noqa: S108 - survives a restart of the machine, as the databases must
_RECORDS = "records.json"


class Storage:
    """Folders of one twin. All are made when asked for, and belong to the user that PostgreSQL runs as."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def instance(self, key: str) -> Path:
        """The data directory of an instance, which `initdb` and its like make. Args: key: region/cluster/instance."""
        return self._parent(self.root / "instances" / key)

    def volume(self, cluster: str) -> Path:
        """A data directory that was restored, and waits for the cluster's first instance."""
        return self._parent(self.root / "volumes" / cluster)

    def snapshot(self, region: str, name: str) -> Path:
        return self._parent(self.root / "snapshots" / region / name)

    def bases(self, cluster: str) -> Path:
        """Base backups, from which a point in time is restored."""
        return self.folder("bases", cluster)

    def archive(self, cluster: str) -> Path:
        """The write-ahead log of a cluster, segment by segment."""
        return self.folder("archive", cluster)

    def folder(self, *names: str) -> Path:
        return _made(self.root.joinpath(*names), self.root)

    def records(self) -> Mapping[str, Any]:
        """What was written last; nothing where nothing was, or where the disk lost it."""
        with contextlib.suppress(OSError, ValueError):
            return json.loads((self.root / _RECORDS).read_text())
        return {}

    def write_records(self, records: Mapping[str, Any]) -> None:
        """They are on disk, whole, whatever happens now."""
        _write_durably(self.root / _RECORDS, json.dumps(records, indent=1))

    def write(self, path: Path, text: str) -> None:
        """The file holds the text, and PostgreSQL can read it."""
        path.write_text(text)
        _give(path)

    def _parent(self, path: Path) -> Path:
        _made(path.parent, self.root)
        return path


def storage_of(folder: Path) -> Storage:
    """The databases of the twin that keeps its state in the folder.

    Raises: FolderNotSafe
    """
    root = folder / "database"
    if os.geteuid() == 0 and not is_reachable(folder):
        root = _outside(folder)
        if root.is_symlink() or (root.exists() and root.stat().st_uid not in (0, UNPRIVILEGED)):
            raise FolderNotSafe(root)
    return Storage(_made(root, root))


def remove(folder: Path) -> None:
    """What the databases of the folder's twin keep outside it is gone."""
    root = _outside(folder)
    if root.is_dir() and not root.is_symlink() and root.stat().st_uid in (os.geteuid(), UNPRIVILEGED):
        shutil.rmtree(root, ignore_errors=True)


def is_reachable(path: Path) -> bool:
    """Every user may pass through all folders down to the path."""
    there = path.resolve()
    return all(it.stat().st_mode & stat.S_IXOTH for it in (there, *there.parents) if it.is_dir())


def _outside(folder: Path) -> Path:
    digest = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    return _OUTSIDE / f"estate-{os.geteuid()}-{digest}"


def _made(path: Path, root: Path) -> Path:
    """Folders down from the root, for PostgreSQL's user alone."""
    missing = [it for it in (path, *path.parents) if it.is_relative_to(root) and not it.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _give(folder)
    return path


def _give(path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(path, UNPRIVILEGED, UNPRIVILEGED)


def _write_durably(path: Path, text: str) -> None:
    draft = path.with_suffix(".draft")
    with draft.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
