"""What control plane and data plane tell each other, without a server between them."""

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.core.utils import get_service_model

from twin.aws.emulator.call import Call
from twin.aws.emulator.exceptions import RuntimeReplaced
from twin.aws.emulator.exchange import REQUESTS, Exchange, Report

REGION = "eu-west-2"
DEADLINE_SECONDS = 10.0


def _call(reason: str = "because") -> Call:
    operation = get_service_model("ecs").operation_model("StopTask")
    return Call(operation, "json", "123456789012", REGION, {"task": "t", "reason": reason})


def _task(key: str, document: dict[str, Any] | None) -> Report:
    return Report("ecs", REGION, "task", key, document)


def _exchange() -> Exchange:
    return Exchange("boot", clock=lambda: 1_000.0)


def test_a_change_is_told_by_service_and_version() -> None:
    exchange = _exchange()
    exchange.note("ecs")
    exchange.note("elbv2")
    exchange.note("ecs")
    assert exchange.wait(0) == {
        "nonce": "boot",
        "version": 3,
        "settled": False,
        "services": {"ecs": 3, "elbv2": 2},
        "requests": [],
    }


def test_a_request_carries_what_was_asked_and_what_was_answered() -> None:
    exchange = _exchange()
    number = exchange.ask(_call(), {"taskArn": "arn"})
    assert exchange.wait(0)["requests"] == [
        {
            "id": number,
            "at": 1_000.0,
            "service": "ecs",
            "operation": "StopTask",
            "region": REGION,
            "account": "123456789012",
            "parameters": {"task": "t", "reason": "because"},
            "answer": {"taskArn": "arn"},
        }
    ]


def test_requests_are_dropped_only_when_they_are_acknowledged() -> None:
    exchange = _exchange()
    first, second = exchange.ask(_call()), exchange.ask(_call())
    assert [it["id"] for it in exchange.wait(0)["requests"]] == [first, second]
    assert [it["id"] for it in exchange.wait(0, requests_after=first)["requests"]] == [second]
    assert exchange.wait(0, requests_after=second)["requests"] == []


@pytest.mark.parametrize(
    "acknowledged", [{"requests_after": 7}, {"requests_after": 1, "nonce": "earlier boot"}], ids=str
)
def test_what_another_boot_acknowledges_is_kept(acknowledged: dict[str, Any]) -> None:
    exchange = _exchange()
    exchange.ask(_call())
    assert [it["id"] for it in exchange.wait(0, **acknowledged)["requests"]] == [1]


def test_more_requests_than_are_kept_cost_the_oldest() -> None:
    exchange = _exchange()
    for _ in range(REQUESTS + 2):
        exchange.ask(_call())
    ids = [it["id"] for it in exchange.wait(0)["requests"]]
    assert (len(ids), ids[0], ids[-1]) == (REQUESTS, 3, REQUESTS + 2)


@pytest.mark.parametrize("event", ["note", "ask", "settle"])
def test_whoever_waits_is_woken(event: str) -> None:
    exchange = _exchange()
    heard: list[dict[str, Any]] = []
    waiting = threading.Thread(target=lambda: heard.append(exchange.wait(0, 0, DEADLINE_SECONDS)))
    waiting.start()
    {"note": lambda: exchange.note("ecs"), "ask": lambda: exchange.ask(_call()), "settle": exchange.settle}[
        event
    ]()
    waiting.join(DEADLINE_SECONDS / 2)
    assert [(it["version"], len(it["requests"]), it["settled"]) for it in heard] == [
        {"note": (1, 0, False), "ask": (0, 1, False), "settle": (1, 0, True)}[event]
    ]


def test_a_version_of_another_boot_is_answered_at_once() -> None:
    assert _exchange().wait(500, 0, DEADLINE_SECONDS)["version"] == 0
    assert _exchange().wait(0, 0, DEADLINE_SECONDS, nonce="earlier boot")["nonce"] == "boot"


def test_settling_twice_is_one_change() -> None:
    exchange = _exchange()
    exchange.settle()
    exchange.settle()
    assert (exchange.wait(0)["version"], exchange.wait(0)["settled"]) == (1, True)


def test_a_data_plane_is_attached_once_it_reports_or_acknowledges() -> None:
    exchange = _exchange()
    exchange.wait(0)
    assert not exchange.attached
    exchange.wait(0, requests_after=0)
    assert exchange.attached
    reporting = _exchange()
    reporting.report("a", [])
    assert reporting.attached


def test_reports_are_no_changes() -> None:
    exchange = _exchange()
    exchange.report("a", [_task("1", {"lastStatus": "RUNNING"})])
    assert (exchange.wait(0)["version"], exchange.wait(0)["services"]) == (0, {})


def test_a_report_replaces_and_nothing_ends_what_was_reported() -> None:
    exchange = _exchange()
    exchange.report("a", [_task("1", {"s": 1}), _task("2", {"s": 1})])
    exchange.report("a", [_task("1", {"s": 2}), _task("2", None)])
    assert exchange.reported(REGION, "ecs", "task") == {"1": {"s": 2}}
    assert exchange.reported("eu-west-1", "ecs", "task") == {}


def test_a_new_runtime_ends_what_the_earlier_one_reported() -> None:
    exchange = _exchange()
    exchange.report("a", [_task("1", {"s": 1})])
    exchange.report("b", [_task("2", {"s": 2})])
    assert exchange.reported(REGION, "ecs", "task") == {"2": {"s": 2}}
    with pytest.raises(RuntimeReplaced, match="Runtime 'a' has been replaced"):
        exchange.report("a", [_task("1", {"s": 3})])
    assert exchange.reported(REGION, "ecs", "task") == {"2": {"s": 2}}


def test_whoever_reads_reports_is_not_disturbed_by_the_next_one() -> None:
    exchange = _exchange()
    exchange.report("a", [_task(str(number), {"s": number}) for number in range(3)])
    read = iter(exchange.reported(REGION, "ecs", "task").items())
    next(read)
    exchange.report("a", [_task("9", {"s": 9}), _task("0", None)])
    assert [key for key, _ in read] == ["1", "2"]


STEPS = st.lists(st.one_of(st.just("ask"), st.integers(min_value=0, max_value=12)), max_size=30)


@given(STEPS)
def test_a_request_is_told_until_it_is_acknowledged_and_never_after(steps: list[str | int]) -> None:
    exchange = _exchange()
    asked, acknowledged = 0, 0
    for step in steps:
        if step == "ask":
            asked = exchange.ask(_call())
            continue
        told = [it["id"] for it in exchange.wait(0, requests_after=int(step))["requests"]]
        acknowledged = max(acknowledged, int(step)) if int(step) <= asked else acknowledged
        assert told == list(range(acknowledged + 1, asked + 1))


DOCUMENTS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("123"), st.none() | st.integers()), max_size=20
)


@given(DOCUMENTS)
def test_what_is_shown_is_what_the_last_runtime_said_last(said: list[tuple[str, str, int | None]]) -> None:
    exchange = _exchange()
    expected: dict[str, dict[str, Any]] = {}
    current = ""
    for runtime, key, value in said:
        try:
            exchange.report(runtime, [_task(key, None if value is None else {"s": value})])
        except RuntimeReplaced:
            continue
        expected = expected if runtime == current else {}
        current = runtime
        expected = {**expected, key: {"s": value}} if value is not None else expected
        if value is None:
            expected.pop(key, None)
    assert exchange.reported(REGION, "ecs", "task") == expected
