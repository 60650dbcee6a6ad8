"""The bootstrap project, evaluated as `estate preview` evaluates the estate's."""

import json
import pickle
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from engine import wire
from engine.resource import Registration


@dataclass(frozen=True)
class Bootstrapped:
    """What an environment's stack declares."""

    registrations: Mapping[str, Registration]
    outputs: Mapping[str, Any]

    def of_aws(self) -> list[tuple[str, str, str]]:
        """(kind, name, region role) of each resource on AWS, sorted."""
        return sorted(
            (it.type.rsplit(":", 1)[1], it.name, "standby" if "::standby::" in it.provider else "primary")
            for it in self.registrations.values()
            if it.type.startswith("aws:")
        )

    def inputs(self, kind: str, name: str) -> Mapping[str, Any]:
        [found] = [
            it for it in self.registrations.values() if it.type.rsplit(":", 1)[1] == kind and it.name == name
        ]
        return wire.plain(dict(found.inputs))

    def statements(self, kind: str, name: str, key: str = "policy") -> list[dict[str, Any]]:
        """The statements of a policy document among a resource's inputs."""
        return json.loads(self.inputs(kind, name)[key])["Statement"]


@pytest.fixture(scope="session")
def bootstrapped() -> Mapping[str, Bootstrapped]:
    """By environment. Evaluated in a process of its own: the engine forks, and pytest's may have threads by now."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bootstrap.evaluate"], capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return {name: Bootstrapped(*found) for name, found in pickle.loads(done.stdout).items()}
