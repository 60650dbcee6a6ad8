"""Where things are on this machine."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Places", "as_called", "evidence_root", "project_root"]


def project_root() -> Path:
    """The folder of Pulumi.yaml: the one that this package was installed from."""
    return Path(__file__).resolve().parent.parent


def as_called() -> str:
    """This command as it was called, for hints that can be copied: ``estate``, or its path from here."""
    called = Path(sys.argv[0])
    if called.name != "estate":
        return "estate"
    return str(called.relative_to(Path.cwd()) if called.is_relative_to(Path.cwd()) else called)


def _home() -> Path:
    return Path(os.environ.get("ESTATE_HOME") or project_root() / ".estate").absolute()


def evidence_root(given: Path | None = None) -> Path:
    """Where runs leave their records: the folder that was given, or one that all environments share."""
    return given.absolute() if given else _home() / "evidence"


@dataclass(frozen=True)
class Places:
    """The folders of one environment's twin. Everything that a run writes is below `folder`."""

    folder: Path

    @classmethod
    def of(cls, environment: str) -> "Places":
        """Below ``ESTATE_HOME``, by default ``.estate`` beside Pulumi.yaml."""
        return cls(_home() / environment)

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def runtime(self) -> Path:
        """What the twin's data plane writes: databases, logs, configurations."""
        return self.folder / "runtime"

    @property
    def drills(self) -> Path:
        """Journals of recoveries, from which they can be resumed."""
        return self.folder / "drills"

    @property
    def port(self) -> Path:
        """Port of the control plane: another boot comes back to it, for what runs knows it by heart."""
        return self.folder / "port"

    @property
    def lock(self) -> Path:
        return self.folder / "apply.lock"
