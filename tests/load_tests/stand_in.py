"""A small real server with the edge's paths, which answers nothing while it is stalled and sheds what it is told to."""

import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["StandIn", "standing_in"]


@dataclass
class StandIn:
    """Attributes: stall: Unix seconds from and until when it answers nothing.

    sheds: beginnings of paths that it refuses, marked; sheds_once: each of them the first time only.
    """

    stall: tuple[float, float] = (0.0, 0.0)
    sheds: tuple[str, ...] = ()
    sheds_once: tuple[str, ...] = ()
    url: str = ""
    stored: dict[str, str] = field(default_factory=dict[str, str])
    asked: Counter[str] = field(default_factory=Counter[str])
    ledger: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, method: str, path: str, key: str) -> tuple[int, dict[str, Any]]:
        while self.stall[0] <= time.time() < self.stall[1]:
            time.sleep(0.02)
        with self.lock:
            self.asked[f"{method} {path.split('?')[0].split('/')[1] or 'home'}"] += 1
            once = tuple(it for it in self.sheds_once if path.startswith(it))
            self.sheds_once = tuple(it for it in self.sheds_once if it not in once)
            if once or path.startswith(self.sheds):
                return 503, {"error": "shed", "priority": "bulk"}
            return self._stored(method, path, key)

    def _stored(self, method: str, path: str, key: str) -> tuple[int, dict[str, Any]]:
        parts = path.strip("/").split("/")
        match method, parts:
            case "POST", ["benefits", benefit, "applications"]:
                id_ = self.stored.setdefault(key, str(uuid.uuid5(uuid.NAMESPACE_URL, key)))
                return 201, {"application_id": id_, "benefit": benefit, "state": "received"}
            case "PUT", ["benefits", _, "drafts", draft]:
                return 200, {"draft_id": draft, "state": "saved"}
            case "GET", ["benefits", _, "applications", id_]:
                known = id_ in self.stored.values()
                return (
                    (200, {"application_id": id_, "state": "paid"}) if known else (404, {"error": "unknown"})
                )
            case "GET", ["central-payments", "ledger?after=0"]:
                return 200, {"payments": self.ledger, "last": len(self.ledger)}
            case "GET", ["central-payments", _]:
                return 200, {"payments": [], "last": len(self.ledger)}
            case _:
                return 200, {"document_id": key}


@contextmanager
def standing_in(stand_in: StandIn) -> Iterator[StandIn]:
    """It answers at its `url`."""
    server = _Server(("127.0.0.1", 0), _handler(stand_in))
    stand_in.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            key = self.headers.get("Idempotency-Key", "")
            status, document = stand_in.answer(self.command, self.path, key)
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PUT = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
