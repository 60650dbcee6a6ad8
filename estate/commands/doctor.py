"""`estate doctor`: what a run needs, and the fix for each thing that is missing."""

import os
import platform
import re
import shutil
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.text import Text

from catalogue import CatalogueError, Estate, UnknownEnvironment, load_catalogue
from catalogue.environment import Kind
from engine.exceptions import EstateError
from engine.project import Project
from estate.deployer import prerequisites
from estate.deployer.prerequisites import Check, Surroundings
from estate.lock import applying
from estate.places import Places, project_root
from stacks.names import deployment_order

__all__ = [
    "Diagnosis",
    "check_configuration",
    "check_emulator",
    "check_lock",
    "check_loopback",
    "check_packages",
    "check_python",
    "check_size",
    "check_state_folder",
    "check_system",
    "run",
]

PYTHON_FROM, PYTHON_BEFORE = (3, 11), (3, 14)
"""As pyproject.toml has it, which pip has already read by the time that this runs."""
CORES_NEEDED = 2
MEMORY_NEEDED_GIB = 4
"""Assumed: the emulator takes some 0.4 GiB after an apply, the evaluation of the program as much again."""
DISK_NEEDED_GIB = 1

_GIB = 1 << 30
_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)\s*(?P<marker>;)?", re.MULTILINE)


@dataclass(frozen=True)
class Diagnosis:
    environment: str
    checks: Sequence[Check]

    @property
    def holds(self) -> bool:
        return all(check.ok for check in self.checks)

    def to_json(self) -> Mapping[str, Any]:
        return {"environment": self.environment, "checks": [asdict(check) for check in self.checks]}

    def show(self, console: Console) -> None:
        for check in self.checks:
            console.print(
                Text("ok    " if check.ok else "FAILS ", style="green" if check.ok else "red"), end=""
            )
            console.print(Text(f"{check.name:<18} {check.detail}"))
            if check.fix:
                console.print(Text(f"{'':<24} {check.fix}", style="yellow"))
        failed = sum(not check.ok for check in self.checks)
        console.print(
            f"{self.environment}: " + (f"{failed} of {len(self.checks)} fail." if failed else "all is well.")
        )


def run(environment: str, surroundings: Surroundings | None = None) -> Diagnosis:
    """Looks and asks; changes nothing.

    Raises: catalogue.UnknownEnvironment: there is no such environment to check for.
    """
    root = project_root()
    return Diagnosis(
        environment, list(_checks(environment, root, surroundings or prerequisites.Machine(root)))
    )


def _checks(environment: str, root: Path, surroundings: Surroundings) -> Iterator[Check]:
    yield check_python(sys.version_info[:2])
    yield check_packages((root / "requirements.lock").read_text(), _installed())
    try:
        estate = load_catalogue().estate(environment)
    except UnknownEnvironment:
        raise
    except CatalogueError as error:
        yield Check(
            "catalogue", False, str(error.problems[0]), f"Mend what it says; {len(error.problems)} in all."
        )
        return
    yield Check("catalogue", True, f"{len(estate.benefits)} benefits, {len(estate.services)} services")
    yield check_configuration(estate, root)
    is_twin = estate.environment.kind is Kind.TWIN
    yield check_system(platform.system(), is_twin)
    yield from _twin_checks(environment) if is_twin else prerequisites.check(estate.environment, surroundings)


def check_python(version: tuple[int, ...]) -> Check:
    found = ".".join(map(str, version))
    if PYTHON_FROM <= version < PYTHON_BEFORE:
        return Check("python", True, found)
    fix = "Name another one: 'make setup PYTHON=python3.11' (3.11, 3.12 and 3.13 will do)."
    return Check("python", False, found, fix)


def check_packages(lock: str, installed: Callable[[str], str | None]) -> Check:
    """The packages are those of the lock file: one of the versions that it has for a package, which may differ by
    platform; one that it has under conditions only need not be there."""
    pins: dict[str, list[str]] = {}
    needed: set[str] = set()
    for match in _PINNED.finditer(lock):
        pins.setdefault(match["name"], []).append(match["version"])
        needed |= set() if match["marker"] else {match["name"]}
    wrong = [
        f"{name} {found or 'missing'} instead of {' or '.join(versions)}"
        for name, versions in pins.items()
        for found in [installed(name)]
        if (found not in versions if found else name in needed)
    ]
    if not wrong:
        return Check("packages", True, "as in requirements.lock")
    shown = ", ".join(wrong[:3]) + (f" and {len(wrong) - 3} more" if len(wrong) > 3 else "")
    return Check("packages", False, shown, "Run 'make setup'.")


