"""People at work: each operation is sent, told to the ledger attempt by attempt, and learned from."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from evidence.ledger import Ledger, Outcome
from load_tests.journeys import Known, learn, request_of
from load_tests.operation import Done, OperationRule, Request, Tried, Wire, carry_out
from load_tests.schedule import ScheduledOperation

__all__ = ["Customers", "Ended"]

Ended = Callable[[ScheduledOperation, Request, float, Done], None]
"""Told of an operation that has ended, with the time that it was scheduled for."""


@dataclass
class Customers:
    """Attributes: counts: operations by how they ended, and those that have begun."""

    wire: Wire
    ledger: Ledger
    seed: int
    now: Callable[[], float]
    sleep: Callable[[float], None]
    attempted: Callable[[Request, Tried], None] = lambda request, tried: None
    ended: Ended = lambda operation, request, at, done: None
    rule: OperationRule = field(default_factory=OperationRule)
    known: Known = field(default_factory=Known)
    counts: Counter[str] = field(default_factory=Counter[str])

    def due(self, operation: ScheduledOperation, at: float) -> None:
        """The ledger knows that the operation's time has come."""
        self.counts["scheduled"] += 1
        self.ledger.scheduled(operation.key, str(operation.kind), operation.benefit, at)

    def operate(self, operation: ScheduledOperation, at: float) -> None:
        """The operation has ended, and the ledger knows how."""
        request = request_of(operation, self.known)
        self.counts["sent"] += 1
        self.ledger.sent(operation.key, self.now())
        done = carry_out(
            request,
            self.wire,
            Random(f"{self.seed}/{operation.number}"),  # noqa: S311  jitter is no secret
            rule=self.rule,
            now=self.now,
            sleep=self.sleep,
            told=lambda tried: self._attempted(operation, request, tried),
        )
        self._write(operation, done, learn(operation, request, done, self.known))
        self.counts[str(done.outcome)] += 1
        self.ended(operation, request, at, done)

    def _attempted(self, operation: ScheduledOperation, request: Request, tried: Tried) -> None:
        self.ledger.attempt(operation.key, tried.at, tried.seconds, tried.status, tried.error)
        self.attempted(request, tried)

    def _write(self, operation: ScheduledOperation, done: Done, id_: str) -> None:
        if done.outcome is Outcome.ACKNOWLEDGED:
            self.ledger.acknowledged(operation.key, id_, done.at, done.status or 0)
        else:
            self.ledger.ended(operation.key, done.outcome, done.at, done.status)
