"""A file as Chaos Toolkit plays it, from its control to its evidence, on an estate in memory."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from chaoslib.experiment import run_experiment

from chaos import conclusion, probes, session
from chaos.experiment import find
from chaos.place import Place
from chaos.session import Session
from chaos.tier_objectives import Sample
from evidence import Account, Outcome, Verdict
from evidence.ledger import Attempt, Operation
from load_tests.tally import Tally, tally
from tests.chaos.stand_in import StandIn
from tests.chaos.test_session import TAKEN, Ecs, Load, held, now, there

__all__ = ["now"]

ZONES = ("eu-west-2a", "eu-west-2b", "eu-west-2c")


class Served(Load):
    """One person came, and was served."""

    def operations(self) -> list[Operation]:
        at = self.begin_at + 1
        attempts = (Attempt(at, 0.1, 201),)
        return [Operation("k", "submit", "b", at, at, attempts, Outcome.ACKNOWLEDGED, at + 0.1, 201, "id")]

    def tally(self) -> Tally:
        return tally({"k": "submit"}, self.operations())


@pytest.fixture
def play(
    now: list[float], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, endpoint: StandIn
) -> Callable[..., tuple[dict[str, Any], list[str]]]:
    """Plays `az-power-loss`. Returns: the document, and in which order what was done."""
    told = list[str]()
    at = there(*ZONES, faults=endpoint.url, ecs=Ecs(told))

    def compare(*_: Any) -> Account:
        told.append("compared")
        return Account(10)

    monkeypatch.setattr(Place, "of", lambda *_: at)
    monkeypatch.setattr(Place, "check_up", lambda _: None)
    monkeypatch.setattr(Session, "_load", lambda self, number: Served(self.run.folder / f"round-{number}"))
    monkeypatch.setattr(session, "removal", lambda *_: TAKEN)
    monkeypatch.setattr(conclusion, "compare", compare)
    monkeypatch.setattr(probes, "sample", lambda _: Sample([0.1] * 20, 0))

    def playing(**changes: Any) -> tuple[dict[str, Any], list[str]]:
        result = tmp_path / "result.json"
        made = replace(held(tmp_path, at), settings=held(tmp_path, at, result=result, **changes).settings)
        monkeypatch.setattr(Session, "begin", lambda *_: made)
        variables = {"faults": str(made.settings.faults)}
        if made.settings.is_control_case:
            variables["control_case"] = "yes"
        given: Any = (variables, {})
        run_experiment(json.loads(json.dumps(find("az-power-loss").document)), experiment_vars=given)
        return json.loads(result.read_text()), told

    return playing


def test_a_run_of_two_rounds_that_nobody_noticed_holds(
    play: Callable[..., tuple[dict[str, Any], list[str]]], endpoint: StandIn
) -> None:
    document, told = play(faults=2)
    assert (document["verdict"], document["reasons"]) == (Verdict.HOLDS, [])
    assert (document["status"], document["interrupted"], document["rolled_back"]) == (
        "completed",
        False,
        True,
    )
    assert [it["fails"] for it in document["rounds"]] == [False, False]
    assert all(it["capacity_seconds"] for it in document["rounds"])
    assert (sorted(endpoint.faults), endpoint.active, told) == (["f0", "f1"], [], ["compared"])


def test_a_control_case_is_judged_while_its_protection_is_away(
    play: Callable[..., tuple[dict[str, Any], list[str]]], endpoint: StandIn
) -> None:
    document, told = play(is_control_case=True)
    assert document["is_control_case"]
    assert told == ["put back", "compared", "put back"], "the first of them took it away"
    assert endpoint.active == []


def test_ctrl_c_undoes_the_fault_and_is_told(
    play: Callable[..., tuple[dict[str, Any], list[str]]], endpoint: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Served, "wait", interrupted)
    document, told = play(is_control_case=True)
    assert (document["interrupted"], document["verdict"]) == (True, Verdict.VOID)
    assert told == ["put back", "compared", "put back"]
    assert (list(endpoint.faults), endpoint.active) == (["f0"], [])
