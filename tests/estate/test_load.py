"""`estate load`: what cannot be run is one sentence and exit code 2; what was run is told in the contract's words."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console
from typer.testing import CliRunner

from catalogue import load_catalogue
from estate import busy_servers, main
from estate.busy_servers import BusyServers
from estate.commands import load
from estate.commands.load import LoadResult
from estate.exceptions import NotUp
from evidence import Account, EnvironmentKind, EnvironmentLabel, Run
from load_tests.aftermath import Launched
from load_tests.scaling import ScalingTimes
from load_tests.tally import KindTally, Tally

CONTRACT = {
    "scheduled",
    "sent",
    "attempts_failed",
    "operations_failed",
    "shed",
    "lost",
    "doubled",
    "p50_ms",
    "p99_ms",
    "scaling",
    "verdict",
}
SEEN = Tally(
    1000, 1000, 3.0, 1010, 10, 2, {"failed": 0, "shed": 2, "timed-out": 0, "not-ended": 0}, 10, 4.0, 9.0, 20.0, 90.0,
    {"submit": KindTally(40, 40, 50.0)},
)  # fmt: skip


def loaded(folder: Path, holds: bool | None = True, void: str = "") -> LoadResult:
    label = EnvironmentLabel("slice", EnvironmentKind.TWIN, "For tests.", "one task", "aws")
    with Run.begin("load", "ten-fold-step", label, 1, {}, folder) as run:
        run.objective("Who submits or saves is served", "at least 99.99%", "100%", holds, assumption=True)
        if void:
            run.void(void)
    account = Account(acknowledged=40)
    launched = Launched(run.finish(), run.folder, SEEN, account, ScalingTimes(18.0, 32.0, ("portal",)))
    return LoadResult("slice", "ten-fold-step", 1, launched)


def said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main._exit_code(lambda: main.app(arguments, standalone_mode=False))
    return code, capsys.readouterr().err


def test_the_document_has_what_the_contract_names(tmp_path: Path) -> None:
    document = loaded(tmp_path).to_json()

    assert set(document) >= CONTRACT
    assert document["scaling"] == {"trigger_seconds": 18.0, "healthy_seconds": 32.0, "services": ("portal",)}
    assert document["verdict"] == "HOLDS"
    json.dumps(document)


@pytest.mark.parametrize(
    ("holds", "void", "verdict", "is_void"),
    [
        (True, "", "HOLDS", False),
        (False, "", "DOES_NOT_HOLD", False),
        (True, "The generator was busy.", "VOID", True),
        (None, "", "VOID", True),
    ],
)
def test_a_run_that_proves_nothing_is_neither_good_nor_bad(
    holds: bool | None, void: str, verdict: str, is_void: bool, tmp_path: Path
) -> None:
    result = loaded(tmp_path, holds, void)

    assert (result.to_json()["verdict"], result.is_void) == (verdict, is_void)
    assert result.holds is (verdict == "HOLDS")


def test_a_person_reads_what_was_wanted_what_was_seen_and_where_it_was(tmp_path: Path) -> None:
    console = Console(width=200, record=True)
    loaded(tmp_path).show(console)
    shown = console.export_text()

    assert "at least 99.99% (an assumption)" in shown
    assert "1000 of 1000 operations began in time; 2 were not served (0 failed, 2 shed" in shown
    assert (
        "The first scale-out came 18 s after the steepest rise, and what it wanted was healthy 32 s after."
        in shown
    )
    assert "not on AWS" in shown


def answering(monkeypatch: pytest.MonkeyPatch, supervisor: object, emulator: object) -> None:
    """That is what a twin's data plane and control plane say when they are looked for."""
    monkeypatch.setattr(busy_servers.process, "find", lambda _: supervisor)
    monkeypatch.setattr(busy_servers, "find", lambda _: emulator)


def test_a_launch_on_a_twin_watches_the_servers_that_must_not_be_what_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor, emulator = SimpleNamespace(run="some-run"), SimpleNamespace(pid=1)
    answering(monkeypatch, supervisor, emulator)
    around = load._surroundings(load_catalogue().estate("slice"), {"ESTATE_PROFILE": "aws"}, tmp_path)

    assert isinstance(around.busy, BusyServers)
    assert around.busy.run == "some-run"
    assert around.label.in_words == "This ran on a twin of 'slice' on one machine, not on AWS."


@pytest.mark.parametrize(("supervisor", "emulator"), [(None, object()), (object(), None)])
def test_a_twin_whose_servers_cannot_be_watched_is_sent_nothing(
    supervisor: object, emulator: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, supervisor, emulator)

    with pytest.raises(NotUp, match=r"'slice' does not answer, so .* up slice' first"):
        load._surroundings(load_catalogue().estate("slice"), {"ESTATE_PROFILE": "aws"}, tmp_path)


def test_of_aws_no_process_is_watched(tmp_path: Path) -> None:
    around = load._surroundings(load_catalogue().estate("staging"), {}, tmp_path)

    assert around.busy() == {}
    assert around.payments is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["load", "ten-fold-step", "slice"], "'slice' is not up. Run 'estate up slice' first."),
        (["load", "ten-fold-step", "prod"], "'prod' is not to be experimented on"),
        (["load", "ten-fold-step", "staging"], "Say --yes to send it."),
        (["load", "tenfold", "staging"], "There is no launch 'tenfold' in launches.yaml."),
        (["load", "ten-fold-step", "staging", "--rate-scale", "0"], "The rate scale is above 0"),
        (["load", "ten-fold-step", "stagin"], "Did you mean 'staging'?"),
    ],
    ids=["down", "production", "unconfirmed", "unknown-launch", "no-rate", "unknown-environment"],
)
def test_what_cannot_be_run_is_one_sentence_and_changes_nothing(
    arguments: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ESTATE_HOME", str(tmp_path))
    code, told = said(arguments, capsys)

    assert code == 2
    assert sentence in told
    assert told.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_help_names_the_file_of_launches() -> None:
    shown = CliRunner().invoke(main.app, ["load", "--help"], env={"COLUMNS": "200"}).output

    assert "launches.yaml" in shown
    assert all(load_catalogue().launches)
