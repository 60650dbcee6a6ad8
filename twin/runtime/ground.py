"""What every part of the data plane stands on, and what a part is."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from twin.runtime.addresses import Addresses
from twin.runtime.control_plane import ControlPlane
from twin.runtime.directory import Directory
from twin.runtime.processes import Processes
from twin.runtime.profile import Profile
from twin.runtime.settings import Settings
from twin.runtime.zones import Zones

__all__ = ["Ground", "Part"]


@dataclass(frozen=True)
class Ground:
    """Attributes: run: differs from one start of the supervisor to the next."""

    settings: Settings
    run: str
    profile: Profile
    addresses: Addresses
    zones: Zones
    directory: Directory
    processes: Processes
    control_plane: ControlPlane

    @property
    def folder(self) -> Path:
        return self.settings.folder

    def log(self, *names: str) -> Path:
        """Where a process writes, below the folder of logs."""
        return self.folder.joinpath("logs", *names)


class Part(Protocol):
    """One concern of the data plane. `run` goes on until it is cancelled; one that fails is started again.

    Attributes: name: as status shows it.
    """

    name: str

    async def run(self) -> None: ...
