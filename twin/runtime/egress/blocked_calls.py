"""What of the egress's access log is about calls that the network lets nobody begin."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from twin.runtime.egress.routes import BLOCKED
from twin.runtime.network.blocked import BlockedWay

__all__ = ["blocked_ways"]

_MARK = f'"route":"{BLOCKED}"'.encode()


def blocked_ways(zone: str, lines: Iterable[bytes]) -> Iterator[tuple[BlockedWay, float]]:
    """One for each call, and when it began, in seconds since the epoch. A line that is not whole tells of none."""
    for line in lines:
        if _MARK in line:
            try:
                said = json.loads(line)
                way = BlockedWay(said["caller"], zone, str(said["host"]).partition(":")[0])
                yield way, datetime.fromisoformat(said["time"]).timestamp()
            except (ValueError, KeyError):
                continue
