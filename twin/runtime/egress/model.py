"""Services as callers and as called, in the words of ECS Service Connect."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Alias", "EgressPlace", "Service"]


@dataclass(frozen=True)
class Alias:
    """A name under which others call a service. Attributes: request_timeout_seconds: 0 for any time."""

    name: str
    port: int
    request_timeout_seconds: float
    idle_timeout_seconds: float


@dataclass(frozen=True)
class Service:
    """Attributes:
    zones: in which its tasks may run.
    namespace: in which it calls others and is called; None where it has no part in Service Connect.
    serves: discovery names and the aliases of each.
    """

    region: str
    name: str
    zones: tuple[str, ...]
    namespace: str | None
    serves: tuple[tuple[str, Alias], ...]


@dataclass(frozen=True)
class EgressPlace:
    """Attributes: factor: by which AWS's times are multiplied. partners_domain: that all partners' hosts end with."""

    zone: str
    region: str
    address: str
    access_log: Path
    factor: float
    partners_domain: str
