"""What stands for the workload: answers with its environment, and does what its environment says."""

import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        is_ill = self.path == "/health" and os.environ.get("TINY_HEALTH") == "ill"
        body = json.dumps({"environment": dict(os.environ), "pid": os.getpid()}).encode()
        self.send_response(500 if is_ill else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        print(format % arguments)


def main() -> None:
    if code := os.environ.get("TINY_EXIT"):
        print("leaving at once")
        sys.exit(int(code))
    if os.environ.get("TINY_STUBBORN"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    else:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ThreadingHTTPServer.daemon_threads = True
    ThreadingHTTPServer.allow_reuse_address = True
    ThreadingHTTPServer((os.environ["ESTATE_HOST"], 8080), Handler).serve_forever()


if __name__ == "__main__":
    print("started", time.time())
    main()
