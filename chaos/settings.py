"""What is asked of a run beside its file: by Chaos Toolkit's configuration, which reads variables or `--var`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaos.exceptions import ExperimentInvalid
from load_tests.launching import START_SECONDS

__all__ = ["DEFAULT_RATE", "RunSettings"]

DEFAULT_RATE = 150.0
MOST_RATE = 500.0
"""Source: the project's design, This machine's size."""

MOST_FAULTS = 100
DEFAULT_LEAD_SECONDS = 15.0
SHORTEST_AFTER_SECONDS = 5.0


@dataclass(frozen=True)
class RunSettings:
    """Attributes:
    rate: operations a second. faults: rounds, each with one fault and a load of its own.
    before_seconds, after_seconds: of each fault, in which everything counts.
    heal_seconds: for which is waited until everything is as it was.
    lead_seconds: from the start of a round's generator until its first operation: more where the machine is busy.
    is_control_case: the protection is taken away, and it must fail.
    result: where the document of the run is written. servers: where it is written how busy the servers of a twin are.
    """

    seed: int
    faults: int
    rate: float
    before_seconds: float
    after_seconds: float
    heal_seconds: float
    lead_seconds: float
    evidence: Path
    is_control_case: bool
    result: Path | None = None
    servers: Path | None = None

    @classmethod
    def of(cls, configuration: Mapping[str, Any]) -> "RunSettings":
        """Raises: ExperimentInvalid."""
        result, servers = (str(configuration.get(it) or "") for it in ("result", "servers"))
        return cls(
            int(_number(configuration, "seed", 0, 2**31, 1)),
            int(_number(configuration, "faults", 1, MOST_FAULTS, 1)),
            _number(configuration, "rate", 0.5, MOST_RATE, DEFAULT_RATE),
            _number(configuration, "before_seconds", 1, 600, 5),
            _number(configuration, "after_seconds", SHORTEST_AFTER_SECONDS, 3600, 60),
            _number(configuration, "heal_seconds", 1, 3600, 600),
            _number(configuration, "lead_seconds", START_SECONDS, 600, DEFAULT_LEAD_SECONDS),
            Path(str(configuration.get("evidence") or "evidence")).absolute(),
            str(configuration.get("control_case", "")).lower() in ("1", "true", "yes"),
            Path(result) if result else None,
            Path(servers) if servers else None,
        )

    @property
    def window_seconds(self) -> float:
        return self.before_seconds + self.after_seconds


def _number(configuration: Mapping[str, Any], name: str, least: float, most: float, default: float) -> float:
    given = configuration.get(name, default)
    try:
        number = float(given)
    except (TypeError, ValueError):
        number = float("nan")
    if not least <= number <= most:
        raise ExperimentInvalid(
            f"{name} is a number from {least:g} to {most:g}, got {given!r}. Choose another."
        )
    return number
