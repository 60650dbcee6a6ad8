"""Unix seconds that only ever go forward, at the pace of the monotonic clock."""

import time
from collections.abc import Callable

__all__ = ["steady_clock"]


def steady_clock() -> Callable[[], float]:
    """A clock that agrees with the wall's now, and that nobody can set afterwards."""
    offset = time.time() - time.monotonic()
    return lambda: time.monotonic() + offset
