"""An operation is tried as a person would: the same key, by another way in, for a minute at most."""

import json
from itertools import pairwise
from random import Random

import pytest

from evidence.ledger import Outcome
from load_tests.operation import RETRIED_STATUSES, Answer, Done, OperationRule, Request, Tried, carry_out
from tests.load_tests.virtual_time import StallingWire, VirtualTime
from workload.client import RETRIED_STATUSES as CLIENTS_STATUSES
from workload.client import OperationRule as ClientsRule

SUBMIT = Request("submit", "POST", "/benefits/x/applications", {"Idempotency-Key": "k"}, b"{}")
UNAVAILABLE = Answer(503, {}, b"")
SHED = Answer(503, {"retry-after": "5"}, b'{"error": "shed", "priority": "bulk"}')


def operated(*answers: Answer | str, seed: int = 1) -> tuple[Done, StallingWire, list[Tried], float]:
    """The operation's end, its wire, what was told, and how long it took."""
    time = VirtualTime()
    wire, told, ended, began = StallingWire(time, answers=answers), list[Tried](), list[Done](), time.now()
    time.run(
        lambda: ended.append(
            carry_out(SUBMIT, wire, Random(seed), now=time.now, sleep=time.sleep, told=told.append)
        )
    )
    return ended[0], wire, told, time.now() - began


def test_the_rule_is_the_documented_clients() -> None:
    ours, theirs = OperationRule(), ClientsRule()

    assert vars(ours) == vars(theirs)
    assert RETRIED_STATUSES == CLIENTS_STATUSES


def test_what_is_answered_is_sent_once() -> None:
    done, wire, told, _ = operated(Answer(201, {}, b"{}"))

    assert (done.outcome, done.status, len(wire.sent), len(told)) == (Outcome.ACKNOWLEDGED, 201, 1, 1)


def test_every_attempt_has_the_same_key_and_goes_another_way_in() -> None:
    done, wire, told, _ = operated(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE)

    assert done.outcome is Outcome.FAILED
    assert [it.status for it in told] == [503] * 4
    assert {sent.headers["Idempotency-Key"] for _, _, sent in wire.sent} == {"k"}
    lanes = [lane for _, lane, _ in wire.sent]
    assert sorted(lanes[:3]) == [0, 1, 2]
    assert [sent.headers["Estate-Lane"] for _, _, sent in wire.sent] == [str(lane) for lane in lanes]


def test_a_way_in_that_was_silent_comes_last() -> None:
    _, wire, _, _ = operated("timeout", UNAVAILABLE, UNAVAILABLE, UNAVAILABLE)
    lanes = [lane for _, lane, _ in wire.sent]

    assert lanes[0] not in lanes[1:]


def test_retries_wait_longer_each_time_and_vary() -> None:
    def waits(seed: int) -> list[float]:
        _, wire, _, _ = operated(*[UNAVAILABLE] * 4, seed=seed)
        times = [at for at, _, _ in wire.sent]
        return [after - before - 0.01 for before, after in pairwise(times)]

    for seed in range(20):
        for wait, backoff in zip(waits(seed), (1, 5, 15), strict=True):
            assert backoff * 0.8 <= wait <= backoff * 1.2
    assert waits(1) != waits(2)


def test_no_attempt_begins_after_a_minute() -> None:
    late = Answer(503, {"retry-after": "55"}, b"")
    done, wire, _, took = operated(late, late, late)

    assert len(wire.sent) == 2
    assert done.outcome is Outcome.FAILED
    assert took < 60


def test_an_estate_that_asks_for_more_time_gets_it() -> None:
    _, wire, _, _ = operated(SHED, Answer(200, {}, b"{}"))

    assert wire.sent[1][0] - wire.sent[0][0] >= 5


def test_what_was_shed_is_told_apart_from_what_failed() -> None:
    done, _, told, _ = operated(*[SHED] * 4)

    assert done.outcome is Outcome.SHED
    assert {(it.status, it.error) for it in told} == {(503, "shed")}
    assert operated(*[UNAVAILABLE] * 4)[0].outcome is Outcome.FAILED


@pytest.mark.parametrize("last", ["timeout", Answer(504, {}, b"")], ids=["no-answer", "504"])
def test_what_took_too_long_is_told_apart(last: Answer | str) -> None:
    assert operated(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, last)[0].outcome is Outcome.TIMED_OUT


def test_what_is_wrong_for_good_is_not_tried_again() -> None:
    done, wire, _, _ = operated(Answer(422, {}, b"{}"))

    assert (done.outcome, len(wire.sent)) == (Outcome.FAILED, 1)


def test_a_place_in_the_waiting_room_is_shown_with_the_next_attempt() -> None:
    room = Answer(
        503,
        {"set-cookie": "waiting-room=abc.def; HttpOnly; Secure", "retry-after": "10"},
        json.dumps({"error": "waiting-room", "position": 7}).encode(),
    )
    done, wire, told, _ = operated(room, Answer(200, {}, b"{}"))

    assert told[0].error == "waiting-room"
    assert [sent.headers.get("Cookie") for _, _, sent in wire.sent] == [None, "waiting-room=abc.def"]
    assert done.outcome is Outcome.ACKNOWLEDGED


def test_each_attempt_says_how_long_its_person_waits_and_which_it_is() -> None:
    _, wire, _, _ = operated(UNAVAILABLE, Answer(200, {}, b"{}"))

    assert [sent.headers["Estate-Deadline"] for _, _, sent in wire.sent] == ["8000", "8000"]
    assert [sent.headers["Estate-Attempt"] for _, _, sent in wire.sent] == ["1", "2"]


def test_an_answer_that_is_no_json_is_none() -> None:
    assert Answer(503, {}, b"<html>").shed_as == ""
    assert Answer(200, {}, b"\xff").json() is None
    assert Answer(503, {}, b"[]").shed_as == ""
