"""HTTP/1.1 with connections that stay open, on loopback only, around a function from request to answer.

werkzeug's own server closes every connection, because it cannot know whether an application has read the
request to its end. Here the request is read whole before anything is done with it: half a request is none.
"""

import errno
import io
import sys
import traceback
from http.server import ThreadingHTTPServer
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.exceptions import ClientDisconnected
from werkzeug.wsgi import get_input_stream

from twin.aws.emulator.answer import Answer, Responder, complete
from twin.aws.emulator.exceptions import PortTaken
from twin.aws.emulator.process import BOOT_HEADER

__all__ = ["LOOPBACK", "Server"]

LOOPBACK = "127.0.0.1"


class Server(ThreadingHTTPServer):
    """Listens on loopback once made; a thread serves each connection. Port 0 means any free one."""

    daemon_threads = True
    request_queue_size = 128
    # What werkzeug's request handler reads from its server.
    ssl_context = None
    multithread = True
    multiprocess = False
    _server_version = "estate"

    def __init__(self, port: int) -> None:
        self.respond: Responder = _not_ready
        """Set before it serves."""
        self.boot = ""
        """Of the emulator; every answer says it, so that one is not taken for another at its port."""
        try:
            super().__init__((LOOPBACK, port), RequestHandler)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(port) from error
            raise

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def server_bind(self) -> None:
        """Bound, without the reverse look-up of the host's name that http.server makes."""
        super(ThreadingHTTPServer, self).server_bind()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks is the client's affair; anything else is logged."""
        if not isinstance(sys.exception(), ConnectionError):
            traceback.print_exc()


def _not_ready(environ: dict[str, Any]) -> Answer:
    return complete("503 Service Unavailable", [], b"")


class RequestHandler(MotoRequestHandler):
    """Reads one request, answers it, and waits for the next on the same connection."""

    protocol_version = "HTTP/1.1"
    # Header and body leave in one segment each way; waiting for acknowledgements would cost 40 ms a call.
    disable_nagle_algorithm = True
    server: Server  # pyright: ignore[reportIncompatibleVariableOverride]

    def run_wsgi(self) -> None:
        environ = self.make_environ()
        try:
            body = get_input_stream(environ, safe_fallback=False).read() if self._has_body(environ) else b""
        except (ClientDisconnected, OSError):
            self.close_connection = True
            return
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        self._send(self._answer(environ))

    @staticmethod
    def _has_body(environ: dict[str, Any]) -> bool:
        return bool(environ.get("wsgi.input_terminated")) or environ.get("CONTENT_LENGTH", "0") != "0"

    def _answer(self, environ: dict[str, Any]) -> Answer:
        try:
            return self.server.respond(environ)
        except Exception as error:
            traceback.print_exc()
            headers = [("Content-Type", "text/plain")]
            return complete("500 Internal Server Error", headers, f"{type(error).__name__}: {error}".encode())

    def _send(self, answer: Answer) -> None:
        head = [f"HTTP/1.1 {answer.status}", *(f"{name}: {value}" for name, value in answer.headers)]
        head.append(f"{BOOT_HEADER}: {self.server.boot}")
        if self.close_connection:
            head.append("Connection: close")
        self.wfile.write("\r\n".join([*head, "", ""]).encode("latin-1") + answer.body)

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Requests are not logged: there are thousands, and some carry secrets."""

    def log_error(self, format: str, *args: Any) -> None:
        sys.stderr.write(f"{format % args}\n")
