"""Another process's connection loses what arrives, and gets it when it may."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from twin.runtime.envoy import deaf_socket
from twin.runtime.envoy.broken_links import BrokenLinks
from twin.runtime.envoy.deaf_socket import cut, established, make_deaf, make_hearing

pytestmark = pytest.mark.twin

ECHO = """
import socket, sys
connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
while data := connection.recv(100):
    connection.sendall(data)
"""


@contextlib.contextmanager
def echoing() -> Iterator[tuple[int, socket.socket]]:
    """A process that sends back what it hears, and our end of its connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        command = ["setpriv", "--pdeathsig", "KILL", sys.executable, "-c", ECHO, str(server.getsockname()[1])]
        with subprocess.Popen(command) as process:
            try:
                server.settimeout(20)
                connection, _ = server.accept()
                with connection:
                    connection.settimeout(20)
                    yield process.pid, connection
            finally:
                process.kill()


def hears(connection: socket.socket, seconds: float) -> bytes:
    connection.settimeout(seconds)
    try:
        return connection.recv(100)
    except TimeoutError:
        return b""
    finally:
        connection.settimeout(20)


def test_a_deaf_connection_answers_only_when_it_hears_again() -> None:
    with echoing() as (pid, ours):
        (theirs,) = established(pid)
        ours.sendall(b"one")
        assert hears(ours, 20) == b"one"
        assert make_deaf(theirs)
        ours.sendall(b"two")
        assert hears(ours, 0.3) == b""
        assert make_hearing(theirs)
        assert hears(ours, 20) == b"two", "it was sent again until it arrived"
        assert cut(theirs)
        assert hears(ours, 20) == b""
        assert not list(established(pid))


def test_exactly_the_connections_over_closed_links_are_deaf() -> None:
    with echoing() as (pid, ours):
        links = BrokenLinks()
        peer = ours.getsockname()
        links.follow(pid, "127.0.0.1", lambda address, port: (address, port) != peer)
        assert links.deaf == set()
        links.follow(pid, "127.0.0.1", lambda address, port: (address, port) == peer)
        assert {it.peer for it in links.deaf} == {peer}
        ours.sendall(b"lost")
        assert hears(ours, 0.2) == b""
        links.follow(pid, "127.0.0.1", lambda _, __: False)
        assert (links.deaf, hears(ours, 20)) == (set(), b"lost")


def test_only_established_connections_from_the_address_are_found() -> None:
    with echoing() as (pid, _):
        (theirs,) = established(pid, "127.0.0.1")
        assert (theirs.pid, theirs.own[0]) == (pid, "127.0.0.1")
        assert list(established(pid, "127.0.0.2")) == []
    with socket.create_server(("127.0.0.77", 0)), socket.socket(type=socket.SOCK_DGRAM) as unconnected:
        unconnected.bind(("127.0.0.77", 0))
        assert list(established(os.getpid(), "127.0.0.77")) == [], "one listens, one is of no connection"


def test_where_the_kernel_lends_no_sockets_it_is_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(deaf_socket, "_PIDFD_GETFD", 1 << 20)
    links = BrokenLinks()
    with echoing() as (pid, _):
        for _ in range(3):
            links.follow(pid, "127.0.0.1", lambda _, __: True)
    assert (links.deaf, links.is_allowed) == (set(), False)
    assert len(caplog.messages) == 1
    assert "does not lend sockets" in caplog.messages[0]


def test_a_process_that_has_ended_has_no_connections() -> None:
    with echoing() as (pid, _):
        (theirs,) = established(pid)
    assert list(established(pid)) == []
    assert not make_deaf(theirs)
