"""A round's load proves nothing where the harness did not do its part, also where a guard ended it."""

import json
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from catalogue import OperationKind, load_catalogue
from chaos import round_record
from chaos.round_load import RoundLoad
from chaos.rounds import Promises, Round
from evidence import Account, Ledger, Outcome
from load_tests.schedule import ScheduledOperation
from tests.chaos.acting import run

BEGAN, SECONDS = 1_000_000.0, 20.0
LATE = "The schedule was not kept"


def load(folder: Path) -> RoundLoad:
    made = RoundLoad.of(load_catalogue(), "local", "http://127.0.0.10:8080", 1, 20, SECONDS, folder)
    folder.mkdir(parents=True, exist_ok=True)
    made.begin_at, made.exit_code = BEGAN, 0
    return made


def come(
    made: RoundLoad,
    late_from: float = SECONDS,
    ends_at: float = SECONDS,
    refused: Sequence[OperationKind] = (),
    busy_percent: float = 10.0,
) -> None:
    """Everybody came, and was served in time. Args: late_from, ends_at: seconds, from which on all are late, or none
    comes any more. refused: kinds that fail."""
    with Ledger(made.folder / "ledger-1.jsonl") as ledger:
        for it in (*made.plan.schedule.preparation(), *made.plan.schedule.operations()):
            if it.at < ends_at:
                _one(ledger, it, 1.0 if it.at >= late_from else 0.01, it.kind in refused and it.at >= 0)
    lines = [
        json.dumps({"at": BEGAN + second, "cpu-percent": busy_percent}) for second in range(int(ends_at))
    ]
    (made.folder / "generator-1.jsonl").write_text("\n".join(lines) + "\n")


def _one(ledger: Ledger, it: ScheduledOperation, late_seconds: float, is_refused: bool) -> None:
    due = BEGAN + it.at
    ledger.scheduled(it.key, str(it.kind), it.benefit, due)
    ledger.sent(it.key, due + late_seconds)
    ledger.attempt(it.key, due + late_seconds, 0.1, 503 if is_refused else 201)
    if is_refused:
        ledger.ended(it.key, Outcome.FAILED, due + late_seconds + 0.1, 503)
    else:
        ledger.acknowledged(it.key, f"id-{it.key}", due + late_seconds + 0.1, 201)


def test_a_load_that_went_as_it_must_proves_something(tmp_path: Path) -> None:
    made = load(tmp_path)
    come(made)
    assert made.voids({"Envoy 1": 20.0}) == []


@pytest.mark.parametrize("cut_at", [None, BEGAN + 10], ids=["to its end", "aborted"])
def test_servers_that_were_busy_are_what_was_measured(tmp_path: Path, cut_at: float | None) -> None:
    made = load(tmp_path)
    come(made)
    (said,) = made.voids({"Envoy 1": 81.0}, cut_at)
    assert said.startswith("Of a core, Envoy 1 used 81%")


def test_a_generator_that_was_busy_measures_itself_also_where_it_was_aborted(tmp_path: Path) -> None:
    made = load(tmp_path)
    come(made, busy_percent=90)
    (said,) = made.voids({}, BEGAN + 10)
    assert said.startswith("The generator used 90% of a core")


def test_of_an_aborted_load_what_was_due_until_then_had_to_begin_in_time(tmp_path: Path) -> None:
    kept, late = load(tmp_path / "kept"), load(tmp_path / "late")
    come(kept, late_from=5, ends_at=6)
    come(late, late_from=4, ends_at=6)
    for it in (kept, late):
        it.exit_code = None
    assert kept.voids({}, BEGAN + 5) == []
    (said,) = late.voids({}, BEGAN + 5)
    assert said.startswith(LATE)
    assert [it.split(":")[0].split(" had")[0] for it in kept.voids({})] == ["The generator", LATE]


def test_a_round_of_which_no_application_was_acknowledged_could_have_lost_none(tmp_path: Path) -> None:
    """Those of the preparation came before the fault."""
    made = load(tmp_path)
    come(made, refused=(OperationKind.SUBMIT,))
    assert made.voids({}) == ["No application of the round was acknowledged, so none could have been lost."]
    assert made.voids({}, BEGAN + 10) == []


def test_a_round_knows_what_became_of_its_own_applications(tmp_path: Path) -> None:
    record = run(tmp_path)
    for number in (1, 10):
        made = load(record.folder / f"round-{number}")
        come(made)
        round_record.write(record, made, made.operations())
    keys = [it.key for it in round_record.applications(sorted(record.folder.glob("ledger-round-1-*")))]
    others = [it.key for it in round_record.applications(sorted(record.folder.glob("ledger-round-10-*")))]
    assert not set(keys).intersection(others)
    account = Account(2, lost=(keys[0],), doubled=(keys[1],), unfinished=(keys[2], others[0]))
    assert round_record.promises(record.folder, 1, account) == Promises(len(keys), 2, 1)
    assert round_record.promises(record.folder, 10, account) == Promises(len(others), 0, 1)
    assert round_record.promises(record.folder, 2, account) == Promises()


def test_what_a_round_counts_is_one_sort_of_failed_attempt(tmp_path: Path) -> None:
    made = load(tmp_path)
    come(made, refused=(OperationKind.SUBMIT,))
    round_ = Round(1, "1/1", fault_at=BEGAN + 5)
    round_record.count(round_, made.tally(), made.operations(), BEGAN)
    submits = sum(it.kind is OperationKind.SUBMIT for it in made.plan.schedule.operations())
    assert round_.attempts_failed_as == {"503": submits}
    assert (round_.attempts_failed, round_.operations_failed) == (submits, submits)
    assert round_.p99_ms is not None


def test_a_generator_that_was_never_started_says_nothing(tmp_path: Path) -> None:
    made = load(tmp_path)
    made.stop()
    assert made.progress() is None
    assert made.end_at == pytest.approx(BEGAN + SECONDS)
    assert made.end_at < time.time()


def test_an_application_that_was_not_acknowledged_and_took_effect_twice_breaks_its_rounds_promise(
    tmp_path: Path,
) -> None:
    record = run(tmp_path)
    made = load(record.folder / "round-1")
    come(made, refused=(OperationKind.SUBMIT,))
    round_record.write(record, made, made.operations())
    (first, *_) = round_record.not_acknowledged(record.ledger_files)
    prepared = len(round_record.applications(record.ledger_files))
    assert round_record.promises(record.folder, 1, Account(0, doubled=(first.key,))) == Promises(
        prepared, 1, 0
    )
