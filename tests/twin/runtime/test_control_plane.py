"""The control plane that is followed is told from another one at its port."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.twin.runtime.deadlines import until
from twin.aws.emulator.process import BOOT_HEADER
from twin.runtime import control_plane
from twin.runtime.control_plane import MOST_ASKED, ControlPlane
from twin.runtime.exceptions import ControlPlaneAway


class Emulator(ThreadingHTTPServer):
    """Answers the feed, and every call of AWS's API with the clusters that it knows. Attributes: is_polled: it tells
    who follows it that it is there. holds: cleared, it keeps answers back. is_asked: a call of AWS's API has come."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.boot, self.clusters, self.is_polled = "first", ["arn:estate"], True
        self.asked = 0
        self.holds, self.is_asked = threading.Event(), threading.Event()
        self.holds.set()
        self.endpoint = f"http://127.0.0.1:{self.server_address[1]}"


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Emulator  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        feed = {
            "nonce": self.server.boot,
            "version": 1,
            "settled": True,
            "services": {"ecs": 1},
            "requests": [],
        }
        self._say(feed if self.server.is_polled else None)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if not self.path.endswith("/report"):
            self.server.asked += 1
            self.server.is_asked.set()
            self.server.holds.wait(10)
        self._say({"clusterArns": self.server.clusters})

    def _say(self, document: dict[str, Any] | None) -> None:
        body = json.dumps(document).encode()
        self.send_response(200 if document is not None else 503)
        self.send_header("Content-Length", str(len(body)))
        self.send_header(BOOT_HEADER, self.server.boot)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    server = Emulator()
    monkeypatch.setattr(control_plane, "find", lambda folder: SimpleNamespace(endpoint=server.endpoint))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.holds.set()
    server.shutdown()
    server.server_close()


@asynccontextmanager
async def followed() -> AsyncIterator[ControlPlane]:
    """A control plane that is up, and is followed inside."""
    plane = ControlPlane(Path(), "run")
    following = asyncio.create_task(plane.run())
    try:
        await until(lambda: plane.is_up)
        yield plane
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


def test_another_one_at_its_port_is_not_asked_before_it_is_followed(emulator: Emulator) -> None:
    async def scenario() -> None:
        async with followed() as plane:
            assert await clusters(plane) == ["arn:estate"]
            emulator.is_polled, emulator.boot, emulator.clusters = False, "second", []
            assert plane.seen.is_settled
            with pytest.raises(ControlPlaneAway, match="another one"):
                await clusters(plane)
            emulator.is_polled = True
            await until(lambda: plane.seen.generation == 2 and plane.is_up)
            assert await clusters(plane) == []

    asyncio.run(scenario())


async def clusters(plane: ControlPlane) -> list[str]:
    return list((await plane.call("ecs", "eu-west-2", "list_clusters")).get("clusterArns", ()))


def test_an_answer_is_not_taken_from_one_that_was_not_followed_when_it_was_asked(emulator: Emulator) -> None:
    """It answers only after it is followed: what it does not know was never deleted."""

    async def scenario() -> None:
        async with followed() as plane:
            with plane.looking() as known:
                assert known.is_settled
                assert await clusters(plane) == ["arn:estate"]
                emulator.boot, emulator.clusters = "second", []
                await until(lambda: plane.seen.generation == 2 and plane.is_up)
                with pytest.raises(ControlPlaneAway, match="another one"):
                    await clusters(plane)
            assert await clusters(plane) == []

    asyncio.run(scenario())


def test_an_answer_that_was_on_its_way_when_another_one_took_over_is_not_listened_to(
    emulator: Emulator,
) -> None:
    async def scenario() -> None:
        async with followed() as plane:
            emulator.holds.clear()
            asked = asyncio.create_task(clusters(plane))
            await asyncio.to_thread(emulator.is_asked.wait, 10)
            emulator.boot, emulator.clusters = "second", []
            await until(lambda: plane.seen.generation == 2 and plane.is_up)
            emulator.holds.set()
            with pytest.raises(ControlPlaneAway, match="another one"):
                await asked

    asyncio.run(scenario())


def test_hundreds_of_questions_hold_up_neither_the_feed_nor_what_comes_after_them(emulator: Emulator) -> None:
    async def scenario() -> None:
        async with followed() as plane:
            emulator.holds.clear()
            asking = [asyncio.create_task(plane.ask("login", {})) for _ in range(300)]
            await until(lambda: emulator.asked == MOST_ASKED)
            plane.is_up = False
            await until(lambda: plane.is_up)
            for it in asking[::2]:
                it.cancel()
            emulator.holds.set()
            answers = await asyncio.gather(*asking, return_exceptions=True)
            assert [it for it in answers[1::2] if not isinstance(it, dict)] == []
            assert emulator.asked <= len(asking) // 2 + MOST_ASKED
            assert await plane.ask("login", {})

    asyncio.run(scenario())
