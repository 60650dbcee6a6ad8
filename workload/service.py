"""What a role is made of: operations over HTTP, work from queues, loops in the background, and how each is doing."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from workload.priority import Priority

__all__ = ["Handler", "Loop", "Operation", "Probe", "Service", "Worker"]

Handler = Callable[[Request], Awaitable[Response]]
Probe = Callable[[], Awaitable[None]]
"""Returns where a dependency answers, and raises where it does not."""


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked over HTTP.

    Attributes:
        path: as Starlette writes it, such as ``/cases/{application_id}``.
        measured: whether it is an operation of the benefit in its path, which the benefit's objectives count.
        request: JSON schema of the body, for the API's document. answers: JSON schema by status.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    priority: Priority = Priority.NORMAL
    measured: bool = False
    request: Mapping[str, Any] | None = None
    answers: Mapping[int, Mapping[str, Any]] = field(default_factory=dict[int, Mapping[str, Any]])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Loop:
    """Work that goes on until the task stops; it is begun again where it ends in an error."""

    name: str
    run: Callable[[], Awaitable[None]]


class Worker(Protocol):
    """Work that has to be stopped in order, such as a queue's consumer."""

    @property
    def name(self) -> str: ...

    async def run(self) -> None:
        """Works until it was told to stop, and has finished what it began."""
        ...

    def stop(self) -> None: ...


@dataclass(frozen=True)
class Service:
    """Attributes: probes: what `/ready` asks, by the dependency's name in the contract."""

    operations: Sequence[Operation]
    loops: Sequence[Loop] = ()
    workers: Sequence[Worker] = ()
    probes: Mapping[str, Probe] = field(default_factory=dict[str, Probe])
