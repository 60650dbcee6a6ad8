"""`estate env`: the exports with which other programs reach the environment."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from catalogue import load_estate
from catalogue.environment import Kind
from estate.aws import EMULATOR_CREDENTIALS
from estate.clock import clock_of
from estate.exceptions import NotUp
from estate.places import Places
from twin.aws.emulator.process import find
from twin.runtime import process

__all__ = ["Exports", "run"]


@dataclass(frozen=True)
class Exports:
    environment: str
    variables: Mapping[str, str]
    unset: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return True

    def to_json(self) -> Mapping[str, Any]:
        return {"environment": self.environment, "exports": dict(self.variables), "unset": list(self.unset)}

    def show(self, console: Console) -> None:
        if self.unset:
            print(f"unset {' '.join(self.unset)}")
        for name, value in self.variables.items():
            print(f"export {name}={shlex.quote(value)}")


def _data_plane(places: Places, region: str) -> dict[str, str]:
    """Where people come in, where faults are asked for, where psql finds the writers, and how long waits are; empty
    where nothing runs."""
    supervisor = process.find(places.runtime)
    status = supervisor.status() if supervisor else None
    if supervisor is None or status is None:
        return {}
    stores = {
        f"ESTATE_DATABASE_{name.upper().replace('-', '_')}_URL": url
        for name, url in status.get("databases", {}).get(region, {}).items()
    }
    found = {
        "ESTATE_EDGE": status["edge"].get(region),
        "ESTATE_FAULTS_URL": supervisor.faults,
        "ESTATE_PARTNERS_URL": status.get("partners"),
    }
    clock = clock_of(status)
    pace = {"ESTATE_CLOCK_FACTOR": f"{clock.factor:g}", "ESTATE_PROFILE": clock.profile} if clock else {}
    return {name: url for name, url in found.items() if url} | stores | pace


def run(environment: str) -> Exports:
    """On a twin they lead to the emulator, and away from any account that this shell could reach before.

    Raises: NotUp: the twin's control plane is not running.
    """
    estate = load_estate(environment)
    region = estate.environment.primary.name
    named = {"ESTATE_ENVIRONMENT": environment, "AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    if estate.environment.kind is Kind.AWS:
        return Exports(environment, named, ("AWS_ENDPOINT_URL",))
    places = Places.of(environment)
    emulator = find(places.folder)
    if emulator is None:
        raise NotUp(f"{environment!r} is not up. Run 'estate up {environment}' first.")
    variables = named | {
        "AWS_ENDPOINT_URL": emulator.endpoint,
        **EMULATOR_CREDENTIALS,
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    variables |= _data_plane(places, region)
    return Exports(environment, variables, ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN"))
