"""A queue, the dead-letter queue behind it, and the alarms that say when either needs a person."""

import re
from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.alarm import Alarm, raise_alarms
from components.exceptions import ComponentError
from components.location import locate
from components.policy import policy_document
from components.resource_policy import (
    ServiceSource,
    Statement,
    allow_principals,
    allow_services,
    deny_without_tls,
)

__all__ = ["Queue", "QueueArgs"]

# The longest that SQS keeps a message. Source: SQS developer guide, "Message quotas".
DEAD_LETTER_RETENTION_DAYS = 14
SECONDS_A_DAY = 86_400


class QueueArgs(TypedDict):
    kms_key_arn: pulumi.Input[str]
    """Customer-managed key of both queues. Its policy must admit the services in `service_producers`."""

    queue_name: NotRequired[str]
    """Physical name without `.fifo`; the dead-letter queue appends `-dlq`. Default: the component's name."""

    fifo: NotRequired[bool]
    """First in, first out within a message group, and no duplicates for 5 minutes. Default: False."""

    visibility_timeout_seconds: NotRequired[int]
    """How long a received message is hidden from other receivers, 0 to 43,200. Default: 60."""

    retention_days: NotRequired[int]
    """How long an unread message is kept, 1 to 13: a standard dead-letter queue counts its 14 days from when
    the message was first sent. Default: 4."""

    maximum_receives: NotRequired[int]
    """Receives without a delete after which a message is a dead letter, 1 to 1,000. Default: 5."""

    producer_arns: NotRequired[Sequence[pulumi.Input[str]]]
    """Principals that the queue policy lets send. In the queue's own account an identity policy is enough.
    Default: none."""

    service_producers: NotRequired[Sequence[ServiceSource]]
    """AWS services that may send, to the dead-letter queue too, since their own retries end there.
    Default: none."""

    oldest_message_alarm_seconds: NotRequired[int]
    """Age of the oldest message above which an alarm is raised. Default: 300."""

    backlog_alarm_messages: NotRequired[int]
    """Visible messages above which an alarm is raised. Default: 1,000."""

    alarm_topic_arn: NotRequired[pulumi.Input[str]]
    """Topic that the alarms notify. Default: none, the alarms only change state."""

    tags: NotRequired[Mapping[str, str]]
    """Tags of every child. Default: none."""


