"""A topic, and the subscription of a queue to it."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.location import locate
from components.policy import allow, policy_document, trust_policy
from components.resource_policy import (
    ServiceSource,
    allow_principals,
    allow_services,
    deny_without_tls,
    this_account,
)

__all__ = ["QueueSubscription", "QueueSubscriptionArgs", "Topic", "TopicArgs"]


class TopicArgs(TypedDict):
    kms_key_arn: pulumi.Input[str]
    """Customer-managed key of the topic and of its delivery log. Its policy must admit the services in
    `service_publishers`."""

    topic_name: NotRequired[str]
    """Physical name. Default: the component's name."""

    publisher_arns: NotRequired[Sequence[pulumi.Input[str]]]
    """Principals that the topic policy lets publish. In the topic's own account an identity policy is enough.
    Default: none."""

    service_publishers: NotRequired[Sequence[ServiceSource]]
    """AWS services that may publish, such as `cloudwatch.amazonaws.com` for alarms. Default: none."""

    log_delivery_status: NotRequired[bool]
    """Whether every delivery to a queue is logged, failures to a log group of their own. Default: False."""

    log_retention_days: NotRequired[int]
    """How long the delivery log is kept. Default: 365."""

    tags: NotRequired[Mapping[str, str]]
    """Tags of every child. Default: none."""


class Topic(pulumi.ComponentResource):
    """An encrypted topic that admits TLS and its publishers only."""

    arn: pulumi.Output[str]
    """ARN of the topic."""
    topic_name: pulumi.Output[str]
    """Physical name of the topic."""
    granted_name: pulumi.Output[str]
    """The same name, known once the topic's policy stands: some services check it when they are told of the topic."""

    def __init__(self, name: str, args: TopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("estate:data:Topic", name, None, opts)
        self._name = name
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self._tags = dict(args.get("tags", {}))
        self._location = locate(self._own)

        topic = self._topic(self._delivery_role() if args.get("log_delivery_status", False) else None)
        policy = self._policy(topic)

        self.arn, self.topic_name = topic.arn, topic.name
        self.granted_name = pulumi.Output.all(topic.name, policy.id).apply(lambda values: values[0])
        self.register_outputs({"arn": self.arn, "topic_name": self.topic_name})

    @property
    def _physical_name(self) -> str:
        return self._args.get("topic_name", self._name)

    def _topic(self, delivery_role: aws.iam.Role | None) -> aws.sns.Topic:
        role_arn = delivery_role.arn if delivery_role else None
        return aws.sns.Topic(
            f"{self._name}-topic",
            name=self._physical_name,
            kms_master_key_id=self._args["kms_key_arn"],
            sqs_success_feedback_role_arn=role_arn,
            sqs_failure_feedback_role_arn=role_arn,
            sqs_success_feedback_sample_rate=100 if delivery_role else None,
            tags=self._tags,
            opts=self._own,
        )

    def _policy(self, topic: aws.sns.Topic) -> aws.sns.TopicPolicy:
        args = self._args
        return aws.sns.TopicPolicy(
            f"{self._name}-policy",
            arn=topic.arn,
            policy=policy_document(
                [
                    deny_without_tls(["sns:Publish"], [topic.arn]),
                    *allow_principals(args.get("publisher_arns", ()), ["sns:Publish"], topic.arn),
                    *allow_services(
                        args.get("service_publishers", ()),
                        ["sns:Publish"],
                        topic.arn,
                        self._location.account_id,
                    ),
                ]
            ),
            opts=self._own,
        )

    def _delivery_role(self) -> aws.iam.Role:
        """SNS fixes the names of both log groups. Source: SNS developer guide, "Message delivery status"."""
        group_name = pulumi.Output.concat(
            "sns/", self._location.region, "/", self._location.account_id, "/", self._physical_name
        )
        groups = [
            self._log_group("delivery-log", group_name),
            self._log_group("failure-log", pulumi.Output.concat(group_name, "/Failure")),
        ]
        role = aws.iam.Role(
            f"{self._name}-delivery-role",
            description=f"Writes the delivery log of the topic {self._physical_name}.",
            assume_role_policy=trust_policy("sns.amazonaws.com", this_account(self._location.account_id)),
            tags=self._tags,
            opts=self._own,
        )
        self._allow_logs(role, groups)
        return role

    def _log_group(self, suffix: str, group_name: pulumi.Output[str]) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            f"{self._name}-{suffix}",
            name=group_name,
            kms_key_id=self._args["kms_key_arn"],
            retention_in_days=self._args.get("log_retention_days", 365),
            tags=self._tags,
            opts=self._own,
        )

    def _allow_logs(self, role: aws.iam.Role, groups: list[aws.cloudwatch.LogGroup]) -> None:
        streams = [
            self._location.arn("logs", pulumi.Output.concat("log-group:", group.name, ":*"))
            for group in groups
        ]
        aws.iam.RolePolicy(
            f"{self._name}-delivery-policy",
            role=role.name,
            policy=policy_document(
                [allow("WriteLog", ["logs:CreateLogStream", "logs:PutLogEvents"], streams)]
            ),
            opts=self._own,
        )


class QueueSubscriptionArgs(TypedDict):
    topic_arn: pulumi.Input[str]
    """Topic to subscribe to."""

    queue_arn: pulumi.Input[str]
    """Queue that receives. Its policy must name the topic (`Queue`: `service_producers`)."""

    dead_letter_queue_arn: pulumi.Input[str]
    """Queue for what cannot be delivered; the queue's own dead-letter queue will do."""

    raw_message_delivery: NotRequired[bool]
    """Whether the queue receives what was published, without SNS's envelope. Default: True."""

    filter_policy: NotRequired[Mapping[str, Sequence[str]]]
    """Values by message attribute that let a message through. Default: every message."""


class QueueSubscription(pulumi.ComponentResource):
    """A queue that receives what a topic publishes.

    Apart from both, because the queue's policy names the topic and the subscription names the queue; and so a
    new subscriber changes neither the topic nor any other subscriber.
    """

    arn: pulumi.Output[str]
    """ARN of the subscription."""

    def __init__(
        self, name: str, args: QueueSubscriptionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("estate:data:QueueSubscription", name, None, opts)
        filter_policy = args.get("filter_policy")
        subscription = aws.sns.TopicSubscription(
            f"{name}-subscription",
            topic=args["topic_arn"],
            protocol="sqs",
            endpoint=args["queue_arn"],
            raw_message_delivery=args.get("raw_message_delivery", True),
            filter_policy=None if filter_policy is None else pulumi.Output.json_dumps(filter_policy),
            redrive_policy=pulumi.Output.json_dumps({"deadLetterTargetArn": args["dead_letter_queue_arn"]}),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = subscription.arn
        self.register_outputs({"arn": self.arn})
