"""An operation takes effect once, however often it is sent."""

import io
import socket
import threading
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from tests.twin.aws.emulator.conftest import Served
from twin.aws.emulator.answer import Answer, complete
from twin.aws.emulator.replay import Replay

SIGNED = "AWS4-HMAC-SHA256 Credential=KEY/{day}/{region}/ec2/aws4_request, SignedHeaders=host, Signature={signature}"


def _request(
    body: bytes = b"Action=CreateVpc", operation: str | None = "step/1", **environ: str
) -> dict[str, Any]:
    marked = {} if operation is None else {"HTTP_X_ESTATE_OPERATION": operation}
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8",
        "HTTP_AUTHORIZATION": SIGNED.format(day="20261122", region="eu-west-2", signature="a"),
        "wsgi.input": io.BytesIO(body),
        **marked,
        **environ,
    }


class _Counting:
    """Answers with how many requests it has carried out."""

    def __init__(self, *statuses: str) -> None:
        self.statuses, self.count = list(statuses), 0

    def __call__(self, environ: dict[str, Any]) -> Answer:
        self.count += 1
        status = self.statuses.pop(0) if self.statuses else "200 OK"
        return complete(status, [("x-request-id", str(self.count))], str(self.count).encode())


def test_the_same_value_is_given_the_same_answer() -> None:
    aws = _Counting()
    replay = Replay(aws)
    assert replay(_request()) == replay(_request())
    assert aws.count == 1


def test_requests_without_the_header_are_all_carried_out() -> None:
    aws = _Counting()
    replay = Replay(aws)
    assert [replay(_request(operation=None)).body for _ in range(2)] == [b"1", b"2"]


@pytest.mark.parametrize("status", ["400 Bad Request", "404 Not Found", "500 Internal Server Error"])
def test_after_an_error_the_same_step_is_tried_anew(status: str) -> None:
    replay = Replay(_Counting(status))
    assert [replay(_request()).code for _ in range(2)] == [int(status[:3]), 200]


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(_request(b"Action=CreateVpc&CidrBlock=10.0.0.0%2F8"), id="body"),
        pytest.param(_request(PATH_INFO="/bucket"), id="path"),
        pytest.param(_request(QUERY_STRING="policy"), id="query"),
        pytest.param(
            _request(HTTP_AUTHORIZATION=SIGNED.format(day="20261122", region="eu-west-1", signature="a")),
            id="region",
        ),
        pytest.param(_request(HTTP_X_AMZ_TARGET="Service.Operation"), id="operation"),
    ],
)
def test_the_same_value_with_another_request_is_a_conflict(again: dict[str, Any]) -> None:
    aws = _Counting()
    replay = Replay(aws)
    replay(_request())
    answer = replay(again)
    assert (answer.code, aws.count) == (409, 1)
    assert b"already carried out with another request" in answer.body


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(
            _request(HTTP_AUTHORIZATION=SIGNED.format(day="20261123", region="eu-west-2", signature="b")),
            id="date and signature",
        ),
        pytest.param(_request(b"Action=CreateVpc&ClientToken=random"), id="generated token"),
    ],
)
def test_what_differs_between_two_attempts_does_not_matter(again: dict[str, Any]) -> None:
    replay = Replay(_Counting())
    assert replay(_request()).body == replay(again).body == b"1"


def test_json_bodies_are_compared_as_documents() -> None:
    replay = Replay(_Counting())
    json_type = {"CONTENT_TYPE": "application/x-amz-json-1.1"}
    first = replay(_request(b'{"a": 1, "b": 2, "ClientToken": "x"}', **json_type))
    assert replay(_request(b'{"b": 2, "a": 1, "ClientToken": "y"}', **json_type)) == first


def test_a_forgotten_token_is_carried_out_again_and_others_are_not() -> None:
    replay = Replay(_Counting())
    for operation in ("one/1", "one/2", "one/sub/1"):
        replay(_request(operation=operation))
    assert replay.forget("one") == 2
    assert [replay(_request(operation=it)).body for it in ("one/1", "one/sub/1")] == [b"4", b"3"]


def test_the_least_recently_used_answers_make_room() -> None:
    replay = Replay(_Counting(), entries=2)
    for operation in ("a/1", "b/1", "a/1", "c/1"):
        replay(_request(operation=operation))
    assert [replay(_request(operation=it)).body for it in ("a/1", "b/1")] == [b"1", b"4"]


