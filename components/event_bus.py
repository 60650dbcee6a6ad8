"""An event bus with its archive, and the route of its events to a queue."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.exceptions import ComponentError
from components.location import locate
from components.policy import allow, policy_document

__all__ = ["EventBus", "EventBusArgs", "QueueRoute", "QueueRouteArgs"]


class EventBusArgs(TypedDict):
    kms_key_arn: pulumi.Input[str]
    """Customer-managed key of the events and their archive. Its policy must admit `events.amazonaws.com`."""

    bus_name: NotRequired[str]
    """Physical name. Default: the component's name."""

    publisher_arns: NotRequired[Sequence[pulumi.Input[str]]]
    """Principals that the bus policy lets put events. Default: the account, so that IAM policies decide."""

    archive_retention_days: NotRequired[int]
    """How long every event is kept for replay; 0 keeps it for ever. Default: 90."""

    dead_letter_queue_arn: NotRequired[pulumi.Input[str]]
    """Queue for events that the bus cannot encrypt or decrypt. Default: none."""

    tags: NotRequired[Mapping[str, str]]
    """Tags of every child that takes tags. Default: none."""


class EventBus(pulumi.ComponentResource):
    """An encrypted event bus whose every event can be replayed."""

    arn: pulumi.Output[str]
    """ARN of the bus."""
    bus_name: pulumi.Output[str]
    """Physical name of the bus."""
    archive_arn: pulumi.Output[str]
    """ARN of the archive."""
    rule_arn_pattern: pulumi.Output[str]
    """ARN pattern of the rules of this bus: the `source_arn` with which a queue's policy admits them."""

    def __init__(self, name: str, args: EventBusArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("estate:data:EventBus", name, None, opts)
        # The archive's name has at most 48. Source: EventBridge API reference, `CreateArchive`.
        _check_name("A bus's name", args.get("bus_name", name), 40)
        self._name = name
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        location = locate(self._own)

        bus = self._bus()
        archive = self._archive(bus)
        account = pulumi.Output.concat("arn:", location.partition, ":iam::", location.account_id, ":root")
        self._policy(bus, args.get("publisher_arns") or [account])

        self.arn, self.bus_name, self.archive_arn = bus.arn, bus.name, archive.arn
        self.rule_arn_pattern = location.arn("events", pulumi.Output.concat("rule/", bus.name, "/*"))
        self.register_outputs(
            {
                "arn": self.arn,
                "bus_name": self.bus_name,
                "archive_arn": self.archive_arn,
                "rule_arn_pattern": self.rule_arn_pattern,
            }
        )

    def _bus(self) -> aws.cloudwatch.EventBus:
        dead_letters = self._args.get("dead_letter_queue_arn")
        return aws.cloudwatch.EventBus(
            f"{self._name}-bus",
            name=self._args.get("bus_name", self._name),
            kms_key_identifier=self._args["kms_key_arn"],
            dead_letter_config=None if dead_letters is None else {"arn": dead_letters},
            tags=dict(self._args.get("tags", {})),
            opts=self._own,
        )

    def _archive(self, bus: aws.cloudwatch.EventBus) -> aws.cloudwatch.EventArchive:
        return aws.cloudwatch.EventArchive(
            f"{self._name}-archive",
            name=f"{self._args.get('bus_name', self._name)}-archive",
            event_source_arn=bus.arn,
            kms_key_identifier=self._args["kms_key_arn"],
            retention_days=self._args.get("archive_retention_days", 90),
            opts=self._own,
        )

    def _policy(self, bus: aws.cloudwatch.EventBus, publishers: Sequence[pulumi.Input[str]]) -> None:
        aws.cloudwatch.EventBusPolicy(
            f"{self._name}-policy",
            event_bus_name=bus.name,
            policy=policy_document(
                [allow("AllowPublishers", ["events:PutEvents"], bus.arn, Principal={"AWS": list(publishers)})]
            ),
            opts=self._own,
        )


class QueueRouteArgs(TypedDict):
    bus_name: pulumi.Input[str]
    """Bus whose events are routed."""

    event_pattern: Mapping[str, Any]
    """EventBridge event pattern: which events take this route."""

    queue_arn: pulumi.Input[str]
    """Queue that receives them. Its policy must admit the bus's rules (`EventBus.rule_arn_pattern`)."""

    dead_letter_queue_arn: pulumi.Input[str]
    """Queue for events that could not be delivered; the queue's own dead-letter queue will do."""

    message_group_id: NotRequired[str]
    """Message group of every event, for a FIFO queue only. Default: none."""

    maximum_age_seconds: NotRequired[int]
    """How long delivery is tried, 60 to 86,400. Default: 86,400, AWS's own."""

    maximum_retries: NotRequired[int]
    """How often delivery is tried again, 0 to 185. Default: 185, AWS's own."""

    tags: NotRequired[Mapping[str, str]]
    """Tags of the rule. Default: none."""


class QueueRoute(pulumi.ComponentResource):
    """A rule that sends matching events to a queue.

    Apart from the bus, because the queue's policy names the bus and the route names the queue; and so a new
    route changes neither the bus nor any other route.
    """

    rule_arn: pulumi.Output[str]
    """ARN of the rule."""

    def __init__(self, name: str, args: QueueRouteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("estate:data:QueueRoute", name, None, opts)
        # Source: EventBridge API reference, `PutRule` and `PutTargets`.
        _check_name("A route's name", name, 64)
        _check_retries(args)
        child = pulumi.ResourceOptions(parent=self)
        rule = aws.cloudwatch.EventRule(
            f"{name}-rule",
            name=name,
            event_bus_name=args["bus_name"],
            event_pattern=pulumi.Output.json_dumps(args["event_pattern"]),
            tags=dict(args.get("tags", {})),
            opts=child,
        )
        group = args.get("message_group_id")
        aws.cloudwatch.EventTarget(
            f"{name}-target",
            rule=rule.name,
            event_bus_name=args["bus_name"],
            target_id=name,
            arn=args["queue_arn"],
            dead_letter_config={"arn": args["dead_letter_queue_arn"]},
            retry_policy={
                "maximum_event_age_in_seconds": args.get("maximum_age_seconds", 86_400),
                "maximum_retry_attempts": args.get("maximum_retries", 185),
            },
            sqs_target=None if group is None else {"message_group_id": group},
            opts=child,
        )
        self.rule_arn = rule.arn
        self.register_outputs({"rule_arn": self.rule_arn})


def _check_name(what: str, name: str, longest: int) -> None:
    if not re.fullmatch(rf"[A-Za-z0-9._-]{{1,{longest}}}", name):
        raise ComponentError(
            f"{what} has 1 to {longest} letters, digits, dots, hyphens and underscores, got {name!r}. "
            "Choose another."
        )


def _check_retries(args: QueueRouteArgs) -> None:
    age = args.get("maximum_age_seconds", 86_400)
    if not 60 <= age <= 86_400:
        raise ComponentError(
            f"EventBridge tries to deliver for 60 to 86,400 seconds, got {age!r}. Choose a time between."
        )
    retries = args.get("maximum_retries", 185)
    if not 0 <= retries <= 185:
        raise ComponentError(
            f"EventBridge retries 0 to 185 times, got {retries!r}. Choose a number in that range."
        )
