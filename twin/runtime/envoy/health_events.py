"""What Envoy writes when a health check turns an endpoint good or bad, and why."""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

__all__ = ["Cause", "Failure", "HealthEvents"]


class Failure(StrEnum):
    """Why a health check failed. Source: Envoy's API, envoy.data.core.v3.HealthCheckFailureType."""

    MISMATCH = "ACTIVE"
    NETWORK = "NETWORK"
    TIMEOUT = "NETWORK_TIMEOUT"


@dataclass(frozen=True)
class Cause:
    """Attributes: status: of the answer that was not wanted; 0 where there was none."""

    failure: Failure
    status: int = 0


class HealthEvents:
    """Reads on in the file; what was read is remembered by cluster, address and port."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._inode: int | None = None
        self.failures: dict[tuple[str, str, int], Cause] = {}

    def read(self) -> Mapping[tuple[str, str, int], Cause]:
        """The last failure of each endpoint that is unhealthy."""
        with contextlib.suppress(FileNotFoundError), self._path.open("rb") as file:
            self._begin_anew_where_replaced()
            file.seek(self._offset)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._offset += len(line)
                self._take(json.loads(line))
        return self.failures

    def _begin_anew_where_replaced(self) -> None:
        inode = self._path.stat().st_ino
        if inode != self._inode:
            self._inode, self._offset = inode, 0

    def _take(self, event: Mapping[str, Any]) -> None:
        place = event["host"]["socket_address"]
        key = (event["cluster_name"], place["address"], place["port_value"])
        if "add_healthy_event" in event:
            self.failures.pop(key, None)
        elif details := event.get("eject_unhealthy_event") or event.get("health_check_failure_event"):
            # The first kind is left out of the JSON, as protocol buffers do with a zero.
            failure = Failure(details.get("failure_type", Failure.MISMATCH.value))
            self.failures[key] = Cause(failure, details.get("http_status_code", 0))