class Queue(pulumi.ComponentResource):
    """An encrypted queue that admits TLS and its producers only, with a dead-letter queue of its own."""

    queue_name: pulumi.Output[str]
    """Physical name of the queue."""
    arn: pulumi.Output[str]
    """ARN of the queue."""
    url: pulumi.Output[str]
    """URL of the queue."""
    dead_letter_queue_name: pulumi.Output[str]
    """Physical name of the dead-letter queue."""
    dead_letter_queue_arn: pulumi.Output[str]
    """ARN of the dead-letter queue."""
    dead_letter_queue_url: pulumi.Output[str]
    """URL of the dead-letter queue."""
    alarm_arns: dict[str, pulumi.Output[str]]
    """ARNs of the alarms by suffix: `dlq-not-empty`, `oldest-message`, `backlog`."""

    def __init__(self, name: str, args: QueueArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("estate:data:Queue", name, None, opts)
        _check(args.get("queue_name", name), args)
        self._name = name
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self._tags = dict(args.get("tags", {}))

        dead_letters = self._dead_letter_queue()
        queue = self._queue(dead_letters)
        self._limit_redrive(dead_letters, queue)
        self._policies(queue, dead_letters)

        self.queue_name, self.arn, self.url = queue.name, queue.arn, queue.url
        self.dead_letter_queue_name = dead_letters.name
        self.dead_letter_queue_arn = dead_letters.arn
        self.dead_letter_queue_url = dead_letters.url
        self.alarm_arns = raise_alarms(self, name, self._alarms(), args.get("alarm_topic_arn"), self._tags)
        self.register_outputs(
            {
                "queue_name": self.queue_name,
                "arn": self.arn,
                "url": self.url,
                "dead_letter_queue_name": self.dead_letter_queue_name,
                "dead_letter_queue_arn": self.dead_letter_queue_arn,
                "dead_letter_queue_url": self.dead_letter_queue_url,
                "alarm_arns": self.alarm_arns,
            }
        )

    def _physical_name(self, suffix: str = "") -> str:
        base = self._args.get("queue_name", self._name)
        return f"{base}{suffix}{'.fifo' if self._fifo else ''}"

    @property
    def _fifo(self) -> bool:
        return self._args.get("fifo", False)

    def _dead_letter_queue(self) -> aws.sqs.Queue:
        return aws.sqs.Queue(
            f"{self._name}-dlq",
            name=self._physical_name("-dlq"),
            fifo_queue=self._fifo or None,
            kms_master_key_id=self._args["kms_key_arn"],
            message_retention_seconds=DEAD_LETTER_RETENTION_DAYS * SECONDS_A_DAY,
            tags=self._tags,
            opts=self._own,
        )

    def _queue(self, dead_letters: aws.sqs.Queue) -> aws.sqs.Queue:
        args = self._args
        return aws.sqs.Queue(
            f"{self._name}-queue",
            name=self._physical_name(),
            fifo_queue=self._fifo or None,
            # High throughput for FIFO: the order is kept within a message group, not across the queue.
            # Source: SQS developer guide, "High throughput for FIFO queues".
            deduplication_scope="messageGroup" if self._fifo else None,
            fifo_throughput_limit="perMessageGroupId" if self._fifo else None,
            kms_master_key_id=args["kms_key_arn"],
            message_retention_seconds=args.get("retention_days", 4) * SECONDS_A_DAY,
            visibility_timeout_seconds=args.get("visibility_timeout_seconds", 60),
            # The longest poll, hence the fewest empty receives. Source: SQS developer guide, "Long polling".
            receive_wait_time_seconds=20,
            redrive_policy=pulumi.Output.json_dumps(
                {"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": args.get("maximum_receives", 5)}
            ),
            tags=self._tags,
            opts=self._own,
        )

    def _limit_redrive(self, dead_letters: aws.sqs.Queue, queue: aws.sqs.Queue) -> None:
        aws.sqs.RedriveAllowPolicy(
            f"{self._name}-redrive-allow",
            queue_url=dead_letters.url,
            redrive_allow_policy=pulumi.Output.json_dumps(
                {"redrivePermission": "byQueue", "sourceQueueArns": [queue.arn]}
            ),
            opts=self._own,
        )

    def _policies(self, queue: aws.sqs.Queue, dead_letters: aws.sqs.Queue) -> None:
        producers = allow_principals(self._args.get("producer_arns", ()), ["sqs:SendMessage"], queue.arn)
        self._policy("policy", queue, [*producers, *self._service_statements(queue)])
        self._policy("dlq-policy", dead_letters, self._service_statements(dead_letters))

    def _service_statements(self, queue: aws.sqs.Queue) -> list[Statement]:
        sources = self._args.get("service_producers", ())
        if not sources:
            return []
        return allow_services(sources, ["sqs:SendMessage"], queue.arn, locate(self._own).account_id)

    def _policy(self, suffix: str, queue: aws.sqs.Queue, allowed: list[Statement]) -> None:
        aws.sqs.QueuePolicy(
            f"{self._name}-{suffix}",
            queue_url=queue.url,
            policy=policy_document([deny_without_tls(["sqs:*"], [queue.arn]), *allowed]),
            opts=self._own,
        )

    def _alarms(self) -> list[Alarm]:
        queue = {"QueueName": self._physical_name()}
        return [
            Alarm(
                suffix="dlq-not-empty",
                description=f"Messages of {self._name} failed {self._args.get('maximum_receives', 5)} times.",
                namespace="AWS/SQS",
                metric_name="ApproximateNumberOfMessagesVisible",
                dimensions={"QueueName": self._physical_name("-dlq")},
                threshold=0,
                periods=1,
                breaching=1,
            ),
            Alarm(
                suffix="oldest-message",
                description=f"{self._name} is read more slowly than promised.",
                namespace="AWS/SQS",
                metric_name="ApproximateAgeOfOldestMessage",
                dimensions=queue,
                threshold=self._args.get("oldest_message_alarm_seconds", 300),
            ),
            Alarm(
                suffix="backlog",
                description=f"{self._name} fills faster than it is read.",
                namespace="AWS/SQS",
                metric_name="ApproximateNumberOfMessagesVisible",
                dimensions=queue,
                threshold=self._args.get("backlog_alarm_messages", 1_000),
            ),
        ]


def _check(queue_name: str, args: QueueArgs) -> None:
    # Source: SQS API reference, `CreateQueue`: 80 characters, of which `-dlq.fifo` takes 9.
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,71}", queue_name):
        raise ComponentError(
            "A queue's name has 1 to 71 letters, digits, hyphens and underscores, which leaves room for "
            f"`-dlq.fifo`, got {queue_name!r}. Choose another `queue_name`."
        )
    retention_days = args.get("retention_days", 4)
    if not 1 <= retention_days < DEAD_LETTER_RETENTION_DAYS:
        raise ComponentError(
            f"A queue keeps messages for 1 to {DEAD_LETTER_RETENTION_DAYS - 1} days, got {retention_days!r}. "
            "Choose fewer days, so that a dead letter outlives its original."
        )
    visibility = args.get("visibility_timeout_seconds", 60)
    if not 0 <= visibility <= 43_200:
        raise ComponentError(
            f"A visibility timeout is 0 to 43,200 seconds, got {visibility!r}. Choose a shorter one and "
            "extend it while the work lasts."
        )
    receives = args.get("maximum_receives", 5)
    if not 1 <= receives <= 1_000:
        raise ComponentError(
            f"A message is received 1 to 1,000 times before it is a dead letter, got {receives!r}. "
            "Choose a number in that range."
        )
