"""A launch from begin to end against a small real server: what it leaves, and what makes it void."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evidence import EnvironmentKind, EnvironmentLabel, Verdict
from evidence.record import from_document
from load_tests.estate_ledger import PaymentBook
from load_tests.exceptions import EstateDown
from load_tests.generator_process import GeneratorProcess
from load_tests.launching import launch
from load_tests.plan import Plan, PlanSettings
from load_tests.surroundings import Surroundings
from tests.load_tests.plans import CATALOGUE
from tests.load_tests.stand_in import StandIn, standing_in

LABEL = EnvironmentLabel("slice", EnvironmentKind.TWIN, "A stand-in.", "one small server", "aws")


def no_aws(service: str) -> Any:
    raise ConnectionError(f"nobody answers for {service}")


def planned(edge: str, duration_scale: float = 0.02) -> tuple[Plan, PlanSettings]:
    settings = PlanSettings("slice", "ten-fold-step", 5, f"test-{time.time_ns()}", 0.08, duration_scale, edge)
    return Plan.of(CATALOGUE, settings), settings


def surroundings(folder: Path, edge: str) -> Surroundings:
    return Surroundings(LABEL, folder, no_aws, "estate", ("portal",), PaymentBook(edge, "dwp"))


@pytest.mark.twin
def test_a_launch_leaves_a_record_that_says_what_became_of_everybody(tmp_path: Path) -> None:
    with standing_in(StandIn()) as server:
        plan, settings = planned(server.url)
        done = launch(plan, settings, surroundings(tmp_path, server.url))
    record = from_document(json.loads((done.folder / "record.json").read_text()), "record.json")

    # How late this machine sends and how busy it is decide between holding and void, so only the rest is looked at.
    assert done.tally.scheduled == len(list(plan.schedule.operations()))
    assert (done.tally.operations_failed, done.account.lost, done.account.doubled) == (0, (), ())
    assert done.account.acknowledged == len(server.stored)
    assert record.objectives[-1].name == "Who submits or saves is served"
    assert [it.holds for it in record.objectives] == [True, True]
    assert [it for it in record.voids if "schedule was not kept" not in it and "of a core" not in it] == []
    assert [it.title for it in record.events if it.kind == "phase"] == [
        "preparation",
        "usual",
        "step",
        "ten-fold",
        "usual-again",
        "afterwards",
    ]
    assert any("AWS's API did not answer" in it.title for it in record.events)
    assert {"arrivals/operations", "latency/p99", "success/submit"} <= {it.name for it in record.series}
    assert any("evidence" in it.text for it in record.assumptions)
    assert (done.folder / "report.html").exists()


@pytest.mark.twin
def test_a_generator_that_is_killed_leaves_a_void_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[Callable[[], None]] = []
    begun = GeneratorProcess.__init__

    def begin(self: GeneratorProcess, *arguments: Any) -> None:
        begun(self, *arguments)
        said.append(self._popen.kill)

    monkeypatch.setattr(GeneratorProcess, "__init__", begin)
    with standing_in(StandIn()) as server:
        plan, settings = planned(server.url)

        def kill_when_sent(line: str) -> None:
            if said and not line.startswith("asking"):
                said[0]()

        done = launch(plan, settings, surroundings(tmp_path, server.url), kill_when_sent)

    assert done.verdict is Verdict.VOID
    assert "The generator ended with -9 before its schedule was over." in done.record.reasons


def test_an_estate_that_is_down_is_told_of_and_nothing_is_begun(tmp_path: Path) -> None:
    with standing_in(StandIn()) as server:
        url = server.url
    plan, settings = planned(url)

    with pytest.raises(EstateDown, match="Nobody answers at .* so nothing was sent"):
        launch(plan, settings, surroundings(tmp_path, url))
    assert list(tmp_path.iterdir()) == []


def test_an_estate_that_is_ill_before_any_load_is_told_of(tmp_path: Path) -> None:
    with standing_in(StandIn(sheds=("/",))) as server:
        plan, settings = planned(server.url)
        with pytest.raises(EstateDown, match="answers 503 before any load"):
            launch(plan, settings, surroundings(tmp_path, server.url))
    assert list(tmp_path.iterdir()) == []
