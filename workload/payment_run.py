"""Sends payments from the ledger to the backend, oldest first, until each was made or refused."""

import asyncio

from workload.exceptions import DependencyAway
from workload.ledger import Ledger, Payment
from workload.logs import Log
from workload.payment_backend import PaymentBackend, PaymentRefused
from workload.slots import Slots
from workload.waiting import is_set_within

__all__ = ["PaymentRun"]

BATCH = 20
AT_ONCE = 8
LOOK_SECONDS = 1.0
AWAY_SECONDS = 2.0
"""Until a payment is sent again that the backend did not answer, where the backend names no time."""

LONGEST_PAUSE_SECONDS = 5.0


class PaymentRun:
    """Any number of tasks may run one: the ledger gives each payment to one of them at a time."""

    def __init__(self, ledger: Ledger, backend: PaymentBackend, slots: Slots, log: Log) -> None:
        self._ledger = ledger
        self._backend = backend
        self._slots = slots
        self._log = log
        self._woken = asyncio.Event()
        self._places = asyncio.Semaphore(AT_ONCE)
        self.is_away = False

    def wake(self) -> None:
        """A payment was entered: it is sent at once."""
        self._woken.set()

    async def run(self) -> None:
        while True:
            sent = await self._tried()
            pause = min(LONGEST_PAUSE_SECONDS, self._backend.wait_seconds())
            if pause > 0:
                await asyncio.sleep(pause)
            elif sent < BATCH:
                await is_set_within(self._woken, LOOK_SECONDS)

    async def run_once(self) -> int:
        """How many payments of one batch were begun."""
        self._woken.clear()
        # While the backend is away, one payment is enough to find out that it is back.
        due = await self._ledger.take_due(1 if self.is_away else BATCH)
        results = await asyncio.gather(*(self._send(payment) for payment in due))
        away = {payment.id: after for payment, after in zip(due, results, strict=True) if after is not None}
        if due:
            self.is_away = len(away) == len(due)
        if away:
            await self._ledger.put_back(list(away), max(away.values()))
        return len(due)

    async def _tried(self) -> int:
        try:
            return await self.run_once()
        except DependencyAway as away:
            self._log.warn("payments-wait", dependency=away.dependency, why=away.why)
            return 0

    async def _send(self, payment: Payment) -> float | None:
        """Seconds until it is sent again, or None where it is settled."""
        async with self._places, self._slots.hold_patiently():
            try:
                await self._backend.pay(payment)
                await self._ledger.mark_paid(payment.id)
            except PaymentRefused as refused:
                self._log.error("payment-refused", refused, payment=payment.id)
                await self._refuse(payment, refused.why)
            except DependencyAway as away:
                self._log.warn("payment-waits", payment=payment.id, dependency=away.dependency, why=away.why)
                return away.retry_after_seconds or AWAY_SECONDS
        return None

    async def _refuse(self, payment: Payment, why: str) -> None:
        try:
            await self._ledger.mark_refused(payment.id, why)
        except DependencyAway as away:
            self._log.warn("payments-wait", dependency=away.dependency, why=away.why)
