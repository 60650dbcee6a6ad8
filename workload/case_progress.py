"""How cases learn what other services have done: decisions that were made, payments that took effect."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

from workload.cases import Case, Cases, Outcome
from workload.exceptions import DependencyAway
from workload.frame import Frame
from workload.identity import payment_id
from workload.logs import Log
from workload.upstream import Upstream
from workload.watch import Watch

__all__ = ["Progress"]

SWEEP_SECONDS = 10.0
ASK_SECONDS = 2.0


class Progress:
    """Decisions and payments that were asked for here are asked about until they are there."""

    def __init__(self, cases: Cases, decision: Upstream, payments: Upstream, log: Log) -> None:
        self._cases = cases
        self._decision = decision
        self._payments = payments
        self._log = log
        self.decisions = Watch("decisions", self._ask_decisions, log)
        self.payments = Watch("payments", self._ask_payments, log)

    @classmethod
    def of(cls, frame: Frame, cases: Cases) -> "Progress":
        return cls(cases, frame.service("decision"), frame.service("payments"), frame.log)

    async def sweep(self) -> None:
        """Looks after what nobody watches: a task that asked has died, or a queue has lost what was asked."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self.sweep_once()
            except DependencyAway as away:
                self._log.info("sweep-waits", dependency=away.dependency)

    async def sweep_once(self) -> int:
        """What the other services do not know of is asked for again. How many were."""
        swept = await self._cases.to_sweep()
        undecided = [it for it in swept if it.state == "in-decision"]
        unpaid = [it for it in swept if it.state == "awarded"]
        lost = [*await self._unknown_decisions(undecided), *await self._unknown_payments(unpaid)]
        if lost:
            await self._cases.ask_again(lost)
        return len(lost)

    async def _unknown_decisions(self, cases: Sequence[Case]) -> list[Case]:
        try:
            decided = await self._ask_decisions([it.id for it in cases]) if cases else ()
        except DependencyAway:
            return []
        return [it for it in cases if it.id not in decided]

    async def _unknown_payments(self, cases: Sequence[Case]) -> list[Case]:
        ids = {payment_id(it.id): it for it in cases}
        try:
            document = await self._asked(self._payments, "/payments/outcomes", list(ids)) if ids else {}
        except DependencyAway:
            return []
        await self._pay(document, {id_: it.id for id_, it in ids.items()})
        return [ids[id_] for id_ in document.get("unknown", ()) if id_ in ids]

    async def _ask_decisions(self, ids: Sequence[str]) -> Collection[str]:
        """Those that are decided, and whose cases say so now."""
        document = await self._asked(self._decision, "/decisions/outcomes", ids)
        decided: list[str] = []
        for it in document["outcomes"]:
            outcome = Outcome(it["case_id"], it["outcome"], "rules", it["amount_pence"], it["reason"])
            case = await self._cases.decide(outcome)
            decided.append(outcome.case_id)
            if case and case.state == "awarded":
                self.payments.add([case.id])
        return decided

    async def _ask_payments(self, ids: Sequence[str]) -> Collection[str]:
        case_ids = {payment_id(id_): id_ for id_ in ids}
        return await self._pay(
            await self._asked(self._payments, "/payments/outcomes", list(case_ids)), case_ids
        )

    async def _pay(self, document: Any, case_ids: dict[str, str]) -> list[str]:
        """Cases whose payment took effect say so now."""
        paid = [it["payment_id"] for it in document.get("outcomes", ()) if it["state"] == "paid"]
        cases = [case_ids[id_] for id_ in paid if id_ in case_ids]
        if cases:
            await self._cases.mark_paid(cases)
        return cases

    async def _asked(self, upstream: Upstream, path: str, ids: Sequence[str]) -> Any:
        got = await upstream.call(
            "POST", path, document={"ids": list(ids)}, key="outcomes", seconds=ASK_SECONDS
        )
        if got.status != 200:
            raise DependencyAway(upstream.name, f"it answered {got.status}")
        return got.json()
