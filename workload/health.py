"""`python -m workload.health`: whether this task's process answers. Standard library only, for it runs often."""

import http.client
import os
import sys

__all__ = ["is_healthy", "main"]

SECONDS = 4.0
"""Below the 5 s that the container's health check may take."""


def is_healthy(host: str, port: int) -> bool:
    """Whether `/health` answers 200. Proxies are not asked: http.client knows none."""
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def main() -> int:
    host = os.environ.get("ESTATE_HOST", "127.0.0.1")
    port = int(os.environ.get("ESTATE_PORT", "8080"))
    return 0 if is_healthy("127.0.0.1" if host == "0.0.0.0" else host, port) else 1  # noqa: S104


if __name__ == "__main__":
    sys.exit(main())
