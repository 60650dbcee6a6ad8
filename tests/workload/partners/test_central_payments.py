"""The Central Payments System makes a payment once."""

from pathlib import Path

import pytest

from tests.workload.partners.conftest import Clock, host
from tests.workload.served import Served, served
from workload.partners.app import create_app

PAYMENT = {
    "payment_id": "p-1",
    "client_reference": "c-1",
    "benefit": "best-start-foods",
    "amount_pence": 1980,
}


def _pay(partners: Served, payment_id: str = "p-1", **changes: object) -> tuple[int, dict[str, object]]:
    content = PAYMENT | {"payment_id": payment_id} | changes
    answer = partners.post(
        "/central-payments/payments", json=content, headers=host("dwp") | {"Idempotency-Key": payment_id}
    )
    return answer.status_code, answer.json()


def test_a_payment_is_made_and_can_be_looked_up(partners: Served) -> None:
    status, receipt = _pay(partners)
    found = partners.get("/central-payments/payments/p-1", headers=host("dwp")).json()
    assert (status, receipt["state"], found["content"]) == (201, "made", PAYMENT)


def test_a_repeated_payment_has_the_first_receipt(partners: Served, clock: Clock) -> None:
    _, first = _pay(partners)
    clock.now += 60
    assert _pay(partners) == (200, first)


def test_the_order_of_members_makes_no_other_payment(partners: Served) -> None:
    _pay(partners)
    turned = dict(reversed(PAYMENT.items()))
    answer = partners.post(
        "/central-payments/payments", json=turned, headers=host("dwp") | {"Idempotency-Key": "p-1"}
    )
    assert answer.status_code == 200


def test_the_same_id_with_another_amount_is_refused_and_changes_nothing(partners: Served) -> None:
    _pay(partners)
    status, body = _pay(partners, amount_pence=5)
    totals = partners.get("/central-payments/totals", headers=host("dwp")).json()
    assert (status, body["error"]) == (409, "payment-differs")
    assert totals == {"payments": 1, "amount_pence": 1980, "repeats": 0, "refused": 1}


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        pytest.param({"amount_pence": 0}, 422, "invalid", id="nothing"),
        pytest.param({"amount_pence": True}, 422, "invalid", id="no number"),
        pytest.param({"payment_id": "p-2"}, 422, "invalid", id="another id in the body"),
    ],
)
def test_a_payment_that_cannot_be_made_is_refused(
    partners: Served, changes: dict[str, object], status: int, code: str
) -> None:
    answer = partners.post(
        "/central-payments/payments",
        json=PAYMENT | changes,
        headers=host("dwp") | {"Idempotency-Key": "p-1"},
    )
    assert (answer.status_code, answer.json()["error"]) == (status, code)


def test_a_payment_without_a_key_is_refused(partners: Served) -> None:
    answer = partners.post("/central-payments/payments", json=PAYMENT, headers=host("dwp"))
    assert (answer.status_code, answer.json()["error"]) == (400, "key-missing")


def test_the_ledger_is_read_in_pages_in_the_order_of_arrival(partners: Served) -> None:
    for number in (3, 1, 2):
        _pay(partners, f"p-{number}")
    first = partners.get("/central-payments/ledger?limit=2", headers=host("dwp")).json()
    rest = partners.get(f"/central-payments/ledger?after={first['last']}", headers=host("dwp")).json()
    ids = [[it["payment_id"] for it in page["payments"]] for page in (first, rest)]
    assert ids == [["p-3", "p-1"], ["p-2"]]


def test_the_ledger_outlives_its_process(tmp_path: Path, clock: Clock) -> None:
    with served(create_app(tmp_path, None, clock, clock)) as before:
        _, receipt = _pay(before)
    with served(create_app(tmp_path, None, clock, clock)) as after:
        assert _pay(after) == (200, receipt)


def test_no_other_partner_makes_payments(partners: Served) -> None:
    answer = partners.post(
        "/central-payments/payments", json=PAYMENT, headers=host("nrs") | {"Idempotency-Key": "p-1"}
    )
    assert answer.status_code == 404
