"""In which zone a task starts, and from which one is taken.

Source: ECS developer guide, "Amazon ECS services": the scheduler keeps a service's tasks balanced over zones, when it
starts and when it stops them. Fargate always spreads.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

__all__ = ["fewest", "moves", "spread"]


def fewest(counts: Mapping[str, int], zones: Sequence[str]) -> str:
    """The zone with the fewest tasks, the first of them where several have."""
    return min(zones, key=lambda zone: counts.get(zone, 0))


def spread(number: int, current: Iterable[str], every: Iterable[str], zones: Sequence[str]) -> list[str]:
    """Zones for so many tasks, one after the other where the fewest are.

    Args:
        current: zones of the deployment's tasks. every: of all of the service's, which decides between equals.
        zones: to choose from.
    """
    counts, all_counts = Counter(current), Counter(every)
    chosen: list[str] = []
    for _ in range(number if zones else 0):
        zone = min(zones, key=lambda it: (counts[it], all_counts[it]))
        counts[zone] += 1
        all_counts[zone] += 1
        chosen.append(zone)
    return chosen


def moves(counts: Mapping[str, int], zones: Sequence[str], most: int) -> list[str]:
    """Zones in which to start tasks so that none has two more than another, once as many stopped where most are."""
    balance = {zone: counts.get(zone, 0) for zone in zones}
    chosen: list[str] = []
    while balance and len(chosen) < most and max(balance.values()) - min(balance.values()) > 1:
        short, long = fewest(balance, zones), max(zones, key=lambda it: balance[it])
        balance[short] += 1
        balance[long] -= 1
        chosen.append(short)
    return chosen
