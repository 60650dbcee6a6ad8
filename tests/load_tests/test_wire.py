"""One request on the wire for each attempt, over connections that are kept, and a word for whatever goes wrong."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from load_tests.operation import Answer, NoAnswer, Request
from load_tests.wire import IDLE_SECONDS, EdgeWire

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Word: said\r\n\r\n{}"
GET, POST = (
    Request("page", "GET", "/page"),
    Request("submit", "POST", "/apply", {"Idempotency-Key": "k"}, b"{}"),
)


class Server:
    """Answers each request with the next of its answers; None closes without one, "silence" does not answer."""

    def __init__(self, *answers: bytes | str | None) -> None:
        self.answers = list(answers)
        self.requests: list[bytes] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()

    def _answer(self, connection: socket.socket) -> None:
        """Until the client or the test closes, which may be at any moment."""
        with suppress(OSError):
            while self.answers and (request := connection.recv(65_536)):
                self.requests.append(request)
                answer = self.answers.pop(0)
                if answer == "silence":
                    continue
                if not isinstance(answer, bytes):
                    break
                connection.sendall(answer)
                if answer != OK:
                    break
            connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def serving(*answers: bytes | str | None) -> Iterator[Server]:
    server = Server(*answers)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join()


def reason(send: Callable[[], Answer]) -> str:
    with pytest.raises(NoAnswer) as caught:
        send()
    return caught.value.reason


def test_an_answer_has_status_headers_and_body() -> None:
    with serving(OK) as server:
        answer = EdgeWire(server.url).send(POST, 0, 5)

    assert answer == Answer(200, {"content-length": "2", "x-word": "said"}, b"{}")
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /apply HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nIdempotency-Key: k\r\nContent-Length: 2" in head
    assert body == b"{}"


def test_a_connection_is_kept_and_used_again() -> None:
    with serving(OK, OK, OK) as server:
        wire = EdgeWire(server.url)
        for _ in range(2):
            wire.send(GET, 0, 5)
        assert server.connections == 1
        wire.close()


def test_one_that_rested_for_long_is_not() -> None:
    clock = [0.0]
    with serving(OK, OK, OK) as server:
        wire = EdgeWire(server.url, monotonic=lambda: clock[0])
        wire.send(GET, 0, 5)
        clock[0] += IDLE_SECONDS + 0.1
        wire.send(GET, 0, 5)
        assert server.connections == 2
        wire.close()


@pytest.mark.parametrize("request_", [GET, POST], ids=["get", "post"])
def test_a_request_that_met_a_closed_connection_is_not_sent_again_by_itself(request_: Request) -> None:
    with serving(None, OK) as server:
        assert reason(lambda: EdgeWire(server.url).send(request_, 0, 5)) == "broken"
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", b"no HTTP at all, and close\r\n\r\n"],
    ids=["cut-short", "not-http"],
)
def test_what_is_no_whole_answer_is_broken(answer: bytes) -> None:
    with serving(answer) as server:
        assert reason(lambda: EdgeWire(server.url).send(GET, 0, 5)) == "broken"


def test_an_answer_that_ends_with_its_connection_is_whole() -> None:
    with serving(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it") as server:
        assert EdgeWire(server.url).send(GET, 0, 5).body == b"all of it"


def test_silence_is_a_timeout() -> None:
    with serving("silence", "silence") as server:
        assert reason(lambda: EdgeWire(server.url).send(GET, 0, 0.2)) == "timeout"


def test_where_nobody_listens_it_is_refused() -> None:
    with serving() as server:
        url = server.url

    assert reason(lambda: EdgeWire(url).send(GET, 0, 5)) == "refused"


def test_another_lane_is_another_address_as_far_as_there_are_so_many() -> None:
    asked: list[tuple[str, int]] = []

    def connect(address: tuple[str, int]) -> socket.socket:
        asked.append(address)
        raise ConnectionRefusedError

    wire = EdgeWire(
        "http://edge.example:8080", connect, resolve=lambda *_: [_found("192.0.2.2"), _found("192.0.2.1")]
    )
    for lane in range(3):
        assert reason(lambda lane=lane: wire.send(GET, lane, 5)) == "refused"

    assert asked == [("192.0.2.1", 8080), ("192.0.2.2", 8080), ("192.0.2.1", 8080)]


def _found(address: str) -> tuple[object, ...]:
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 8080))