def test_answers_make_room_by_size_too() -> None:
    replay = Replay(_Counting(), size_bytes=1)
    assert [replay(_request()).body for _ in range(2)] == [b"1", b"2"]


class _Slow:
    """Carries one request out when it is let, and says when it has begun."""

    def __init__(self, status: str = "200 OK") -> None:
        self.begun, self.let, self.count, self.status = threading.Event(), threading.Event(), 0, status

    def __call__(self, environ: dict[str, Any]) -> Answer:
        self.count += 1
        self.begun.set()
        assert self.let.wait(10)
        return complete(self.status, [], str(self.count).encode())


def test_a_second_request_waits_for_the_first_and_shares_its_answer() -> None:
    aws = _Slow()
    replay = Replay(aws)
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda: answers.append(replay(_request()))) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert aws.begun.wait(10)
    aws.let.set()
    for thread in threads:
        thread.join(10)
    assert [answer.body for answer in answers] == [b"1"] * 3


def test_waiting_has_a_deadline() -> None:
    aws = _Slow()
    replay = Replay(aws, wait_seconds=0.01)
    first = threading.Thread(target=lambda: replay(_request()))
    first.start()
    assert aws.begun.wait(10)
    assert replay(_request()).code == 503
    aws.let.set()
    first.join(10)


def test_a_failure_inside_lets_the_next_one_try() -> None:
    def broken(environ: dict[str, Any]) -> Answer:
        raise RuntimeError

    replay = Replay(broken)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            replay(_request())


def _wire(endpoint: str, body: str, operation: str) -> bytes:
    lines = [
        "POST / HTTP/1.1",
        f"Host: {urlsplit(endpoint).netloc}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Authorization: {SIGNED.format(day='20261122', region='eu-central-1', signature='a')}",
        f"x-estate-operation: {operation}",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", body]).encode()


def _cidrs(served: Served) -> list[str]:
    vpcs = served.clients("ec2", "eu-central-1").describe_vpcs()["Vpcs"]
    return sorted(vpc["CidrBlock"] for vpc in vpcs if not vpc["IsDefault"])


def test_a_client_that_dies_before_the_answer_finds_one_vpc_when_it_comes_back(extended: Served) -> None:
    body = "Action=CreateVpc&CidrBlock=10.9.0.0%2F16&Version=2016-11-15"
    address = (urlsplit(extended.endpoint).hostname, urlsplit(extended.endpoint).port)
    request = _wire(extended.endpoint, body, "death/1")
    with socket.create_connection(address) as dying:
        dying.sendall(request)
    answers: list[bytes] = []
    for _ in range(2):
        with socket.create_connection(address) as alive:
            alive.sendall(request)
            answers.append(alive.recv(65536))
    assert answers[0].startswith(b"HTTP/1.1 200 OK")
    assert answers[0] == answers[1]
    assert _cidrs(extended) == ["10.9.0.0/16"]


def test_half_a_request_is_not_carried_out(extended: Served) -> None:
    body = "Action=CreateVpc&CidrBlock=10.8.0.0%2F16&Version=2016-11-15"
    address = (urlsplit(extended.endpoint).hostname, urlsplit(extended.endpoint).port)
    with socket.create_connection(address) as dying:
        dying.sendall(_wire(extended.endpoint, body, "half/1")[:-5])
        dying.shutdown(socket.SHUT_WR)
        assert dying.recv(1024) == b""
    assert "10.8.0.0/16" not in _cidrs(extended)


def test_a_token_is_forgotten_over_http(extended: Served) -> None:
    ec2 = extended.clients("ec2", "eu-north-1")
    ec2.meta.events.register("before-sign.ec2.CreateVpc", _mark)
    try:
        made = [ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"] for _ in range(2)]
        request = Request(
            f"{extended.endpoint}/moto-api/estate/forget", b'{"token": "over-http"}', method="POST"
        )
        with urlopen(request) as answer:
            assert answer.read() == b'{"forgotten": 1}\n'
        made.append(ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"])
    finally:
        ec2.meta.events.unregister("before-sign.ec2.CreateVpc", _mark)
    assert made[0] == made[1] != made[2]


def _mark(request: Any, **_: Any) -> None:
    request.headers["x-estate-operation"] = "over-http/1"
