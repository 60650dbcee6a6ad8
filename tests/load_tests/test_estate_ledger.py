"""What became of what was acknowledged, as the estate and the Central Payments System tell it."""

from collections.abc import Mapping, Sequence

import httpx
import pytest

from evidence.ledger import Account, Acknowledgement, Operation, compare
from load_tests.estate_ledger import Books, HttpEstateLedger, PaymentBook

PAYMENTS = PaymentBook("http://payments", "dwp.partners.slice.estate.example")


def promise(key: str, id_: str = "") -> Acknowledgement:
    return Acknowledgement(key, id_ or f"app-{key}", "submit", "x", 1.0, 2.0, 201)


class Estate:
    """Answers with an application's states, one after another; the last one stays."""

    def __init__(
        self, states: Mapping[str, Sequence[str]], paid: Sequence[str] = (), payments_status: int = 200
    ) -> None:
        self.states = {key: list(it) for key, it in states.items()}
        self.paid = list(paid)
        self.payments_status = payments_status
        self.hosts: set[str] = set()
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "payments":
            self.hosts.add(request.headers["host"])
            after = int(request.url.params["after"])
            page = [{"client_reference": f"client-{key}"} for key in self.paid[after : after + 2]]
            return httpx.Response(self.payments_status, json={"payments": page, "last": after + len(page)})
        key = request.url.path.rpartition("/app-")[2]
        self.asked.append(key)
        left = self.states.get(key, ["unknown"])
        state = left.pop(0) if len(left) > 1 else left[0]
        if state == "unknown":
            return httpx.Response(404, json={"error": "unknown-application"})
        if state == "away":
            raise httpx.ConnectError("nobody there", request=request)
        return httpx.Response(200, json={"state": state})


def account(
    estate: Estate,
    *keys: str,
    pays: bool = True,
    payments: PaymentBook | None = PAYMENTS,
    others: Sequence[str] = (),
    answer_seconds: float = 0.0,
) -> Account:
    """Args: others: keys of what was sent and not promised. answer_seconds: that every answer of the estate takes."""
    clock = [0.0]

    def answer(request: httpx.Request) -> httpx.Response:
        clock[0] += answer_seconds
        return estate(request)

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    side = HttpEstateLedger(
        Books("http://edge", payments, pays),
        deadline_seconds=20,
        monotonic=lambda: clock[0],
        sleep=sleep,
        transport=httpx.MockTransport(answer),
    )
    return compare([promise(key) for key in keys], side, [Operation(it, "submit", "x", 1.0) for it in others])


def test_what_was_paid_once_is_in_order() -> None:
    estate = Estate({"a": ["received", "awarded", "paid"], "b": ["refused"]}, paid=["a"])

    assert account(estate, "a", "b") == Account(acknowledged=2)
    assert estate.hosts == {"dwp.partners.slice.estate.example"}


def test_an_application_that_nobody_knows_is_lost() -> None:
    assert account(Estate({"a": ["unknown"]}), "a").lost == ("a",)


def test_one_that_was_on_its_way_when_it_was_asked_for_is_not_lost() -> None:
    assert account(Estate({"a": ["unknown", "paid"]}, paid=["a"]), "a") == Account(acknowledged=1)


def test_a_payment_that_was_not_made_is_lost_whatever_the_estate_says() -> None:
    assert account(Estate({"a": ["paid"]}, paid=[]), "a").lost == ("a",)


def test_a_payment_that_was_made_twice_is_doubled() -> None:
    estate = Estate({"a": ["paid"], "b": ["paid"]}, paid=["a", "b", "a", "somebody-else"])

    assert account(estate, "a", "b").doubled == ("a",)


def test_what_nobody_answered_and_was_paid_twice_is_doubled_and_what_was_not_paid_is_not_lost() -> None:
    estate = Estate({"a": ["paid"]}, paid=["a", "b", "c", "b"])
    found = account(estate, "a", others=["b", "c", "d"])

    assert found == Account(acknowledged=1, doubled=("b",))
    assert (found.holds, found.unpromised) == (False, 3)
    assert estate.asked == ["a"]


def test_where_payments_cannot_be_read_nothing_is_said_of_what_was_not_promised() -> None:
    estate = Estate({"a": ["received"]}, paid=["b", "b"])

    assert account(estate, "a", pays=False, others=["b"]) == Account(acknowledged=1)
    assert account(Estate({}, paid=["b", "b"], payments_status=500), others=["b"]) == Account(acknowledged=0)


def test_nobody_is_asked_after_the_deadline_however_slow_the_answers_are() -> None:
    keys = [f"k{number}" for number in range(40)]
    estate = Estate({key: ["received"] for key in keys})
    found = account(estate, *keys, pays=False, answer_seconds=7.0)

    assert estate.asked == keys[:3]
    assert found == Account(acknowledged=40, unknown=tuple(keys[3:]))


def test_what_has_no_end_in_time_is_unfinished() -> None:
    assert account(Estate({"a": ["received"], "b": ["accepted"]}), "a", "b").unfinished == ("a", "b")


def test_an_estate_that_does_not_answer_tells_nothing() -> None:
    assert account(Estate({"a": ["away"]}), "a").unknown == ("a",)


def test_payments_that_cannot_be_read_leave_everything_unknown() -> None:
    assert account(Estate({"a": ["paid"]}, paid=["a"], payments_status=500), "a").unknown == ("a",)


@pytest.mark.parametrize(
    ("state", "is_finished"), [("received", True), ("in-decision", True), ("accepted", False)]
)
def test_where_nobody_decides_an_application_has_its_end_when_it_is_stored(
    state: str, is_finished: bool
) -> None:
    found = account(Estate({"a": [state]}), "a", pays=False)

    assert found == Account(acknowledged=1, unfinished=() if is_finished else ("a",))


def test_where_payments_are_not_to_be_read_the_applications_still_are_and_that_is_said() -> None:
    books = Books("http://edge", None, pays=True)

    assert account(Estate({"a": ["paid"], "b": ["unknown"]}), "a", "b", payments=None).lost == ("b",)
    assert "would not have been seen" in (books.missing() or "")
    assert Books("http://edge", PAYMENTS, pays=True).missing() is None


def test_where_nobody_is_paid_it_is_said_that_nothing_can_be_found_doubled() -> None:
    assert "'0 doubled' cannot fail here" in (Books("http://edge", None, pays=False).missing() or "")
