"""No two regions of any environments have an address in common."""

from collections.abc import Iterator
from itertools import combinations

from catalogue.entries import Draft
from catalogue.exceptions import Problem
from catalogue.region import overlap

__all__ = ["problems"]


def problems(draft: Draft) -> Iterator[Problem]:
    """Address ranges that overlap an earlier one."""
    ranges = [
        (name, field, region.cidr)
        for name, environment in draft.environments.items()
        for field, region in (("primary", environment.primary), ("standby", environment.standby))
        if region is not None
    ]
    for (first, first_field, taken), (name, field, cidr) in combinations(ranges, 2):
        if overlap(taken, cidr):
            rule = "Address ranges must not overlap"
            allowed = f"The {first_field} of {first!r} has {taken}; choose a /16 that nothing uses."
            yield draft.sources.problem("environments", name, f"{field}.cidr", cidr, rule, allowed)
