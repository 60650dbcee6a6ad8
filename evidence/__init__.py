"""The record that every run leaves: timeline, ledgers, verdict, report. Knows nothing of what was run."""

from evidence.archive import Archive, Filed, State
from evidence.commit import Commit
from evidence.comparison import Comparison, compare_records
from evidence.exceptions import EvidenceError
from evidence.facts import (
    Basis,
    Declared,
    EnvironmentKind,
    EnvironmentLabel,
    EventKind,
    Kind,
    Objective,
)
from evidence.ledger import (
    Account,
    Acknowledgement,
    Effect,
    EstateLedger,
    Ledger,
    Outcome,
    acknowledged,
    compare,
    read_operations,
    unpromised,
)
from evidence.record import Record
from evidence.run import Run
from evidence.verdict import Verdict

__all__ = [
    "Account",
    "Acknowledgement",
    "Archive",
    "Basis",
    "Commit",
    "Comparison",
    "Declared",
    "Effect",
    "EnvironmentKind",
    "EnvironmentLabel",
    "EstateLedger",
    "EventKind",
    "EvidenceError",
    "Filed",
    "Kind",
    "Ledger",
    "Objective",
    "Outcome",
    "Record",
    "Run",
    "State",
    "Verdict",
    "acknowledged",
    "compare",
    "compare_records",
    "read_operations",
    "unpromised",
]
