"""Errors of evidence, and the base class of those that reach a user as one sentence.

EvidenceError              also the base of what loads, experiments and drills complain of
├── FactInvalid            something that a record cannot hold: the message says what it can
├── RunOver                a run that has ended takes nothing more
├── RunUnknown             no run of that name, or more than one
├── RecordUnreadable       what is on disk is not a record
└── NotComparable          two runs that answer different questions
"""

__all__ = ["EvidenceError", "FactInvalid", "NotComparable", "RecordUnreadable", "RunOver", "RunUnknown"]


class EvidenceError(Exception):
    """Something a user can act on. The command line prints it as one sentence and exits with 2."""


class FactInvalid(EvidenceError):
    """A name, a kind, a basis or a label that no record can hold."""


class RunOver(EvidenceError):
    """The run has ended."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        super().__init__(f"Run {run_id} has ended and takes nothing more. Begin another one.")


class RunUnknown(EvidenceError):
    """Nothing, or not one thing only, goes by that name."""


class RecordUnreadable(EvidenceError):
    """A record or a journal that cannot be read; the message says where."""


class NotComparable(EvidenceError):
    """The two runs are of different kinds."""
