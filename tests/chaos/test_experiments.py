"""The files: each is one that Chaos Toolkit takes, says how near it is to AWS, and has a control case."""

import json
from pathlib import Path

import pytest
from chaoslib.experiment import ensure_experiment_is_valid

from catalogue import load_catalogue
from chaos.exceptions import ExperimentInvalid, ExperimentUnknown
from chaos.experiment import FOLDER, Experiment, Fidelity, experiments, find
from chaos.settings import RunSettings
from chaos.tier_objectives import objectives_of

FILES = sorted(FOLDER.glob("*.json"))


def test_these_are_the_experiments() -> None:
    assert [(it.name, it.about.aws) for it in experiments()] == [
        ("az-frozen", Fidelity.TWIN_ONLY),
        ("az-power-loss", Fidelity.TWIN_ONLY),
        ("az-with-writer-and-cache-primary", Fidelity.TWIN_ONLY),
        ("database-failover", Fidelity.SAME),
        ("dwp-down", Fidelity.TWIN_ONLY),
        ("payments-system-down", Fidelity.TWIN_ONLY),
        ("slow-task", Fidelity.APPROXIMATED),
        ("task-lost", Fidelity.SAME),
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda it: it.stem)
def test_chaos_toolkit_takes_it(file: Path) -> None:
    ensure_experiment_is_valid(json.loads(file.read_text()))


@pytest.mark.parametrize("experiment", experiments(), ids=lambda it: it.name)
def test_it_says_its_name_and_has_the_steady_state_of_a_tier_and_the_control(experiment: Experiment) -> None:
    document = experiment.document
    assert document["tags"] == [experiment.name]
    assert objectives_of(load_catalogue(), experiment.about.tier).availability_percent > 99
    assert [it["provider"]["module"] for it in document["controls"]] == ["chaos.controls"]
    assert [it["provider"]["func"] for it in document["method"]] == [
        "people_come",
        "break_it",
        "watch",
        "end_round",
    ]
    assert [it["provider"]["func"] for it in document["rollbacks"]] == ["undo_everything"]
    assert all(it["tolerance"] is True for it in document["steady-state-hypothesis"]["probes"])


@pytest.mark.parametrize("experiment", experiments(), ids=lambda it: it.name)
def test_what_it_leaves_unsaid_is_what_the_settings_take_for_granted(experiment: Experiment) -> None:
    defaults = {name: it["default"] for name, it in experiment.document["configuration"].items()}
    assert RunSettings.of(defaults) == RunSettings.of({})


def test_a_typo_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(ExperimentUnknown, match="Did you mean 'az-power-loss'"):
        find("az-power-los")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"extensions": []}, "has no extension 'estate'"),
        ({"method": []}, "has 0 activities chaos.actions.break_it"),
    ],
    ids=["no extension", "breaks nothing"],
)
def test_a_file_that_says_too_little_is_refused(changes: dict[str, object], said: str) -> None:
    document = json.loads(FILES[0].read_text()) | changes
    with pytest.raises(ExperimentInvalid, match=said):
        Experiment(document, "mine.json")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rate", "fast"),
        ("rate", "501"),
        ("faults", "0"),
        ("faults", "nan"),
        ("after_seconds", "1"),
        ("seed", -1),
    ],
)
def test_a_setting_that_cannot_be_is_refused(name: str, value: object) -> None:
    with pytest.raises(ExperimentInvalid, match=f"^{name} is a number from"):
        RunSettings.of({name: value})
