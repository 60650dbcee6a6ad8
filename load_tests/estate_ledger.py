"""The estate's side of the truth, read as anybody can: what it says of each application, and what was paid for it."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from catalogue import Environment, Estate
from evidence.ledger import Acknowledgement, Effect

__all__ = ["FINAL_STATES", "Books", "HttpEstateLedger", "PaymentBook"]

FINAL_STATES = frozenset({"paid", "refused"})
"""Of a case that nothing follows."""

NOT_STORED_STATES = frozenset({"accepted", "not-known-yet"})
"""Of an application that waits in a queue to be stored."""

DRAIN_SECONDS = 180.0
LOOK_SECONDS = 2.0
TIMES_UNKNOWN = 2
"""How often an application must be unknown to count as lost: it may have been on its way the first time."""


@dataclass(frozen=True)
class PaymentBook:
    """The ledger of the Central Payments System's stand-in. Attributes: host: name by which the stand-in knows it."""

    url: str
    host: str

    @classmethod
    def of(cls, environment: Environment, variables: Mapping[str, str]) -> "PaymentBook | None":
        """None where nobody lets the payments be read, as on AWS. Args: variables: that `estate env` exports."""
        url = variables.get("ESTATE_PARTNERS_URL")
        return cls(url, f"dwp.partners.{environment.domain_name}") if url else None

    def payments(self, client: httpx.Client) -> Iterator[str]:
        """Whom each payment was made to. Raises: httpx.HTTPError."""
        after = 0
        while True:
            answer = client.get(
                f"{self.url}/central-payments/ledger", params={"after": after}, headers={"Host": self.host}
            )
            page = answer.raise_for_status().json()
            yield from (str(it["client_reference"]) for it in page["payments"])
            if not page["payments"]:
                return
            after = page["last"]


@dataclass(frozen=True)
class Books:
    """Where the estate's side is read.

    Attributes:
        edge: URL at which people ask how an application stands.
        payments: None where nobody lets the payments be read, as on AWS.
        pays: whether the environment decides and pays; else an application has its end when it is stored.
    """

    edge: str
    payments: PaymentBook | None
    pays: bool

    @classmethod
    def of(cls, estate: Estate, edge: str, payments: PaymentBook | None) -> "Books":
        return cls(edge, payments, {"decision", "payments"} <= estate.services.keys())

    def missing(self) -> str | None:
        """What cannot be told of this environment, as a sentence."""
        if not self.pays:
            return (
                "This environment decides nothing and pays nobody: an application has its end when it is stored. "
                "Doubling is looked for among payments, so '0 doubled' cannot fail here unless one key is acknowledged "
                "with two ids."
            )
        if self.payments is None:
            return (
                "Payments were not compared: the Central Payments System on AWS is DWP's, and offers no ledger to "
                "read. A payment that was lost or made twice would not have been seen: '0 doubled' says nothing of it."
            )
        return None


@dataclass
class HttpEstateLedger:
    """Asks until every application has its end, or time is over. Attributes: told: how many have, of how many."""

    books: Books
    deadline_seconds: float = DRAIN_SECONDS
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    transport: httpx.BaseTransport | None = None
    told: Callable[[int, int], None] = lambda settled, of: None
    _states: dict[str, str] = field(default_factory=dict[str, str], init=False)
    _unknown: Counter[str] = field(default_factory=Counter[str], init=False)

    def effects(self, promises: Sequence[Acknowledgement]) -> Mapping[str, Effect]:
        """What became of each application, by its key; those of which nothing could be learned are left out.

        Of one that was not promised there is no id to ask by, so it is known by its payments alone.
        """
        with httpx.Client(timeout=10, trust_env=False, transport=self.transport) as client:
            self._ask_until_settled(client, [it for it in promises if it.is_promised])
            paid = self._paid(client)
        return {it.key: effect for it in promises if (effect := self._effect(it, paid)) is not None}

    def _ask_until_settled(self, client: httpx.Client, promises: Sequence[Acknowledgement]) -> None:
        deadline = self.monotonic() + self.deadline_seconds
        left = list(promises)
        while left:
            for promise in left:
                if self.monotonic() > deadline:
                    break
                self._ask(client, promise)
            left = [it for it in left if not self._is_settled(it.key)]
            self.told(len(promises) - len(left), len(promises))
            if not left or self.monotonic() > deadline:
                return
            self.sleep(LOOK_SECONDS)

    def _ask(self, client: httpx.Client, promise: Acknowledgement) -> None:
        """What the estate says now is known; where it does not say, what it said last."""
        path = f"/benefits/{promise.benefit}/applications/{promise.id or 'without-an-id'}"
        try:
            answer = client.get(self.books.edge + path)
        except httpx.HTTPError:
            return
        if answer.status_code == 404:
            self._unknown[promise.key] += 1
        elif answer.is_success:
            self._states[promise.key] = str(answer.json().get("state"))
            self._unknown[promise.key] = 0

    def _is_settled(self, key: str) -> bool:
        return self._unknown[key] >= TIMES_UNKNOWN or self._has_ended(key)

    def _has_ended(self, key: str) -> bool:
        state = self._states.get(key)
        if self.books.pays:
            return state in FINAL_STATES
        return state is not None and state not in NOT_STORED_STATES

    def _paid(self, client: httpx.Client) -> Counter[str] | None:
        """Payments by client; None where they cannot be read."""
        if not (self.books.pays and self.books.payments):
            return None
        try:
            return Counter(self.books.payments.payments(client))
        except httpx.HTTPError:
            return None

    def _effect(self, promise: Acknowledgement, paid: Counter[str] | None) -> Effect | None:
        if not promise.is_promised:
            return None if paid is None else Effect(paid[_payee(promise)])
        if self._unknown[promise.key] >= TIMES_UNKNOWN:
            return Effect(0)
        state = self._states.get(promise.key)
        if state is None or (paid is None and self.books.pays and self.books.payments):
            return None
        times = paid[_payee(promise)] if paid is not None else 1
        if times == 0 and state != "paid":
            times = 1
        return Effect(times, finished=self._has_ended(promise.key))


def _payee(promise: Acknowledgement) -> str:
    """By which a payment is known. See journeys: every submission names its key."""
    return f"client-{promise.key}"
