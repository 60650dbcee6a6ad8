"""One partner: its breaker, its budget of calls and its places, which no other partner can use up."""

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

from workload.clock import monotonic, timestamp
from workload.deadline import Deadline
from workload.exceptions import DependencyAway
from workload.exchange.check import Check
from workload.exchange.confirmations import LIFETIME_SECONDS, Confirmation, Confirmations
from workload.exchange.credentials import Credentials
from workload.exchange.shared_budget import SharedBudget
from workload.partner import Partner
from workload.upstream import Answer, Upstream

__all__ = ["Adapter", "Adapters"]

PLACES = 8
"""Calls to one partner at the same time, of one task: an assumption."""

LONGEST_WAIT_SECONDS = 0.25
"""For the budget. A check that would wait longer is told to come again."""

CALL_SECONDS = 2.0


class PartnersView(Protocol):
    """What adapters need of the frame's partners."""

    def upstream(self, partner: Partner) -> Upstream: ...


class Adapter:
    """The way to one partner."""

    def __init__(self, partner: Partner, upstream: Upstream, credentials: Credentials) -> None:
        self.partner = partner
        self._upstream = upstream
        self._credentials = credentials
        self._budget = SharedBudget(float(partner.settings.get("calls_per_second", 1)))
        self._places = asyncio.Semaphore(PLACES)
        self._confirmations = Confirmations()

    @property
    def kind(self) -> str:
        return self.partner.kind

    @property
    def transport(self) -> str:
        return str(self.partner.settings.get("transport", "api"))

    @property
    def wait_seconds(self) -> float:
        """Until its breaker lets a call through."""
        return self._upstream.breaker.wait_seconds(monotonic())

    @property
    def is_away(self) -> bool:
        return self._upstream.breaker.is_open

    async def ask(self, check: Check, deadline: Deadline | None = None) -> Confirmation:
        """The partner's own answer, now.

        Raises: DependencyAway: it is away, or takes no more calls.
        """
        got = await self.call("POST", "/checks", document=check.question, deadline=deadline)
        return self.keep(check, self.outcome_of(got))

    def keep(self, check: Check, outcome: str) -> Confirmation:
        """The answer can be relied on for a day."""
        confirmation = Confirmation(outcome, timestamp(), monotonic() + LIFETIME_SECONDS)
        self._confirmations.keep(check, confirmation)
        return confirmation

    def known(self, check: Check) -> Confirmation | None:
        """What the partner said within a day."""
        return self._confirmations.find(check, monotonic())

    async def call(
        self,
        method: str,
        path: str,
        *,
        document: Any = None,
        content: bytes | None = None,
        deadline: Deadline | None = None,
    ) -> Answer:
        """One call within the partner's budget, tried once: each try is a call of the budget.

        Raises: DependencyAway.
        """
        if self._places.locked():
            raise self._away("all its places are taken", 1.0)
        async with self._places:
            await self._admitted()
            headers = await self._credentials.headers(self.partner)
            return await self._sent(method, path, headers, document, content, deadline)

    def outcome_of(self, got: Answer) -> str:
        """Raises: DependencyAway: the answer says nothing."""
        document = got.json() if got.status < 300 else {}
        outcome = document.get("outcome") if isinstance(document, dict) else None
        if outcome not in ("confirmed", "not-confirmed"):
            raise self._away(f"it answered {got.status} without an outcome", 30.0)
        return outcome

    async def _admitted(self) -> None:
        wait = self._budget.take(monotonic())
        if 0 < wait <= LONGEST_WAIT_SECONDS:
            await asyncio.sleep(wait)
            wait = self._budget.take(monotonic())
        if wait > 0:
            raise self._away("its budget of calls is used up", wait)

    async def _sent(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        document: Any,
        content: bytes | None,
        deadline: Deadline | None,
    ) -> Answer:
        now = monotonic()
        limit = Deadline(now + CALL_SECONDS) if deadline is None else deadline.within(CALL_SECONDS, now)
        try:
            return await self._upstream.call(
                method,
                path,
                document=document,
                content=content,
                headers=headers,
                deadline=limit,
                seconds=CALL_SECONDS,
            )
        except DependencyAway as away:
            if away.retry_after_seconds and not self.is_away:
                self._budget.refused(monotonic(), away.retry_after_seconds)
            raise self._away(away.why, away.retry_after_seconds) from away

    def _away(self, why: str, retry_after_seconds: float | None) -> DependencyAway:
        return DependencyAway(self.kind, f"{self.partner.name}: {why}", retry_after_seconds)


class Adapters:
    """One adapter a partner, the same one for as long as the partner's settings stay."""

    def __init__(self, partners: PartnersView, credentials: Credentials) -> None:
        self._partners = partners
        self._credentials = credentials
        self._made: dict[str, Adapter] = {}

    def of(self, partner: Partner) -> Adapter:
        made = self._made.get(partner.name)
        if made is None or made.partner != partner:
            made = Adapter(partner, self._partners.upstream(partner), self._credentials)
            self._made[partner.name] = made
        return made

    def away(self, kind: str) -> list[str]:
        """Names of partners of the kind whose breaker is open."""
        return sorted(name for name, it in self._made.items() if it.kind == kind and it.is_away)
