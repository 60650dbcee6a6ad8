"""Rules between entries: one kind of rule a module, and a problem for every place that breaks it.

A check skips an entry that is not there: the reference to it, or its own model, has been reported already.
"""

from collections.abc import Callable, Iterator

from catalogue.checks import capacity, delivery, dependency, network, protection, reference, uniqueness
from catalogue.entries import Draft
from catalogue.exceptions import Problem

__all__ = ["CHECKS", "SIZE_CHECKS"]

Check = Callable[[Draft], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (
    reference.problems,
    uniqueness.problems,
    dependency.problems,
    protection.problems,
    delivery.problems,
    network.problems,
    capacity.connection_problems,
    capacity.scale_problems,
)
SIZE_CHECKS: tuple[Check, ...] = (capacity.task_problems,)
"""These add everything up, so they run only where all else holds."""
