"""The command line as its users run it: a process of its own, with a deadline."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil
import yaml

from catalogue import CATALOGUE_VARIABLE
from tests.twin.estate import warm
from tests.twin.estate.warm import ROOT

DEADLINE_SECONDS = 280


@dataclass(frozen=True)
class Twin:
    """One twin's state folder, and the catalogue that it is declared by.

    Attributes: runs: whether `up` starts a data plane too. profile: of its waiting times.
    """

    home: Path
    catalogue: Path | None = None
    environment: str = "slice"
    runs: bool = False
    profile: str = "quick"

    def variables(self) -> dict[str, str]:
        chosen = {"ESTATE_HOME": str(self.home)}
        if self.catalogue:
            chosen[CATALOGUE_VARIABLE] = str(self.catalogue)
        return os.environ | chosen

    def run(self, command: str, *options: str, module: str = "estate") -> subprocess.CompletedProcess[str]:
        if command == "up":
            options = (*options, *(("--profile", self.profile) if self.runs else ("--control-plane-only",)))
        return self.estate(command, self.environment, *options, module=module)

    def estate(self, *arguments: str, module: str = "estate") -> subprocess.CompletedProcess[str]:
        """The command line, where the environment is not what comes after the command's name."""
        return warm.run(module, arguments, self.variables(), DEADLINE_SECONDS)

    def document(self, command: str, *options: str) -> dict[str, Any]:
        """What the command prints with --json; it must have ended well."""
        done = self.run(command, *options, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def declared_by(self, catalogue: Path) -> "Twin":
        return Twin(self.home, catalogue, self.environment, self.runs, self.profile)

    @property
    def emulator(self) -> dict[str, Any]:
        return json.loads((self.home / self.environment / "emulator.json").read_text())

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.emulator['port']}"

    def inventory(self) -> Counter[tuple[str, str, str]]:
        """How many resources of each service, region and type there are in the emulator."""
        with urlopen(f"{self.endpoint}/moto-api/estate/inventory", timeout=30) as answer:
            found = json.load(answer)["resources"]
        return Counter((it["service"], it["region"], it["type"]) for it in found)

    def processes(self) -> list[psutil.Process]:
        """Whatever runs with this twin's folder in its environment or arguments."""
        return [it for it in psutil.process_iter() if _names(it, str(self.home))]


@contextmanager
def taken_away(twin: Twin) -> Iterator[Twin]:
    """The twin, and nothing of it afterwards, also where the tests are killed: a process of its own sees to it."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.twin.estate.guard"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as guard:
        assert guard.stdin
        guard.stdin.write(json.dumps([str(twin.home), twin.environment]) + "\n")
        guard.stdin.flush()
        try:
            yield twin
        finally:
            guard.stdin.close()
            guard.wait(DEADLINE_SECONDS)


def copy_catalogue(folder: Path) -> Path:
    """A copy of the catalogue's files, to be changed."""
    copy = folder / "catalogue"
    copy.mkdir(parents=True)
    for file in (ROOT / "catalogue").glob("*.yaml"):
        shutil.copy(file, copy)
    return copy


def change(catalogue: Path, file: str, **entries: Any) -> None:
    """Entries are put into the file, or taken out where they are None."""
    path = catalogue / file
    document: dict[str, Any] = yaml.safe_load(path.read_text())
    kept = {name: entry for name, entry in {**document, **entries}.items() if entry is not None}
    path.write_text(yaml.safe_dump(kept, sort_keys=False))


def _names(process: psutil.Process, folder: str) -> bool:
    try:
        return folder in " ".join(process.cmdline()) or folder in " ".join(process.environ().values())
    except psutil.Error:
        return False
