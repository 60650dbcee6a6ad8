"""The calibration in real time on a slice, in its short form: the steps, of both kinds."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.twin.estate.command import ROOT, Twin, taken_away

pytestmark = [pytest.mark.full, pytest.mark.twin, pytest.mark.timeout(1800)]

PHASES = 4
RUN_SECONDS = 1200


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    """Up, in real time."""
    twin = Twin(tmp_path_factory.mktemp("calibration") / "home", runs=True, profile="aws")
    with taken_away(twin):
        yield twin


def test_scaling_takes_as_long_as_aws_published(running: Twin, tmp_path: Path) -> None:
    """The delays of publication are fitted; that triggers come in their windows is not."""
    running.document("up")
    output = tmp_path / "found.json"
    phases = [f"--phases={PHASES}", f"--fast-phases={PHASES}"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.trials.calibration", "--short", *phases, f"--output={output}"],
        env=running.variables(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    assert output.exists(), done.stderr
    found = json.loads(output.read_text())
    assert [(name, it["verdict"], it["void_because"]) for name, it in found["groups"].items()] == [
        ("steps of a minute", "holds", []),
        ("steps of 20 seconds", "holds", []),
    ]
    assert done.returncode == 0
    assert [it["name"] for it in running.document("status")["services"]] == [
        "case",
        "cell-families",
        "payments",
        "portal",
    ]
