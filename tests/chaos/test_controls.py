"""Whatever is wrong before a run ends it with its reason: Chaos Toolkit would pass over it and go on."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from chaoslib.exceptions import InterruptExecution

from chaos import controls, probes, session
from chaos.exceptions import EstateAway, NoRun
from chaos.experiment import find
from chaos.place import Place
from chaos.tier_objectives import Sample
from tests.chaos.acting import place, run, standing

GOOD = Sample([0.1] * 20, 0)


@pytest.fixture
def result(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    file = tmp_path / "result.json"
    monkeypatch.setenv("ESTATE_CHAOS_RESULT", str(file))
    monkeypatch.setattr(Place, "of", lambda *_: place(standings=[standing("portal", "a")]))
    monkeypatch.setattr(Place, "check_up", lambda _: None)
    return file


def document(**changes: Any) -> dict[str, Any]:
    return {**find("task-lost").document, **changes}


class Begun:
    """A session that has begun, and whose protection cannot be taken away."""

    def __init__(self, root: Path, error: Exception) -> None:
        self.run, self._error = run(root), error

    def remove_protection(self) -> None:
        raise self._error


def begun(monkeypatch: pytest.MonkeyPatch, root: Path, error: Exception) -> Begun:
    made = Begun(root, error)
    monkeypatch.setattr(controls, "Session", SimpleNamespace(begin=lambda *_: made))
    return made


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (EstateAway("it is not so that portal has 1 task"), "it is not so that portal has 1 task"),
        (KeyError("RedrivePolicy"), "KeyError: 'RedrivePolicy'"),
    ],
    ids=["a sentence", "a bug"],
)
def test_a_protection_that_cannot_be_taken_away_ends_the_run_void(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, result: Path, error: Exception, said: str
) -> None:
    made = begun(monkeypatch, tmp_path, error)
    with pytest.raises(InterruptExecution, match=said):
        controls.before_experiment_control(document(), {"control_case": "yes"})
    session.put(None)
    assert json.loads(result.read_text()) == {"refused": said}
    assert f"It was refused before anything was broken: {said}" in made.run.finish().reasons


@pytest.mark.parametrize(
    ("changes", "configuration", "said"),
    [
        ({}, {"rate": "fast"}, "rate is a number from"),
        ({"extensions": []}, {}, "has no extension 'estate'"),
    ],
    ids=["a setting", "the file"],
)
def test_what_cannot_be_run_is_refused_with_its_reason(
    result: Path, changes: dict[str, Any], configuration: dict[str, str], said: str
) -> None:
    with pytest.raises(InterruptExecution, match=said):
        controls.before_experiment_control(document(**changes), configuration)
    assert said in json.loads(result.read_text())["refused"]
    with pytest.raises(NoRun):
        session.current()


def test_a_service_that_it_needs_and_is_not_there_is_said(
    monkeypatch: pytest.MonkeyPatch, result: Path
) -> None:
    at = place()
    at.estate = SimpleNamespace(services={}, environment=at.estate.environment)  # type: ignore[assignment]
    monkeypatch.setattr(Place, "of", lambda *_: at)
    with pytest.raises(InterruptExecution, match="'task-lost' needs portal, and 'local' does not have it"):
        controls.before_experiment_control(document(), {})


def test_every_round_that_was_asked_for_is_in_the_method(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, result: Path
) -> None:
    begun(monkeypatch, tmp_path, RuntimeError("not asked"))
    context = document()
    once = len(context["method"])
    controls.before_experiment_control(context, {"faults": "3"})
    session.put(None)
    assert len(context["method"]) == 3 * once
    assert not result.exists()


def test_without_a_session_there_is_nothing_to_conclude() -> None:
    controls.after_experiment_control({}, {})


def test_a_run_that_cannot_be_concluded_is_void_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fails(*_: Any) -> None:
        raise ValueError("no such member")

    closed, made, result = list[bool](), run(tmp_path), tmp_path / "result.json"
    monkeypatch.setattr(controls, "conclude", fails)
    journal = SimpleNamespace(close=lambda: closed.append(True))
    session.put(
        SimpleNamespace(  # type: ignore[arg-type]
            run=made, settings=SimpleNamespace(result=result), hands=SimpleNamespace(journal=journal)
        )
    )
    controls.after_experiment_control({}, {})
    said = "The run could not be concluded, and proves nothing: ValueError: no such member"
    assert json.loads(result.read_text()) == {"refused": said}
    assert said in made.record.reasons
    assert closed == [True]
    with pytest.raises(NoRun):
        session.current()


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SimpleNamespace:
    """The session that probes ask. Attributes: sample: what requests meet; is_whole."""
    objectives = SimpleNamespace(availability_percent=99.95, p99_ms=800)
    found = SimpleNamespace(
        place=place(standings=[standing("portal", "a")]),
        run=run(tmp_path),
        objectives=objectives,
        until_healthy=lambda: found.is_whole,
        sample=GOOD,
        is_whole=True,
    )
    monkeypatch.setattr(probes, "current", lambda: found)
    monkeypatch.setattr(probes, "sample", lambda edge: found.sample)
    return found


@pytest.mark.parametrize(
    ("sample", "are_served"),
    [(GOOD, True), (Sample([0.1] * 19, 1), False), (Sample([0.9] * 20, 0), False)],
    ids=["all at once", "one failed", "slowly"],
)
def test_people_are_served_as_the_tier_promises(
    seen: SimpleNamespace, sample: Sample, are_served: bool
) -> None:
    seen.sample = sample
    assert probes.people_are_served() is are_served
    assert [it.title for it in seen.run.finish().events] == ["a sample of requests"]


def test_all_that_is_wanted_is_healthy_where_the_estate_is_whole(seen: SimpleNamespace) -> None:
    assert probes.all_that_is_wanted_is_healthy()
    seen.is_whole = False
    assert not probes.all_that_is_wanted_is_healthy()
    seen.place.standings = list
    with pytest.raises(EstateAway, match="The cluster has no services"):
        probes.all_that_is_wanted_is_healthy()
