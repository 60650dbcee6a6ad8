"""The port of each service's listener: once given, it stays, for tasks hold it in their environment."""

import json
from pathlib import Path

__all__ = ["Ports"]

_FIRST_PORT = 10_000


class Ports:
    """Args: path: where they are kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ports: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}

    def of(self, service: str) -> int:
        if service not in self._ports:
            self._ports[service] = max(self._ports.values(), default=_FIRST_PORT - 1) + 1
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(self._ports, indent=1))
        return self._ports[service]
