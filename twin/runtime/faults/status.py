"""What the supervisor says of itself."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from twin.runtime.faults.ledger import Ledger
from twin.runtime.ground import Ground
from twin.runtime.supervisor import PartState

__all__ = ["Teller", "status"]

Teller = Callable[[], Any]
"""Says one member of the status; what it returns is fit for JSON."""


def status(
    ground: Ground, states: Mapping[str, PartState], ledger: Ledger, tellers: Mapping[str, Teller]
) -> dict[str, Any]:
    """Parts, zones with their processes, faults at work, the control plane, addresses, and what the tellers say."""
    return {
        "run": ground.run,
        "environment": ground.settings.environment,
        "profile": ground.settings.profile,
        "clock_factor": ground.profile.clock_factor,
        "is_real_time": ground.profile.is_real_time,
        "block": ground.addresses.block,
        "control_plane": {"is_up": ground.control_plane.is_up, "endpoint": ground.control_plane.endpoint},
        "edge": dict(ground.directory.edge.all()),
        "parts": {name: _without_name(state) for name, state in states.items()},
        "zones": {
            zone: {**asdict(condition), "processes": _processes(ground, zone)}
            for zone, condition in ground.zones.snapshot().items()
        },
        "processes": _processes(ground, None),
        "tasks": len(ground.directory.task_pids.all()),
        "faults": [_shown(fault.document()) for fault in ledger.active()],
        **{name: tell() for name, tell in tellers.items()},
    }


def _processes(ground: Ground, zone: str | None) -> list[dict[str, Any]]:
    found = [{"name": it.name, "pid": it.pid} for it in ground.processes.running() if it.zone == zone]
    return sorted(found, key=lambda it: (it["name"], it["pid"]))


def _without_name(state: PartState) -> dict[str, Any]:
    return {member: value for member, value in asdict(state).items() if member != "name"}


def _shown(document: Mapping[str, Any]) -> dict[str, Any]:
    left_out = {"is_active", "ended_at", "ending"}
    return {member: value for member, value in document.items() if member not in left_out}