def check_configuration(estate: Estate, root: Path) -> Check:
    """Pulumi.yaml and every stack's configuration are there and lead where the catalogue says."""
    environment, name = estate.environment, "stack config"
    fix = "Run 'python -m stacks.configuration', which writes it from the catalogue."
    try:
        project = Project.load(root)
        stacks = list(deployment_order(environment.name, environment.standby is not None))
        configured = set(project.stacks())
        for stack in stacks:
            if str(stack) not in configured:
                return Check(name, False, f"{stack} has none", fix)
            region = environment.standby if stack.is_standby and environment.standby else environment.primary
            config = project.config(str(stack))
            given = (config.get("aws:region"), config.get("aws:allowedAccountIds"))
            if given != (region.name, f'["{environment.account_id}"]'):
                return Check(name, False, f"{stack} leads to {given[0]} in {given[1]}", fix)
    except EstateError as error:
        return Check(name, False, str(error), "Check the project out again.")
    return Check(name, True, f"{len(stacks)} stacks")


def check_system(system: str, is_twin: bool) -> Check:
    """Which commands work on this operating system."""
    if system == "Linux":
        return Check("system", True, "Linux: everything works")
    if system == "Windows":
        detail = (
            "Windows: programs are evaluated in forked processes, which it does not have; no command works"
        )
        return Check("system", False, detail, "Use WSL2.")
    detail = f"{system}: preview, graph and what goes to AWS work; a twin does not"
    fix = "For up, status, env, drift and down of a twin use Linux."
    return Check("system", not is_twin, detail, fix if is_twin else "")


def check_state_folder(folder: Path, free_bytes: Callable[[Path], int]) -> Check:
    """The state can be written: the nearest folder that is there already lets us, and its disk has room."""
    name = "state folder"
    there = next(it for it in (folder, *folder.parents) if it.exists())
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        return Check(
            name, False, f"{there} cannot be written to", "Mend it, or set ESTATE_HOME to another folder."
        )
    free_gib = free_bytes(there) / _GIB
    if free_gib < DISK_NEEDED_GIB:
        fix = f"Free {DISK_NEEDED_GIB} GiB, or set ESTATE_HOME to a folder on another disk."
        return Check(name, False, f"{free_gib:.1f} GiB are free at {there}", fix)
    return Check(name, True, f"{folder}, {free_gib:.0f} GiB free")


def check_size(cores: int, memory_bytes: int) -> Check:
    detail = f"{cores} cores, {memory_bytes / _GIB:.0f} GiB"
    if cores >= CORES_NEEDED and memory_bytes >= MEMORY_NEEDED_GIB * _GIB:
        return Check("machine", True, detail)
    fix = f"Use a machine with {CORES_NEEDED} cores and {MEMORY_NEEDED_GIB} GiB or more, or the environment 'slice'."
    return Check("machine", False, detail, fix)


def check_loopback(address: str = "127.0.0.1") -> Check:
    """A program of this user may listen on this machine's own address."""
    with socket.socket() as listener:
        try:
            listener.bind((address, 0))
        except OSError as error:
            fix = "Let this user open ports on 127.0.0.1: the twin listens there and nowhere else."
            return Check("loopback", False, f"{error.strerror} at {address}", fix)
    return Check("loopback", True, f"ports of {address} can be opened")


def check_lock(places: Places, environment: str) -> Check:
    """No other run applies to the environment."""
    if not places.lock.exists():
        return Check("lock", True, "free")
    try:
        with applying(places.lock, environment):
            return Check("lock", True, "free")
    except EstateError as error:
        what, _, fix = str(error).partition(". ")
        return Check("lock", False, what, fix)


def check_emulator(places: Places, environment: str) -> Check:
    """Tells whether the twin's control plane answers. That it is down is no fault."""
    from twin.aws.emulator.process import find

    emulator = find(places.folder)
    if emulator is None:
        return Check("control plane", True, "down", f"'estate up {environment}' starts it.")
    return Check("control plane", True, f"up at {emulator.endpoint}, process {emulator.pid}")


def _twin_checks(environment: str) -> Iterator[Check]:
    places = Places.of(environment)
    yield check_size(psutil.cpu_count() or 1, psutil.virtual_memory().total)
    yield check_state_folder(places.folder, lambda folder: shutil.disk_usage(folder).free)
    yield check_loopback()
    yield check_lock(places, environment)
    yield check_emulator(places, environment)


def _installed() -> Callable[[str], str | None]:
    found = {_normal(it.name): it.version for it in metadata.distributions() if it.name}
    return lambda name: found.get(_normal(name))


def _normal(name: str) -> str:
    """Source: PyPA specifications, "Names and normalization"."""
    return re.sub(r"[-_.]+", "-", name).lower()
