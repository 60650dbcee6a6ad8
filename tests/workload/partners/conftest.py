"""Partners that answer in this process, with a clock that tests move."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.workload.served import Served, served
from workload.partners.app import create_app


@dataclass
class Clock:
    """Seconds since 1970 that only a test moves."""

    now: float = field(default=1_000_000.0)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "partners.json"
    path.write_text(
        """{"partners": {
            "dwp": {"transport": "api"},
            "nrs": {"transport": "api", "calls_per_second": 2},
            "angus": {"transport": "file", "answer_seconds": 30},
            "nhs-fife": {"transport": "messaging", "answer_seconds": 30}
        }}"""
    )
    return path


@pytest.fixture
def partners(tmp_path: Path, settings: Path, clock: Clock) -> Iterator[Served]:
    with served(create_app(tmp_path, settings, clock, clock)) as client:
        yield client


def host(partner: str) -> dict[str, str]:
    """Headers of a call to a partner."""
    return {"Host": f"{partner}.partners.agency.example:8443"}
