"""What a supervisor is told when it is started: which environment, where, and how true to AWS's waiting times."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

__all__ = ["RegionSettings", "Settings"]

_FILE = "settings.json"


@dataclass(frozen=True)
class RegionSettings:
    """Attributes: zones, names in order, such as ``eu-west-2a``."""

    name: str
    zones: tuple[str, ...]


@dataclass(frozen=True)
class Settings:
    """Attributes:
    emulator_dir: state folder in which the emulator of this twin is found.
    folder: where everything that the data plane writes goes.
    domain_name: the estate's; partners are below ``partners.<domain_name>``.
    regions: the primary first.
    profile: name of the table of waiting times.
    clock_factor: by which AWS's waits are multiplied; 1 is real time.
    """

    environment: str
    emulator_dir: Path
    folder: Path
    domain_name: str
    regions: tuple[RegionSettings, ...]
    profile: str
    clock_factor: float = 1.0

    @property
    def zones(self) -> Iterator[tuple[str, str]]:
        """Region and zone, of every zone."""
        return ((region.name, zone) for region in self.regions for zone in region.zones)

    def region_of(self, zone: str) -> str:
        return next(region for region, name in self.zones if name == zone)

    def write(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        document = asdict(self) | {"emulator_dir": str(self.emulator_dir), "folder": str(self.folder)}
        (self.folder / _FILE).write_text(json.dumps(document, indent=1))

    @classmethod
    def read(cls, folder: Path) -> "Settings":
        """Raises: FileNotFoundError: nobody wrote any there."""
        document: Mapping[str, Any] = json.loads((folder / _FILE).read_text())
        return cls(
            environment=document["environment"],
            emulator_dir=Path(document["emulator_dir"]),
            folder=Path(document["folder"]),
            domain_name=document["domain_name"],
            regions=tuple(RegionSettings(it["name"], tuple(it["zones"])) for it in document["regions"]),
            profile=document["profile"],
            clock_factor=document.get("clock_factor", 1.0),
        )
