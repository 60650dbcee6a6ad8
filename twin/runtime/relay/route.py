"""What a relay is told: where to listen, and where each name leads under which conditions."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Conditions", "LoginRule", "Route", "Target", "from_line", "to_line"]


@dataclass(frozen=True)
class Conditions:
    """What bytes meet on their way, the same both ways.

    Attributes:
        is_open: otherwise bytes stop, and nobody is told.
        latency_ms: one way. loss_percent: of packets, which TCP sends again.
        bytes_per_second: of all connections of the route together, each way; None without bound.
    """

    is_open: bool = True
    latency_ms: float = 0.0
    loss_percent: float = 0.0
    bytes_per_second: float | None = None


@dataclass(frozen=True)
class Target:
    address: str
    port: int
    conditions: Conditions = Conditions()


@dataclass(frozen=True)
class LoginRule:
    """Who shows a token. Attributes: kind: ``database`` or ``cache``; without_token: users whose word is taken."""

    kind: str
    without_token: tuple[str, ...] = ()


@dataclass(frozen=True)
class Route:
    """A DNS name as one zone, or one service in it, sees it.

    Attributes:
        targets: dealt out in turn; without any, connections are refused.
        is_admitted: otherwise new connections hang, and those that there are go on.
        login: None where nobody is asked for a token.
    """

    name: str
    address: str
    port: int
    targets: tuple[Target, ...]
    is_admitted: bool = True
    login: LoginRule | None = None


def to_line(number: int, routes: Iterable[Route]) -> bytes:
    """All routes of a relay, as one line. Args: number: of the message, which the answer repeats."""
    return json.dumps({"number": number, "routes": [asdict(it) for it in routes]}).encode() + b"\n"


def from_line(line: bytes) -> tuple[int, tuple[Route, ...]]:
    document = json.loads(line)
    return document["number"], tuple(_route(it) for it in document["routes"])


def _route(document: Mapping[str, Any]) -> Route:
    return Route(
        document["name"],
        document["address"],
        document["port"],
        tuple(_target(it) for it in document["targets"]),
        document["is_admitted"],
        _login(document["login"]),
    )


def _login(document: Mapping[str, Any] | None) -> LoginRule | None:
    return LoginRule(document["kind"], tuple(document["without_token"])) if document else None


def _target(document: Mapping[str, Any]) -> Target:
    return Target(document["address"], document["port"], Conditions(**document["conditions"]))
