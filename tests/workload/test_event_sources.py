"""Who announces on the bus names itself so that the bus's rule knows it (stacks/events.py, SOURCES)."""

from types import ModuleType
from typing import Any

import pytest

from stacks.events import SOURCES
from tests.workload.world import World
from workload import benefits
from workload.openapi_role import service_for
from workload.roles import case, decision, exchange, hub


@pytest.mark.parametrize("role", ["case", "decision", "exchange", "hub", "cell"])
def test_a_source_begins_as_the_rule_wants_it(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sources: list[str] = []
    modules: dict[str, ModuleType] = {
        "case": case,
        "decision": decision,
        "exchange": exchange,
        "hub": hub,
        "cell": benefits,
    }
    monkeypatch.setattr(modules[role], "bus_sender", lambda *given: sources.append(given[3]))
    if role == "cell":
        _announce_as_a_cell()
    else:
        service_for(role)
    (prefix,) = SOURCES["source"]
    assert len(sources) == 1
    assert sources[0].startswith(prefix["prefix"])


def _announce_as_a_cell() -> Any:
    frame = World("cell", "cell-families", buses={"agency": "agency"}).frame()
    return benefits._senders(frame)  # pyright: ignore[reportPrivateUsage]
