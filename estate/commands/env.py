"""`estate env`: the exports with which other programs reach the environment."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from catalogue.environment import Kind
from estate.aws import EMULATOR_CREDENTIALS
from estate.evaluation import load_estate
from estate.exceptions import NotUp
from estate.places import Places
from twin.aws.emulator.process import find

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


def run(environment: str) -> Exports:
    """On a twin they lead to the emulator, and away from any account that this shell could reach before.

    Raises: NotUp: the twin's control plane is not running.
    """
    estate = load_estate(environment)
    region = estate.environment.primary.name
    named = {"ESTATE_ENVIRONMENT": environment, "AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    if estate.environment.kind is Kind.AWS:
        return Exports(environment, named, ("AWS_ENDPOINT_URL",))
    emulator = find(Places.of(environment).folder)
    if emulator is None:
        raise NotUp(f"{environment!r} is not up. Run 'estate up {environment}' first.")
    variables = named | {
        "AWS_ENDPOINT_URL": emulator.endpoint,
        **EMULATOR_CREDENTIALS,
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return Exports(environment, variables, ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN"))
