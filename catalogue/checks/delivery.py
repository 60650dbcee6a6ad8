"""What is announced can be delivered where it is to go."""

from collections.abc import Iterator

from catalogue.entries import Draft
from catalogue.exceptions import Problem

__all__ = ["problems"]


def problems(draft: Draft) -> Iterator[Problem]:
    """Queues that keep an order which what is announced has not.

    Source: SNS's Subscribe answers "FIFO SQS Queues can not be subscribed to standard SNS topics" (moto's tests that
    AWS verifies, https://github.com/getmoto/moto/pull/8957).
    """
    for section, announced in (("topics", draft.topics), ("buses", draft.buses)):
        for name, entry in announced.items():
            for index, queue in enumerate(entry.delivers_to):
                if queue in draft.queues and draft.queues[queue].fifo:
                    rule = "A queue that something is announced to must not be first in, first out"
                    advice = f"Choose another queue, or take 'fifo' away from {queue!r}."
                    yield draft.sources.problem(section, name, f"delivers_to.{index}", queue, rule, advice)
