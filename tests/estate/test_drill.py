"""`estate drill`: what cannot be drilled is one sentence and exit code 2; what was drilled is told as agreed."""

import json
from pathlib import Path

import pytest
from rich.console import Console

from estate import main
from estate.commands.drill import DrillResult, Rehearsal
from runbooks import Drill, Verification, playbook
from tests.runbooks.fake_estate import Books, FakeEstate
from tests.runbooks.people import Crowd

CONTRACT = {
    "rto_seconds",
    "rto_target_seconds",
    "rpo_seconds",
    "rpo_target_seconds",
    "lost",
    "doubled",
    "steps",
    "verdict",
    "evidence",
}
WRITER = playbook("database-writer-failover")


def a_drill(folder: Path, complaints: tuple[str, ...] = ()) -> Drill:
    estate = FakeEstate(folder / "estate.json")
    verification = Verification(Books(), list)
    crowd = Crowd(estate, complaints=complaints)
    return Drill(
        WRITER,
        estate.surroundings(),
        crowd,
        verification,
        folder / "drills",
        folder / "evidence",
        1,
        clock=estate.clock(),
    )


def test_the_document_has_what_the_contract_names(tmp_path: Path) -> None:
    document = DrillResult("slice", WRITER, 1, a_drill(tmp_path).run()).to_json()

    assert set(document) >= CONTRACT
    assert [it["id"] for it in document["steps"]] == [it.id for it in WRITER.steps]
    assert (document["rto_target_seconds"], document["rpo_target_seconds"]) == (60, 0)
    assert (document["verdict"], document["lost"], document["given_up"], document["doubled"]) == (
        "HOLDS",
        0,
        0,
        0,
    )
    assert Path(document["evidence"], "report.html").exists()
    json.dumps(document)


def test_a_dry_run_has_the_same_keys_and_has_measured_nothing(tmp_path: Path) -> None:
    document = Rehearsal("slice", WRITER, a_drill(tmp_path).would()).to_json()

    assert set(document) >= CONTRACT
    assert document["rto_seconds"] is document["verdict"] is document["lost"] is None
    assert document["steps"][2]["would"] == "would make core-2 the writer of core in place of core-1"


def test_a_person_reads_targets_as_assumptions_and_that_it_was_no_aws(tmp_path: Path) -> None:
    console = Console(width=200, record=True)
    result = DrillResult("slice", WRITER, 1, a_drill(tmp_path).run())
    result.show(console)
    shown = console.export_text()

    assert "at most 60 s (an assumption)" in shown
    assert "not on AWS" in shown
    assert result.holds
    assert not result.is_void


def test_a_drill_that_proves_nothing_is_neither_good_nor_bad(tmp_path: Path) -> None:
    result = DrillResult("slice", WRITER, 1, a_drill(tmp_path, ("The generator was busy.",)).run())
    assert (result.holds, result.is_void) == (False, True)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["drill", "az-evacuatoin", "slice"],
            "There is no playbook 'az-evacuatoin'. There are: az-evacuation, ",
        ),
        (["drill", "az-evacuation", "slice"], "'slice' is not up. Run 'estate up slice' first."),
        (["drill", "az-evacuation", "slice", "--resume", "x"], "'slice' is not up."),
        (["drill", "az-evacuation", "prod"], "'prod' is not to be experimented on"),
        (["drill", "az-evacuation", "staging"], "say --yes to begin."),
        (["drill", "az-evacuation", "stagin"], "Did you mean 'staging'?"),
    ],
    ids=["unknown", "down", "resume-of-what-is-down", "production", "unconfirmed", "unknown-environment"],
)
def test_what_cannot_be_drilled_is_one_sentence_and_changes_nothing(
    arguments: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ESTATE_HOME", str(tmp_path))
    code = main._exit_code(lambda: main.app(arguments, standalone_mode=False))
    told = capsys.readouterr().err

    assert code == 2
    assert sentence in told
    assert told.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
