"""Two sides that are measured in turns, so that whatever else the machine does befalls both. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Side", "beside", "turns"]


@dataclass
class Side:
    """Attributes: latencies: seconds, of what succeeded. busy_seconds: of processors, where that is known."""

    name: str
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list[float])
    failed: int = 0
    busy_seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    @property
    def p99_ms(self) -> float:
        ordered = sorted(self.latencies)
        return 1000 * ordered[int(len(ordered) * 0.99)] if ordered else 0.0

    @property
    def busy_ms(self) -> float:
        """Of a processor, for each that succeeded."""
        return 1000 * self.busy_seconds / len(self.latencies) if self.latencies else 0.0


def turns(sides: Sequence[Side], rounds: int) -> Iterator[Side]:
    """Each side so often, in an order that is turned round each time."""
    for number in range(rounds):
        yield from sides if number % 2 == 0 else reversed(sides)


def beside(on: Side, off: Side) -> dict[str, Any]:
    """Figures of both sides and their ratios; a ratio of 1 costs nothing."""
    figures = {
        "per_second": (on.per_second, off.per_second),
        "p99_ms": (on.p99_ms, off.p99_ms),
    }
    if on.busy_seconds and off.busy_seconds:
        figures["busy_ms"] = (on.busy_ms, off.busy_ms)
    shown: dict[str, Any] = {
        name: {
            on.name: round(one, 3),
            off.name: round(other, 3),
            "ratio": round(one / other, 3) if other else None,
        }
        for name, (one, other) in figures.items()
    }
    return shown | {"failed": {on.name: on.failed, off.name: off.failed}}
