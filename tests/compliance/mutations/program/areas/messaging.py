"""Queues, topics, streams."""

import json

import pulumi
import pulumi_aws as aws

from tests.compliance.mutations.program.areas.given import Area, given

__all__ = ["Messaging"]


def send(principal: object, queue: str) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sqs:SendMessage", "Resource": queue}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Messaging(Area):
    def build(self) -> None:
        key = aws.kms.Key(
            "messages-key",
            enable_key_rotation=True,
            policy=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                            "Action": "kms:*",
                            "Resource": "*",
                        }
                    ],
                }
            ),
            opts=self.child,
        )
        queue = aws.sqs.Queue(  # at: queue
            "queue", **given("queue", kms_master_key_id=key.arn), opts=self.child
        )
        principal = given("queue-principal", AWS="arn:aws:iam::123456789012:role/sender")
        aws.sqs.QueuePolicy(  # at: queue-policy
            "queue-policy",
            queue_url=queue.url,
            policy=pulumi.Output.from_input(queue.arn).apply(lambda arn: send(principal, arn)),
            opts=self.child,
        )
        topic = aws.sns.Topic(  # at: topic
            "topic", **given("topic", kms_master_key_id=key.id), opts=self.child
        )
        aws.sns.TopicSubscription(
            "subscription", topic=topic.arn, protocol="sqs", endpoint=queue.arn, opts=self.child
        )
        aws.kinesis.Stream(  # at: stream
            "stream",
            **given("stream", shard_count=1, encryption_type="KMS", kms_key_id=key.arn),
            opts=self.child,
        )
        aws.kinesis.FirehoseDeliveryStream(  # at: delivery
            "delivery",
            **given(
                "delivery",
                destination="extended_s3",
                extended_s3_configuration={
                    "role_arn": "arn:aws:iam::123456789012:role/delivery",
                    "bucket_arn": "arn:aws:s3:::lake",
                },
                server_side_encryption={
                    "enabled": True,
                    "key_type": "CUSTOMER_MANAGED_CMK",
                    "key_arn": key.arn,
                },
            ),
            opts=self.child,
        )
