"""What a source of metrics is."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from twin.runtime.metrics.datum import Datum
from twin.runtime.metrics.periods import Tick

__all__ = ["Source"]


class Source(Protocol):
    """Measures one kind of part.

    Attributes:
        name: for the log. problems: what is declared and cannot be measured, by where; for the status.
    """

    name: str

    @property
    def problems(self) -> Mapping[str, str]: ...

    async def look(self, now: float) -> None:
        """What changes within a period was looked at. Args: now: seconds since the epoch."""
        ...

    async def read(self, tick: Tick) -> Sequence[Datum]:
        """What was measured in the periods that have ended."""
        ...
