"""`estate chaos`: bad input is one sentence and exit code 2, and a control case decides whether anything was shown."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from chaos.experiment import Experiment, experiments
from chaos.rounds import Promises, Round
from chaos.settings import RunSettings
from estate.commands.chaos import Options, ended
from estate.experiments import Ran, Verified, verified
from estate.main import main
from evidence import Verdict


def exit_code(arguments: list[str], monkeypatch: pytest.MonkeyPatch, home: Path) -> int:
    monkeypatch.setenv("ESTATE_HOME", str(home))
    monkeypatch.setattr("sys.argv", ["estate", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    return int(str(left.value.code))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["run", "task-lots", "slice"], "Did you mean 'task-lost'?", id="a typo"),
        pytest.param(["run", "task-lost", "slices"], "slices", id="no such environment"),
        pytest.param(["run", "task-lost", "slice"], "'slice' is not up", id="an estate that is down"),
        pytest.param(["run", "task-lost", "prod"], "not to be experimented on", id="production"),
        pytest.param(["run", "task-lost", "slice", "--rate", "0"], "rate is a number from", id="no load"),
        pytest.param(["verify", "task-lots", "slice"], "There is no experiment", id="verify"),
    ],
)
def test_what_cannot_be_run_is_one_sentence_and_changes_nothing(
    arguments: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert exit_code(["chaos", *arguments], monkeypatch, tmp_path) == 2
    line = capsys.readouterr().err.strip()
    assert said in line
    assert len(line.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_list_says_how_near_each_is_to_aws(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["chaos", "list", "--json"], monkeypatch, tmp_path) == 0
    found = json.loads(capsys.readouterr().out)["experiments"]
    assert len(found) == 8
    assert {it["aws"] for it in found} == {"same", "approximated", "twin-only"}
    assert all(it["how"] and it["protection"] for it in found)


@pytest.mark.parametrize(
    ("of", "failing", "verdict"),
    [
        (Verdict.HOLDS, 9, Verdict.HOLDS),
        (Verdict.HOLDS, 10, Verdict.HOLDS),
        (Verdict.HOLDS, 8, Verdict.VOID),
        (Verdict.DOES_NOT_HOLD, 10, Verdict.DOES_NOT_HOLD),
        (Verdict.DOES_NOT_HOLD, 0, Verdict.VOID),
        (Verdict.VOID, 10, Verdict.VOID),
    ],
)
def test_what_a_control_case_does_not_fail_shows_nothing(of: Verdict, failing: int, verdict: Verdict) -> None:
    assert verified(of, failing, 10) is verdict


def test_a_control_case_without_rounds_shows_nothing() -> None:
    assert verified(Verdict.HOLDS, 0, 0) is Verdict.VOID


def ran(verdict: Verdict, *rounds: Round, is_interrupted: bool = False) -> Ran:
    """What a run of these rounds leaves, as far as it is asked for its control case."""
    rows = [it.to_json() for it in rounds]
    return Ran({"verdict": verdict, "rounds": rows, "interrupted": is_interrupted, "unfinished": 1})


def noticed(*failed: int) -> list[Round]:
    """Rounds with so many failed operations."""
    return [Round(1, "1/1", fault_at=1.0, operations_failed=it) for it in failed]


HOLDS = ran(Verdict.HOLDS, *noticed(0))


def verdict(*rounds: Round, seeds: int, is_interrupted: bool = False) -> Verdict:
    control = ran(Verdict.DOES_NOT_HOLD, *rounds, is_interrupted=is_interrupted)
    return Verified(HOLDS, control, seeds).verdict


def test_a_round_that_proves_nothing_is_no_failure_of_the_control_case() -> None:
    void = ["The generator ended with 1 before its schedule was over."]
    assert verdict(*[replace(it, void=void) for it in noticed(*[1] * 10)], seeds=10) is Verdict.VOID


def test_a_control_case_fails_by_rounds_in_which_people_noticed() -> None:
    assert verdict(*noticed(*[1] * 9, 0), seeds=10) is Verdict.HOLDS
    assert verdict(*noticed(*[1] * 8, 0, 0), seeds=10) is Verdict.VOID


def test_a_promise_that_was_broken_is_a_failure_of_its_own_round_only() -> None:
    kept, broken = noticed(*[0] * 9), replace(noticed(0)[0], promises=Promises(100, broken=1))
    assert verdict(*kept, broken, seeds=10) is Verdict.VOID
    assert verdict(*[broken] * 9, *noticed(0), seeds=10) is Verdict.HOLDS


@pytest.mark.parametrize(
    ("unfinished", "counts", "expected"),
    [
        (1, True, Verdict.VOID),
        (10, True, Verdict.HOLDS),
        (100, True, Verdict.HOLDS),
        (100, False, Verdict.VOID),
    ],
    ids=["a straggler", "a tenth", "all of them", "of an experiment that does not fail by them"],
)
def test_applications_that_wait_count_where_the_experiment_says_so(
    unfinished: int, counts: bool, expected: Verdict
) -> None:
    waits = replace(noticed(0)[0], promises=Promises(100, unfinished=unfinished), fails_by_waiting=counts)
    assert verdict(*[waits] * 10, seeds=10) is expected


def test_rounds_that_never_began_are_no_failures() -> None:
    assert verdict(*noticed(*[1] * 3), seeds=10) is Verdict.VOID


def test_a_control_case_that_was_interrupted_shows_nothing() -> None:
    assert verdict(*noticed(*[1] * 10), seeds=10, is_interrupted=True) is Verdict.VOID


class Interrupted:
    """A process that ends after Ctrl-C was pressed so often."""

    def __init__(self, presses: int) -> None:
        self._presses = presses

    def wait(self) -> int:
        if self._presses:
            self._presses -= 1
            raise KeyboardInterrupt
        return 1


def test_a_run_that_is_interrupted_is_waited_for() -> None:
    said: list[str] = []
    assert ended(Interrupted(2), said.append) == 1  # type: ignore[arg-type]
    assert [it.split(":")[0] for it in said] == ["Interrupted", "Interrupted"]


@pytest.mark.parametrize("experiment", experiments(), ids=lambda it: it.name)
def test_every_setting_of_a_file_is_said_by_the_command_that_starts_it(
    experiment: Experiment, tmp_path: Path
) -> None:
    said = Options().variables(tmp_path, tmp_path / "result.json", tmp_path / "servers.jsonl", False)
    keys = {it["key"]: name for name, it in experiment.document["configuration"].items()}
    assert set(keys) == set(said)
    read = RunSettings.of({name: said[key] for key, name in keys.items()})
    assert (read.result, read.servers) == (tmp_path / "result.json", tmp_path / "servers.jsonl")
