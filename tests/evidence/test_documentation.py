"""The page on evidence: every command of it runs, and what it names is there."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from estate.places import project_root
from evidence.facts import EventKind
from evidence.ledger import Account
from evidence.record import SCHEMA

PAGE = (project_root() / "docs" / "evidence.md").read_text()
DEADLINE_SECONDS = 200


@pytest.mark.twin
def test_every_command_of_the_page_runs(tmp_path: Path) -> None:
    (block,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "2 runs in" in done.stdout
    assert "It does not hold: experiment zone-power-loss" in " ".join(done.stdout.split())
    written = {
        it.name: json.loads((it / "record.json").read_text()) for it in (tmp_path / "my-evidence").glob("2*")
    }
    assert sorted((it["seed"], it["verdict"]) for it in written.values()) == [
        (1, "HOLDS"),
        (2, "DOES_NOT_HOLD"),
    ]
    left = {it.name for folder in written for it in (tmp_path / "my-evidence" / folder).iterdir()}
    told = {
        name
        for row in re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE)
        for name in re.findall(r"`(.+?)`", row)
    }
    assert {re.sub(r"ledger-\w+", "ledger-*", it) for it in left} == told


def test_it_names_every_kind_of_event_and_every_fate_of_a_promise() -> None:
    assert " ".join(EventKind) in PAGE
    assert all(f"`{it}`" in PAGE for it in Account.__dataclass_fields__ if it != "acknowledged")
    assert SCHEMA in PAGE
