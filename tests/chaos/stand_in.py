"""A fault endpoint that remembers what it was asked, as a small real server."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

__all__ = ["StandIn", "serving"]


class StandIn:
    """Attributes: faults: by id, as the twin shows them."""

    def __init__(self) -> None:
        self.faults: dict[str, dict[str, Any]] = {}
        self.url = ""

    def begin(self, fault: dict[str, Any]) -> dict[str, Any]:
        made = fault | {
            "id": f"f{len(self.faults)}",
            "is_active": True,
            "started_at": time.time(),
            "ended_at": None,
        }
        self.faults[made["id"]] = made
        return made

    def end(self, fault_id: str, at: float | None = None) -> dict[str, Any] | None:
        """The fault as it is then: one that has ended stays as it was. Args: at: Unix seconds; None: now."""
        found = self.faults.get(fault_id)
        if found and found["is_active"]:
            found |= {"is_active": False, "ended_at": time.time() if at is None else at}
        return found

    @property
    def active(self) -> list[str]:
        return [name for name, it in self.faults.items() if it["is_active"]]


@contextmanager
def serving() -> Iterator[StandIn]:
    stand_in = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(200, {"faults": list(stand_in.faults.values())})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._say(201, stand_in.begin(json.loads(body)))

        def do_DELETE(self) -> None:
            ended = stand_in.end(self.path.rpartition("/")[2])
            self._say(200 if ended else 404, ended or {"message": "There is no such fault."})

        def _say(self, status: int, document: Any) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        stand_in.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield stand_in
        finally:
            server.shutdown()
