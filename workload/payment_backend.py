"""Who makes payments: today the Central Payments System. Another backend can take its place unnoticed."""

from typing import Protocol

from workload.exceptions import DependencyAway, WorkloadError
from workload.ledger import Payment
from workload.partner import Partners

__all__ = ["CentralPayments", "PaymentBackend", "PaymentRefused"]

SYSTEM = "dwp"
"""The partner that runs the Central Payments System (catalogue/partners.yaml)."""

SECONDS = 4.0


class PaymentRefused(WorkloadError):
    """The backend will not make this payment, however often it is asked. Attributes: why: for the ledger."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"The payment was refused: {why}. Somebody has to look at it.")


class PaymentBackend(Protocol):
    async def pay(self, payment: Payment) -> None:
        """The payment has taken effect, now or before: its id is the key, by which the backend takes it once.

        Raises:
            DependencyAway: nobody knows whether it has; it is asked for again.
            PaymentRefused: it has not, and never will.
        """
        ...

    def wait_seconds(self) -> float:
        """Until the backend is worth asking."""
        ...


class CentralPayments:
    """The Central Payments System. Known in the contract by its partner's kind, `government`."""

    def __init__(self, partners: Partners) -> None:
        self._partners = partners

    async def pay(self, payment: Payment) -> None:
        partner = await self._partners.named(SYSTEM)
        if partner is None:
            raise DependencyAway("government", f"no partner {SYSTEM} is known")
        try:
            upstream = self._partners.upstream(partner)
        except KeyError as error:
            raise DependencyAway("government", f"the settings of {SYSTEM} name no {error}") from error
        got = await upstream.call(
            "POST",
            "/central-payments/payments",
            document=_order(payment),
            key=payment.id,
            seconds=SECONDS,
        )
        if got.status not in (200, 201):
            raise PaymentRefused(f"the Central Payments System answered {got.status}")

    def wait_seconds(self) -> float:
        return self._partners.wait_seconds(SYSTEM)


def _order(payment: Payment) -> dict[str, object]:
    return {
        "payment_id": payment.id,
        "client_reference": payment.client_reference,
        "benefit": payment.benefit,
        "amount_pence": payment.amount_pence,
    }
