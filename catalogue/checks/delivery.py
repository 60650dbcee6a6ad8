"""What is announced can be delivered where it is to go."""

from collections.abc import Iterator

from catalogue.entries import Draft
from catalogue.exceptions import Problem

__all__ = ["problems"]


def problems(draft: Draft) -> Iterator[Problem]:
    """Queues that keep an order which what is announced has not.

    Source: Amazon SNS Developer Guide, "Message delivery": a FIFO queue takes messages of FIFO topics only.
    """
    for section, announced in (("topics", draft.topics), ("buses", draft.buses)):
        for name, entry in announced.items():
            for index, queue in enumerate(entry.delivers_to):
                if queue in draft.queues and draft.queues[queue].fifo:
                    rule = "A queue that something is announced to must not be first in, first out"
                    advice = f"Choose another queue, or take 'fifo' away from {queue!r}."
                    yield draft.sources.problem(section, name, f"delivers_to.{index}", queue, rule, advice)
