"""How fast a twin's waits pass, and what may not be concluded where they do not pass in real time."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Clock", "clock_of"]


@dataclass(frozen=True)
class Clock:
    """Attributes: profile: of waiting times. factor: by which its waits are multiplied."""

    profile: str
    factor: float
    is_real_time: bool

    def to_json(self) -> Mapping[str, Any]:
        return asdict(self)

    @property
    def warning(self) -> str | None:
        """A sentence for whoever reads a result; None in real time."""
        if self.is_real_time:
            return None
        return (
            f"Waits are not real time (profile {self.profile}, clock factor {self.factor:g}): "
            "nothing here says how long recovery takes, or what is lost or slow meanwhile."
        )


def clock_of(status: Mapping[str, Any] | None) -> Clock | None:
    """Of what a twin's supervisor says of itself; None where none does."""
    if not status or "is_real_time" not in status:
        return None
    return Clock(status["profile"], float(status["clock_factor"]), bool(status["is_real_time"]))
