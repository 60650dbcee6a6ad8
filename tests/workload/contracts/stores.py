"""Stores in memory, which go away when a test says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from workload.applications import Application, Draft
from workload.cases import Case, Outcome
from workload.database import Aged
from workload.decisions import Decision
from workload.exceptions import DependencyAway
from workload.ledger import Payment


@dataclass
class _Store:
    name: str = "core"
    is_away: bool = False

    def check(self) -> None:
        if self.is_away:
            raise DependencyAway(self.name, "the test took it away")


@dataclass
class FakeApplications(_Store):
    stored: dict[str, Application] = field(default_factory=dict)
    drafts: dict[str, Draft] = field(default_factory=dict)
    sent_again: list[str] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)

    async def store(self, application: Application, deadline: Any = None) -> tuple[Application, str]:
        self.check()
        kept = self.stored.setdefault(application.id, application)
        return kept, kept.digest

    async def find(self, id_: str, deadline: Any = None) -> Application | None:
        self.check()
        return self.stored.get(id_)

    async def find_in_replica(self, id_: str, deadline: Any = None) -> Aged[Application | None]:
        return Aged(self.stored.get(id_), 1.5)

    async def save(self, draft: Draft, deadline: Any = None) -> None:
        self.check()
        known = self.drafts.get(draft.id)
        if known is None or known.saved_at < draft.saved_at:
            self.drafts[draft.id] = draft

    async def draft(self, id_: str, deadline: Any = None) -> Draft | None:
        self.check()
        return self.drafts.get(id_)

    async def draft_in_replica(self, id_: str, deadline: Any = None) -> Aged[Draft | None]:
        return Aged(self.drafts.get(id_), 1.5)

    async def to_sweep(self) -> list[Application]:
        self.check()
        return [it for it in self.stored.values() if it.id not in self.known]

    async def confirm(self, states: Mapping[str, str]) -> None:
        self.known.update(states)

    async def send_again(self, applications: Sequence[Application]) -> None:
        self.sent_again += [it.id for it in applications]


@dataclass
class FakeBucket(_Store):
    objects: dict[str, bytes] = field(default_factory=dict)

    async def put(self, key: str, content: bytes, facts: Mapping[str, str] | None = None) -> None:
        self.check()
        self.objects[key] = content

    async def put_once(self, key: str, content: bytes, facts: Mapping[str, str] | None = None) -> bool:
        self.check()
        return self.objects.setdefault(key, content) is content

    async def get(self, key: str) -> bytes | None:
        self.check()
        return self.objects.get(key)

    async def facts(self, key: str) -> Mapping[str, str] | None:
        self.check()
        return {} if key in self.objects else None

    async def probe(self) -> None:
        self.check()


@dataclass
class FakeCases(_Store):
    cases: dict[str, Case] = field(default_factory=dict)
    asked_again: list[str] = field(default_factory=list)
    notes: dict[tuple[str, str], Any] = field(default_factory=dict)

    async def open(self, case: Case, deadline: Any = None) -> bool:
        self.check()
        return self.cases.setdefault(case.id, case) is case

    async def find(self, id_: str, deadline: Any = None) -> Case | None:
        self.check()
        return self.cases.get(id_)

    async def find_in_replica(self, id_: str, deadline: Any = None) -> Aged[Case | None]:
        return Aged(self.cases.get(id_), 1.5)

    async def of_client(self, client_reference: str, deadline: Any = None) -> list[Case]:
        return [it for it in self.cases.values() if it.client_reference == client_reference]

    async def states(self, ids: Sequence[str]) -> dict[str, str]:
        self.check()
        return {id_: self.cases[id_].state for id_ in ids if id_ in self.cases}

    async def decide(self, outcome: Outcome) -> Case | None:
        self.check()
        case = self.cases.get(outcome.case_id)
        if case and case.state == "in-decision":
            case = replace(
                case, state=outcome.outcome, amount_pence=outcome.amount_pence, decided_by=outcome.by
            )
            self.cases[case.id] = case
        return case

    async def mark_paid(self, ids: Sequence[str]) -> None:
        for id_ in ids:
            self.cases[id_] = replace(self.cases[id_], state="paid")

    async def note(self, id_: str, key: str, content: Any) -> bool | None:
        self.check()
        if id_ not in self.cases:
            return None
        is_new = (id_, key) not in self.notes
        self.notes.setdefault((id_, key), content)
        return is_new

    async def to_sweep(self) -> list[Case]:
        self.check()
        return [it for it in self.cases.values() if it.state in ("in-decision", "awarded")]

    async def ask_again(self, cases: Sequence[Case]) -> None:
        self.asked_again += [it.id for it in cases]


@dataclass
class FakeDecisions(_Store):
    made: dict[str, Decision] = field(default_factory=dict)

    async def keep(self, decision: Decision) -> Decision:
        self.check()
        return self.made.setdefault(decision.case_id, decision)

    async def of(self, case_ids: Sequence[str]) -> list[Decision]:
        self.check()
        return [self.made[id_] for id_ in case_ids if id_ in self.made]


@dataclass
class FakeLedger(_Store):
    payments: dict[str, Payment] = field(default_factory=dict)
    put_backs: list[tuple[list[str], float]] = field(default_factory=list)

    async def enter(self, payment: Payment) -> Payment:
        self.check()
        return self.payments.setdefault(payment.id, payment)

    async def take_due(self, most: int) -> list[Payment]:
        self.check()
        return [it for it in self.payments.values() if it.state == "asked"][:most]

    async def mark_paid(self, id_: str) -> None:
        self.check()
        self.payments[id_] = replace(self.payments[id_], state="paid")

    async def mark_refused(self, id_: str, why: str) -> None:
        self.payments[id_] = replace(self.payments[id_], state="refused", why=why)

    async def put_back(self, ids: Sequence[str], after_seconds: float) -> None:
        self.put_backs.append((list(ids), after_seconds))

    async def of(self, ids: Sequence[str]) -> list[Payment]:
        self.check()
        return [self.payments[id_] for id_ in ids if id_ in self.payments]

    async def totals(self) -> dict[str, dict[str, int]]:
        return {}
