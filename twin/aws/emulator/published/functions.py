"""AWS/Lambda of a function: each call, whether it failed, and how long it took.

Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html: binary indicators, and the time of a
metric is that of the call.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from twin.aws.emulator.published.ledger import LEDGER, Entry, Ledger, Resource

__all__ = ["called"]

_NAMESPACE = "AWS/Lambda"


@contextmanager
def called(function: Any, ledger: Ledger = LEDGER, clock: Callable[[], float] = time.time) -> Iterator[None]:
    """The function was called inside the block, which is noted, whether it returned or failed.

    Args: function: one of moto's.
    """
    began_at, errors = clock(), 1
    try:
        yield
        errors = 0
    finally:
        name = Resource(
            function.account_id, function.region, _NAMESPACE, "FunctionName", function.function_name
        )
        milliseconds = round(1000 * (clock() - began_at), 2)
        ledger.note(
            Entry(name, "Invocations", "Count", 1, began_at),
            Entry(name, "Errors", "Count", errors, began_at),
            Entry(name, "Throttles", "Count", 0, began_at),
            Entry(name, "Duration", "Milliseconds", milliseconds, began_at),
        )
