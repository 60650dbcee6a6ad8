"""Time as the event loop counts it, so that tests can make it pass without waiting."""

import asyncio
from datetime import UTC, datetime

__all__ = ["monotonic", "timestamp"]


def monotonic() -> float:
    """Seconds on the running loop's clock."""
    return asyncio.get_running_loop().time()


def timestamp() -> str:
    """Now, as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
