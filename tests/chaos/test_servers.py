"""How busy a twin's servers are is written while a run goes on, and read for the time of each of its rounds."""

import json
from pathlib import Path
from threading import Event

import pytest

from chaos.servers import busiest_servers, watched


def test_what_is_seen_while_a_run_goes_on_is_read_afterwards(tmp_path: Path) -> None:
    file, seen = tmp_path / "servers.jsonl", Event()

    def look() -> dict[str, float]:
        seen.set()
        return {"the emulator": 42.0}

    with watched(look, file, every_seconds=0.01):
        assert seen.wait(60)
    assert busiest_servers(file, 0, float("inf")) == {"the emulator": 42.0}


@pytest.mark.parametrize(
    ("begin_at", "end_at", "busiest"),
    [(0, 3, {"Envoy 1": 20.0}), (0, 9, {"Envoy 1": 70.0, "Envoy 2": 5.0}), (10, 20, None)],
    ids=["the begin", "all of it", "later"],
)
def test_the_most_that_each_used_for_some_looks_of_that_time_counts(
    tmp_path: Path, begin_at: float, end_at: float, busiest: dict[str, float] | None
) -> None:
    """Over three looks: one alone is an accident."""
    file = tmp_path / "servers.jsonl"
    used = [10, 20, 30, 90, 90, 0, 0]
    looks = [{"at": at, "used": {"Envoy 1": it}} for at, it in enumerate(used, 1)]
    looks.append({"at": 9, "used": {"Envoy 2": 5.0}})
    file.write_text("".join(f"{json.dumps(it)}\n" for it in looks))
    assert busiest_servers(file, begin_at, end_at) == busiest


def test_where_nobody_looked_nothing_is_known(tmp_path: Path) -> None:
    assert busiest_servers(tmp_path / "nowhere.jsonl", 0, 1) is None
