"""`estate chaos`: bad input is one sentence and exit code 2, and a control case decides whether anything was shown."""

import json
from pathlib import Path

import pytest

from estate.experiments import Ran, Verified, verified
from estate.main import main
from evidence import Verdict


def ended(arguments: list[str], monkeypatch: pytest.MonkeyPatch, home: Path) -> int:
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
    assert ended(["chaos", *arguments], monkeypatch, tmp_path) == 2
    line = capsys.readouterr().err.strip()
    assert said in line
    assert len(line.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_list_says_how_near_each_is_to_aws(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(["chaos", "list", "--json"], monkeypatch, tmp_path) == 0
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


def ran(verdict: Verdict, *failed: int, lost: int = 0, void: tuple[str, ...] = ()) -> Ran:
    rows = [{"operations_failed": it, "aborted": None, "fault_at": 1.0, "void": list(void)} for it in failed]
    counts = {"lost": lost, "doubled": 0, "unfinished": 0}
    return Ran({"verdict": verdict, "rounds": rows, **counts})


def test_a_round_that_proves_nothing_is_no_failure_of_the_control_case() -> None:
    control = ran(Verdict.VOID, *[1] * 10, void=("The generator ended with 1 before its schedule was over.",))
    assert Verified(ran(Verdict.HOLDS, 0), control).verdict is Verdict.VOID


def test_a_control_case_fails_by_rounds_in_which_people_noticed_and_by_broken_promises() -> None:
    assert Verified(ran(Verdict.HOLDS, 0), ran(Verdict.DOES_NOT_HOLD, *[1] * 9, 0)).verdict is Verdict.HOLDS
    assert Verified(ran(Verdict.HOLDS, 0), ran(Verdict.DOES_NOT_HOLD, *[1] * 8, 0, 0)).verdict is Verdict.VOID
    assert Verified(ran(Verdict.HOLDS, 0), ran(Verdict.DOES_NOT_HOLD, 0, 0, lost=1)).verdict is Verdict.HOLDS
