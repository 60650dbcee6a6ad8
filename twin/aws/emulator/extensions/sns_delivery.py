"""SNS and EventBridge give messages to a queue if its policy, and its key's, let them.

Source: SQS developer guide, "Using an Amazon SQS queue with an SNS topic"; EventBridge user guide, "Using
resource-based policies for Amazon EventBridge"; SQS developer guide, "Configure KMS permissions for AWS services".
"""

import functools
import sys
from typing import Any

from twin.aws.emulator.authorization.acting import Acting
from twin.aws.emulator.extension import Extension

__all__ = ["EXTENSIONS"]

_SNS = "https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html"
_EVENTS = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html"
_SEND = "sqs:SendMessage"
_ACTING = Acting()


@functools.lru_cache(maxsize=1_000)
def _tell(source_arn: str, refusal: str) -> None:
    """A line in the log, once for each refusal."""
    sys.stderr.write(f"Messages of {source_arn} are lost. {refusal}\n")


def _may_send(service: str, queue_arn: str, source_arn: str) -> bool:
    refusal = _ACTING.refusal(service, _SEND, queue_arn, source_arn)
    if refusal:
        _tell(source_arn, refusal)
    return not refusal


def _guard_subscriptions() -> None:
    """A topic's message reaches a queue that lets the topic send."""
    from moto.sns.models import Subscription

    subscription: Any = Subscription
    publish = subscription.publish

    def guarded(self: Any, *arguments: Any, **named: Any) -> None:
        is_open = self.protocol != "sqs" or _may_send("sns.amazonaws.com", self.endpoint, self.topic.arn)
        if is_open:
            publish(self, *arguments, **named)

    subscription.publish = guarded


def _guard_targets() -> None:
    """A rule's event reaches a queue that lets the rule send."""
    from moto.events.models import Rule

    rule: Any = Rule
    send = rule._send_to_sqs_queue

    def guarded(self: Any, resource_id: str, event: dict[str, Any], group_id: str | None = None) -> None:
        queue_arn = f"arn:aws:sqs:{self.region_name}:{self.account_id}:{resource_id}"
        if _may_send("events.amazonaws.com", queue_arn, self.arn):
            send(self, resource_id, event, group_id)

    rule._send_to_sqs_queue = guarded


EXTENSIONS = (
    Extension(
        service="sns",
        topic="delivery to queues",
        stock="gives messages to any queue",
        aws="gives them to a queue whose policy, and whose key's policy, lets the topic send",
        change="asks both policies, and loses the message, with a line in the log, where they refuse",
        source=_SNS,
        patch=_guard_subscriptions,
    ),
    Extension(
        service="events",
        topic="delivery to queues",
        stock="gives events to any queue",
        aws="gives them to a queue whose policy, and whose key's policy, lets the rule send",
        change="asks both policies, and loses the event, with a line in the log, where they refuse",
        source=_EVENTS,
        patch=_guard_targets,
    ),
)
