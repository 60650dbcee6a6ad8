"""Partners are reached by their own transport, and answer the same about the same client."""

import json

import pytest

from tests.workload.partners.conftest import Clock, host
from tests.workload.served import Served

QUESTION = {"check": "income", "client_reference": "c-1"}


def test_an_api_answers_at_once_and_always_the_same(partners: Served) -> None:
    first, second = (partners.post("/checks", json=QUESTION, headers=host("dwp")) for _ in range(2))
    assert first.json() == second.json()
    assert (first.status_code, first.json()["outcome"]) == (200, "confirmed")


def test_a_client_marked_so_is_not_confirmed(partners: Served) -> None:
    question = QUESTION | {"client_reference": "c-1-refused"}
    assert partners.post("/checks", json=question, headers=host("dwp")).json()["outcome"] == "not-confirmed"


def test_a_file_is_answered_line_by_line_after_its_time(partners: Served, clock: Clock) -> None:
    questions = [QUESTION, QUESTION | {"client_reference": "c-2-refused"}]
    text = "".join(f"{json.dumps(it)}\n" for it in questions)
    assert partners.put("/files/monday", content=text, headers=host("angus")).status_code == 202
    early = partners.get("/files/monday/answer", headers=host("angus"))
    clock.now += 30
    answers = partners.get("/files/monday/answer", headers=host("angus")).text.splitlines()
    assert (early.status_code, early.headers["Retry-After"]) == (404, "30")
    assert [json.loads(it)["outcome"] for it in answers] == ["confirmed", "not-confirmed"]


def test_a_file_that_was_sent_cannot_be_changed(partners: Served) -> None:
    line = json.dumps(QUESTION)
    statuses = [
        partners.put("/files/monday", content=content, headers=host("angus")).status_code
        for content in (line, line, line + "\n" + line)
    ]
    assert statuses == [202, 202, 409]


def test_a_message_is_replied_to_after_its_time(partners: Served, clock: Clock) -> None:
    message = QUESTION | {"message_id": "m-1"}
    assert partners.post("/messages", json=message, headers=host("nhs-fife")).status_code == 202
    early = partners.get("/messages/m-1/reply", headers=host("nhs-fife")).status_code
    none_yet = partners.get("/replies", headers=host("nhs-fife")).json()["replies"]
    clock.now += 30
    reply = partners.get("/messages/m-1/reply", headers=host("nhs-fife")).json()
    replies = partners.get("/replies", headers=host("nhs-fife")).json()["replies"]
    assert (early, none_yet, replies) == (404, [], [reply])
    assert reply["outcome"] == "confirmed"


@pytest.mark.parametrize(
    ("partner", "method", "path"),
    [
        pytest.param("angus", "POST", "/checks", id="a file partner has no api"),
        pytest.param("dwp", "PUT", "/files/x", id="an api partner takes no files"),
        pytest.param("angus", "POST", "/messages", id="a file partner takes no messages"),
    ],
)
def test_a_partner_is_reached_by_its_own_transport_only(
    partners: Served, partner: str, method: str, path: str
) -> None:
    answer = partners.request(method, path, json=QUESTION, headers=host(partner))
    assert (answer.status_code, answer.json()["error"]) == (404, "not-found")


@pytest.mark.parametrize("body", [b"[1]", b"{", b'{"check": "income"}'], ids=["list", "broken", "no client"])
def test_a_question_that_is_none_is_refused(partners: Served, body: bytes) -> None:
    assert partners.post("/checks", content=body, headers=host("dwp")).status_code in (400, 422)
