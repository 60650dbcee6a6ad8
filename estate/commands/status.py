"""`estate status`: what runs where, as the environment's own AWS API tells it, and in what state a twin's zones are."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from catalogue import load_estate
from catalogue.environment import Kind
from estate import blocked, refusals
from estate.aws import Clients
from estate.blocked import BlockedCall, read_blocked
from estate.clock import Clock, clock_of
from estate.observation import Observation, Row, observe
from estate.places import Places, as_called
from estate.refusals import Refusal, read_refusals, roles_of
from estate.terminal import Terminal
from twin.aws.emulator.process import find
from twin.runtime import process

__all__ = ["Status", "follow", "run"]

_FOLLOW_SECONDS = 1.0


@dataclass(frozen=True)
class Status:
    """Attributes:
    control_plane: ``up`` or ``down``.
    data_plane: of a twin, what its supervisor says of itself; None where none answers.
    refused: calls that roles of a twin were refused, the latest first; None on AWS, where CloudTrail tells.
    asked_at: seconds since the epoch.
    """

    environment: str
    control_plane: str
    seen: Observation = field(default_factory=Observation)
    data_plane: Mapping[str, Any] | None = None
    is_twin: bool = True
    refused: Sequence[Refusal] | None = None
    asked_at: float = field(default_factory=time.time)

    @property
    def holds(self) -> bool:
        return self.control_plane == "up" and not self.complaints()

    def complaints(self) -> list[str]:
        """What is not well. Of a twin whose data plane was never started nothing is expected to run."""
        if not self.is_twin or self.data_plane is not None:
            return [
                *self.seen.complaints(),
                *self._problems(),
                *refusals.complaints(self.refused or (), self.asked_at),
                *blocked.complaints(self._blocked(), self.asked_at),
            ]
        if any(row["running"] for row in self.seen.services):
            return ["the data plane is gone, and what the API tells of it is as it was"]
        return []

    @property
    def clock(self) -> Clock | None:
        """None where no data plane runs, and on AWS."""
        return clock_of(self.data_plane)

    def _blocked(self) -> list[BlockedCall]:
        return read_blocked(self.data_plane)

    def _problems(self) -> list[str]:
        """What is declared, and the data plane does not do."""
        problems: Mapping[str, str] = (self.data_plane or {}).get("problems", {})
        return [f"{name}: {sentence.rstrip('.')}" for name, sentence in problems.items()]

    def to_json(self) -> Mapping[str, Any]:
        document = {
            "environment": self.environment,
            "control_plane": self.control_plane,
            "clock": self.clock.to_json() if self.clock else None,
            "data_plane": self.data_plane,
            "complaints": self.complaints(),
            "blocked": [asdict(it) for it in self._blocked()],
            "refused": None if self.refused is None else [asdict(it) for it in self.refused],
            **asdict(self.seen),
        }
        return document | {"zones": self._zones()}

    def _zones(self) -> list[Row]:
        conditions = (self.data_plane or {}).get("zones", {})
        return [row | {"condition": _condition(conditions.get(row["name"]))} for row in self.seen.zones]

    def show(self, console: Console) -> None:
        for part in self.parts():
            console.print(part)

    def parts(self) -> list[RenderableType]:
        if self.control_plane == "down":
            return [Text(self._down())]
        waiting = [row for row in self.seen.queues if row["messages"]]
        tables = {
            "zones": self._zones(),
            "services": self.seen.services,
            "databases": self.seen.databases,
            "caches": self.seen.caches,
            "queues with messages": waiting,
            "refused calls": self._refused_rows(),
            "blocked calls": [asdict(it) | {"at": self._ago(it.at)} for it in self._blocked()],
        }
        shown: list[RenderableType] = [
            it for name, rows in tables.items() if rows for it in (_table(name, rows), Text())
        ]
        return [*shown, *(Text(line) for line in self._summary(len(waiting)))]

    def _refused_rows(self) -> list[Row]:
        return [
            {
                "role": it.role,
                "action": it.action,
                "count": it.count,
                "last": self._ago(it.at),
                "resource": it.resource,
            }
            for it in self.refused or ()
        ]

    def _ago(self, at: float) -> str:
        return f"{max(0, self.asked_at - at):.0f} s ago"

    def _down(self) -> str:
        serving = "its data plane goes on serving" if self.data_plane else "nothing of it runs"
        return (
            f"{self.environment}: the control plane is down; {serving}. "
            f"Run '{as_called()} up {self.environment}' to bring it back."
        )

    def _summary(self, waiting: int) -> list[str]:
        states = Counter(row["state"] for row in self.seen.alarms)
        complaints = self.complaints()
        lines = [
            f"{len(self.seen.queues) - waiting} of {len(self.seen.queues)} queues are empty.",
            f"{self.environment}: the control plane is up; {len(self.seen.alarms)} alarms, {states['ALARM']} of them "
            f"ringing, {states['INSUFFICIENT_DATA']} without data.",
        ]
        if self.is_twin and self.data_plane is None:
            lines.append(f"Nothing runs: start it with '{as_called()} up {self.environment}'.")
        if self.clock and self.clock.warning:
            lines.append(self.clock.warning)
        faults = (self.data_plane or {}).get("faults", [])
        lines += [f"Fault: {_fault(fault)}" for fault in faults]
        lines += [f"Not well: {complaint}." for complaint in complaints]
        if complaints or (self.is_twin and self.data_plane is None):
            return lines
        return [*lines, "Everything that is wanted runs and is healthy."]


def run(environment: str) -> Status:
    """Asks; changes nothing."""
    estate = load_estate(environment)
    if estate.environment.kind is not Kind.TWIN:
        return Status(environment, "up", observe(estate, Clients(estate, None)), is_twin=False)
    places = Places.of(environment)
    supervisor = process.find(places.runtime)
    running = supervisor.status() if supervisor else None
    emulator = find(places.folder)
    if emulator is None:
        return Status(environment, "down", data_plane=running)
    try:
        seen = observe(estate, Clients(estate, emulator.endpoint))
        refused = read_refusals(roles_of(emulator.endpoint))
        return Status(environment, "up", seen, running, refused=refused)
    except ClientError:
        raise
    except (BotoCoreError, httpx.HTTPError):
        return Status(environment, "down", data_plane=running)


def follow(environment: str, terminal: Terminal) -> int:
    """The status has been shown anew each second until interrupted."""
    with Live(console=terminal.out, screen=True, auto_refresh=False) as live:
        while True:
            live.update(Group(*run(environment).parts()), refresh=True)
            time.sleep(_FOLLOW_SECONDS)


def _condition(condition: Mapping[str, Any] | None) -> str:
    """A twin's zone in one word; on AWS nobody tells."""
    if condition is None:
        return "-"
    words = {
        "without power": not condition["has_power"],
        "frozen": condition["is_frozen"],
        "cut off": not condition["boundary"]["is_open"],
        "degraded": condition["boundary"]["latency_ms"] or condition["boundary"]["loss_percent"],
        "shifted away": condition["is_shifted_away"],
    }
    return ", ".join(word for word, applies in words.items() if applies) or "well"


def _fault(fault: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in fault.items() if name != "id")


def _table(name: str, rows: Sequence[Row]) -> Table:
    table = Table(*rows[0], title=name, title_justify="left", box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    return table


def _cell(value: Any) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(f"{it['role']} in {it['zone']}" for it in value)
        case _:
            return str(value)
