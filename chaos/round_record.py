"""What a round leaves in the record: its series, and its ledgers as ledgers of the run."""

from collections.abc import Sequence
from pathlib import Path

from catalogue import OperationKind
from chaos.round_load import RoundLoad
from chaos.rounds import Promises, Round, failed_as, last_failure_seconds
from evidence import Account, Acknowledgement, Run, acknowledged, unpromised
from evidence.ledger import Operation
from load_tests.series import write_people
from load_tests.tally import Tally

__all__ = ["applications", "count", "not_acknowledged", "promises", "write"]


def count(round_: Round, seen: Tally, operations: Sequence[Operation], begin_at: float) -> None:
    """The round knows what people met. Of one that was cut short, what had no end by then is not held against it."""
    cut = ("not-ended",) if round_.aborted else ()
    round_.operations = seen.scheduled
    round_.operations_failed = sum(number for sort, number in seen.unserved.items() if sort not in cut)
    round_.attempts = seen.attempts
    round_.attempts_failed_as = failed_as(operations, begin_at)
    round_.attempts_failed = sum(round_.attempts_failed_as.values())
    round_.p99_ms = None if seen.p99_ms is None else round(seen.p99_ms, 1)
    if round_.fault_at is not None and operations:
        round_.recovery_seconds = round(last_failure_seconds(operations, round_.fault_at), 2)


def write(run: Run, load: RoundLoad, operations: Sequence[Operation]) -> None:
    """Arrivals, success and latency are in the record, and the round's ledgers are among the run's."""
    write_people(run, operations, load.begin_at, load.end_at, seconds=1.0)
    for file in sorted(load.folder.glob("ledger-*.jsonl")):
        file.replace(run.ledger_file(f"{load.folder.name}-{file.stem.rpartition('-')[2]}"))


def promises(folder: Path, number: int, account: Account) -> Promises:
    """What became of the applications of that round. Args: folder: of the run."""
    files = sorted(folder.glob(f"ledger-round-{number}-*.jsonl"))
    given = {it.key for it in applications(files)}
    known = given.union(it.key for it in not_acknowledged(files))
    return Promises(
        len(given),
        len(known.intersection((*account.lost, *account.doubled))),
        len(given.intersection(account.unfinished)),
    )


def applications(files: Sequence[Path]) -> list[Acknowledgement]:
    """Those that the estate promised to have taken."""
    return [it for it in acknowledged(files) if it.kind == OperationKind.SUBMIT]


def not_acknowledged(files: Sequence[Path]) -> list[Operation]:
    """Applications that were sent and not promised to be taken: the estate may have them, and not twice."""
    return [it for it in unpromised(files) if it.kind == OperationKind.SUBMIT]
