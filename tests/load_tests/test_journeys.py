"""What people ask, and what they know afterwards."""

import json

import pytest

from catalogue import OperationKind
from evidence.ledger import Outcome
from load_tests.journeys import EVIDENCE_BYTES, MOST_KNOWN, Known, Thing, learn, request_of
from load_tests.operation import Answer, Done
from load_tests.schedule import ScheduledOperation

KEY = "5c1b8a4e-0000-5000-8000-000000000001"
BENEFIT = "scottish-child-payment"


def operation(kind: OperationKind, draw: float = 0.0, by_agent: bool = False) -> ScheduledOperation:
    return ScheduledOperation(7, 0.0, "calm", kind, BENEFIT, KEY, by_agent, draw)


def acknowledged(document: object, status: int = 200) -> Done:
    return Done(1.0, Outcome.ACKNOWLEDGED, Answer(status, {}, json.dumps(document).encode()), ())


def known() -> Known:
    return Known(
        [Thing(BENEFIT, "draft-1"), Thing(BENEFIT, "draft-2")],
        [Thing(BENEFIT, "app-1"), Thing("other", "app-2")],
    )


@pytest.mark.parametrize(
    ("kind", "draw", "method", "path"),
    [
        (OperationKind.SUBMIT, 0.0, "POST", f"/benefits/{BENEFIT}/applications"),
        (OperationKind.SAVE, 0.0, "PUT", f"/benefits/{BENEFIT}/drafts/{KEY}"),
        (OperationKind.SAVE, 0.9, "PUT", f"/benefits/{BENEFIT}/drafts/draft-2"),
        (OperationKind.RETURN, 0.1, "GET", f"/benefits/{BENEFIT}/drafts/draft-1"),
        (OperationKind.STATUS, 0.6, "GET", "/benefits/other/applications/app-2"),
        (OperationKind.EVIDENCE, 0.0, "POST", "/evidence/app-1?name=payslip-7.txt"),
        (OperationKind.INFORMATION, 0.0, "GET", "/"),
        (OperationKind.INFORMATION, 0.99, "GET", "/help"),
    ],
    ids=["submit", "first-save", "next-save", "return", "status", "evidence", "first-page", "last-page"],
)
def test_each_kind_of_operation_asks_for_its_own(
    kind: OperationKind, draw: float, method: str, path: str
) -> None:
    request = request_of(operation(kind, draw), known())

    assert (request.method, request.path, request.name) == (method, path, str(kind))


@pytest.mark.parametrize("kind", [OperationKind.SUBMIT, OperationKind.SAVE, OperationKind.EVIDENCE])
def test_what_changes_something_has_a_key(kind: OperationKind) -> None:
    assert request_of(operation(kind), known()).headers["Idempotency-Key"] == KEY


def test_an_agent_says_so_and_is_counted_apart() -> None:
    request = request_of(operation(OperationKind.SUBMIT, by_agent=True), known())

    assert request.name == "submit by an agent"
    assert json.loads(request.body)["made_by"] == "agent"
    assert "made_by" not in json.loads(request_of(operation(OperationKind.SUBMIT), known()).body)


def test_every_application_has_a_client_of_its_own() -> None:
    assert (
        json.loads(request_of(operation(OperationKind.SUBMIT), known()).body)["client_reference"]
        == f"client-{KEY}"
    )


def test_evidence_is_the_same_when_it_is_sent_again() -> None:
    first, again = (request_of(operation(OperationKind.EVIDENCE), known()) for _ in range(2))

    assert first == again
    assert len(first.body) == EVIDENCE_BYTES


def test_what_was_acknowledged_can_be_asked_for() -> None:
    knows, submit = Known(), operation(OperationKind.SUBMIT)
    id_ = learn(submit, request_of(submit, knows), acknowledged({"application_id": "a-1"}, 201), knows)

    assert id_ == "a-1"
    assert knows.applications == [Thing(BENEFIT, "a-1")]
    assert request_of(operation(OperationKind.STATUS), knows).path.endswith("/applications/a-1")


def test_a_draft_is_remembered_once_however_often_it_is_saved() -> None:
    knows = Known()
    for key, draw in (("first", 0.0), ("second", 0.9), ("third", 0.5)):
        save = ScheduledOperation(8, 0.0, "calm", OperationKind.SAVE, BENEFIT, key, False, draw)
        learn(save, request_of(save, knows), acknowledged({"draft_id": "first"}), knows)

    assert knows.drafts == [Thing(BENEFIT, "first")]


def test_nothing_is_learned_from_what_failed() -> None:
    knows, submit = Known(), operation(OperationKind.SUBMIT)
    shed = Done(1.0, Outcome.SHED, Answer(503, {}, b'{"error": "shed"}'), ())

    assert learn(submit, request_of(submit, knows), shed, knows) == ""
    assert knows == Known()


def test_memory_does_not_grow_with_a_launch() -> None:
    knows, submit = Known(), operation(OperationKind.SUBMIT)
    for number in range(MOST_KNOWN + 10):
        learn(submit, request_of(submit, knows), acknowledged({"application_id": str(number)}), knows)

    assert len(knows.applications) <= MOST_KNOWN
    assert knows.applications[-1].id == str(MOST_KNOWN + 9)
