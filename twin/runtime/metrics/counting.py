"""How much a counter has grown. A process that began anew counts from nothing, so what it counts then is new."""

__all__ = ["increase"]


def increase(before: float, after: float) -> float:
    """What was counted since; never less than nothing."""
    return after - before if after >= before else max(0.0, after)
