"""Samples of SNS."""

from tests.twin.aws.sample import Ref, Sample

TOPIC = Sample(
    "aws:sns/topic:Topic",
    {"kmsMasterKeyId": "alias/estate", "tracingConfig": "Active", "signatureVersion": 2},
    changes={"displayName": "Alarms"},
    outputs=("arn", "name", "owner"),
)
ORDERED = Sample(
    "aws:sns/topic:Topic",
    {"fifoTopic": True, "contentBasedDeduplication": True},
    changes={"contentBasedDeduplication": False},
    outputs=("arn",),
    label="fifo",
)
TOPIC_POLICY = Sample(
    "aws:sns/topicPolicy:TopicPolicy",
    {
        "arn": Ref("topic", "arn"),
        "policy": '{"Version":"2012-10-17","Statement":[{"Sid":"Alarms","Effect":"Allow","Principal":'
        '{"Service":"cloudwatch.amazonaws.com"},"Action":"sns:Publish","Resource":"*"}]}',
    },
    needs={"topic": TOPIC},
    outputs=("owner",),
)
SUBSCRIPTION = Sample(
    "aws:sns/topicSubscription:TopicSubscription",
    {
        "topic": Ref("topic", "arn"),
        "protocol": "sqs",
        "endpoint": Ref("queue", "arn"),
        "rawMessageDelivery": True,
        "filterPolicy": '{"event":["submitted"]}',
    },
    needs={"topic": TOPIC, "queue": Sample("aws:sqs/queue:Queue", {})},
    changes={"rawMessageDelivery": False, "filterPolicy": '{"event":["submitted","withdrawn"]}'},
    outputs=("arn", "ownerId"),
)

SAMPLES = (TOPIC, ORDERED, TOPIC_POLICY, SUBSCRIPTION)
