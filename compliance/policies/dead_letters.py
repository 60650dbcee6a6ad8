"""No message is lost because nobody could process it."""

from ._graph import Graph
from ._policy import Policy
from ._resource import Resource, as_text

__all__ = ["DeadLetters", "check"]

QUEUE = "aws_sqs_queue"
ALLOW = "aws_sqs_queue_redrive_allow_policy"
REDRIVE = "aws_sqs_queue_redrive_policy"
NOBODY = "denyAll"
"""Source: SQS API reference, SetQueueAttributes, RedriveAllowPolicy: no queue may give up messages to this one."""


class DeadLetters(Policy):
    """A message that fails again and again is set aside where somebody sees it, instead of expiring unseen."""

    number = 7
    title = "Every queue has a dead-letter queue, or is one"
    kinds = (QUEUE,)

    def holds(self, resource: Resource, graph: Graph) -> bool | None:
        return _gives_up(resource) or _is_dead_letter_queue(resource, graph)


def _gives_up(queue: Resource) -> bool:
    """Whether what fails too often goes elsewhere. A policy that is not known yet is one all the same."""
    policy = as_text(queue.value("redrive_policy"))
    return "deadLetterTargetArn" in policy or policy.startswith(f"{QUEUE}.")


def _is_dead_letter_queue(queue: Resource, graph: Graph) -> bool:
    return _takes(queue) or any(_is_given(queue, it, graph) for it in graph.naming(queue))


def _is_given(queue: Resource, neighbour: Resource, graph: Graph) -> bool:
    """Whether what names the queue says that others' messages come to it, or where its own go.

    A permission to give up names two kinds of queue: the one that takes, by its URL, and those that may give to it,
    which are no dead-letter queues for that.
    """
    if neighbour.kind == ALLOW:
        owner = graph.resolve(neighbour.value("queue_url"))
        return owner is not None and owner.address == queue.address and _takes(neighbour)
    return neighbour.kind == REDRIVE or (neighbour.kind == QUEUE and _gives_up(neighbour))


def _takes(allowing: Resource) -> bool:
    """Whether a queue, or what stands for its permission, lets some queue give up messages to it."""
    permission = as_text(allowing.value("redrive_allow_policy"))
    return NOBODY not in permission and (bool(permission) or allowing.kind == ALLOW)


check = DeadLetters()
