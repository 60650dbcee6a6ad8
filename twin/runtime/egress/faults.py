"""What is done on purpose to what services send: delays, refusals, silence."""

from collections.abc import Mapping
from dataclasses import dataclass

from twin.runtime.directory import Table

__all__ = ["ANYBODY", "AWS", "PARTNERS", "EgressFaults", "Fault"]

ANYBODY = "any"
"""In place of a caller: whoever calls."""

AWS, PARTNERS = "aws", "partners"
"""In place of a destination: all of AWS's hosts, all partners."""


@dataclass(frozen=True)
class Fault:
    """Attributes:
    delay_percent, abort_percent: of requests.
    is_black_hole: no request gets an answer, whatever else is said.
    """

    delay_ms: float = 0.0
    delay_percent: float = 100.0
    abort_percent: float = 0.0
    abort_status: int = 503
    is_black_hole: bool = False


class EgressFaults:
    """Faults by caller and destination; a change acts within a tenth of a second.

    A destination is a host as the caller names it (``case``, ``dwp.partners.…``, ``sqs.eu-west-2.amazonaws.com``), or
    AWS or PARTNERS.

    A fault of the very host counts before one of its kind, one of the very caller before one of ANYBODY.
    """

    def __init__(self) -> None:
        self._faults = Table[tuple[str, str], Fault]()

    @property
    def version(self) -> int:
        return self._faults.version

    def put(self, caller: str, destination: str, fault: Fault) -> None:
        """What the caller sends there is treated so from now on."""
        self._faults.put((caller, destination), fault)

    def clear(self, caller: str, destination: str) -> None:
        self._faults.drop((caller, destination))

    def all(self) -> Mapping[tuple[str, str], Fault]:
        return self._faults.all()

    def of(self, caller: str, *destinations: str) -> Fault | None:
        """What meets the caller's requests. Args: destinations: the narrower name first."""
        keys = ((who, where) for where in destinations for who in (caller, ANYBODY))
        return next((found for key in keys if (found := self._faults.get(key))), None)

    def hosts(self, ending: str) -> list[str]:
        """Destinations that are hosts with the ending."""
        return sorted({where for _, where in self._faults.all() if where.endswith(ending)})
