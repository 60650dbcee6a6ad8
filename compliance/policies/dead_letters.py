"""No message is lost because nobody could process it."""

from ._graph import Graph
from ._policy import Policy
from ._resource import Resource, as_text

__all__ = ["DeadLetters", "check"]

ALLOW = "aws_sqs_queue_redrive_allow_policy"


class DeadLetters(Policy):
    """A message that fails again and again is set aside where somebody sees it, instead of expiring unseen."""

    number = 7
    title = "Every queue has a dead-letter queue, or is one"
    kinds = ("aws_sqs_queue",)

    def holds(self, resource: Resource, graph: Graph) -> bool | None:
        return _gives_up(resource) or _is_dead_letter_queue(resource, graph)


def _gives_up(queue: Resource) -> bool:
    """Whether what fails too often goes elsewhere. A policy that is not known yet is one all the same."""
    policy = as_text(queue.value("redrive_policy"))
    return "deadLetterTargetArn" in policy or policy.startswith("aws_sqs_queue.")


def _is_dead_letter_queue(queue: Resource, graph: Graph) -> bool:
    if queue.value("redrive_allow_policy"):
        return True
    return any(
        it.kind in (ALLOW, "aws_sqs_queue_redrive_policy") or _gives_up(it)
        for it in graph.naming(queue)
        if it.kind.startswith("aws_sqs_queue") and it.kind != "aws_sqs_queue_policy"
    )


check = DeadLetters()
