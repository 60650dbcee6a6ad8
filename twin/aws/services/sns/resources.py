"""Rows of Amazon SNS."""

from collections.abc import Iterable

from twin.aws.names import Name
from twin.aws.resource import Call, Resource
from twin.aws.tags import tags_by

__all__ = ["RESOURCES"]

_PROTOCOLS = {
    "application": "Application",
    "firehose": "Firehose",
    "http": "HTTP",
    "lambda": "Lambda",
    "sqs": "SQS",
}

_FEEDBACK = {
    f"{ours}{kind}": f"{theirs}{kind}"
    for ours, theirs in _PROTOCOLS.items()
    for kind in ("FailureFeedbackRoleArn", "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate")
}

_TOPIC_ATTRIBUTES = {
    "archivePolicy": "ArchivePolicy",
    "deliveryPolicy": "DeliveryPolicy",
    "displayName": "DisplayName",
    "fifoThroughputScope": "FifoThroughputScope",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "maximumMessageSize": "MaximumMessageSize",
    "policy": "Policy",
    "signatureVersion": "SignatureVersion",
    "tracingConfig": "TracingConfig",
    **_FEEDBACK,
}

_SUBSCRIPTION_ATTRIBUTES = {
    "deliveryPolicy": "DeliveryPolicy",
    "filterPolicyScope": "FilterPolicyScope",
    "filterPolicy": "FilterPolicy",
    "rawMessageDelivery": "RawMessageDelivery",
    "redrivePolicy": "RedrivePolicy",
    "replayPolicy": "ReplayPolicy",
    "subscriptionRoleArn": "SubscriptionRoleArn",
}


def _attributes(operation: str, target: str, attributes: Iterable[tuple[str, str]]) -> tuple[Call, ...]:
    """One call for each attribute, as SNS wants it."""
    return tuple(
        Call(
            operation,
            {target: "id", "AttributeName": f"'{member}'", "AttributeValue": f"not_null(inputs.{name}, '')"},
            on=(name,),
        )
        for name, member in attributes
    )


_DEFAULT_POLICY = {
    "Version": "'2008-10-17'",
    "Id": "'__default_policy_ID'",
    "Statement": [
        {
            "Sid": "'__default_statement_ID'",
            "Effect": "'Allow'",
            "Principal": {"AWS": "'*'"},
            "Action": [
                f"'SNS:{action}'"
                for action in (
                    "GetTopicAttributes",
                    "SetTopicAttributes",
                    "AddPermission",
                    "RemovePermission",
                    "DeleteTopic",
                    "Subscribe",
                    "ListSubscriptionsByTopic",
                    "Publish",
                )
            ],
            "Resource": "id",
            "Condition": {"StringEquals": {"AWS:SourceOwner": "account"}},
        }
    ],
}
"""What a topic's policy is when nobody declares one. Source: GetTopicAttributes of a new topic."""

_SET_POLICY = Call(
    "set_topic_attributes",
    {"TopicArn": "inputs.arn", "AttributeName": "'Policy'", "AttributeValue": "inputs.policy"},
)

RESOURCES = (
    Resource(
        token="aws:sns/topic:Topic",
        service="sns",
        id="answer.TopicArn",
        name=Name(limit=256, allowed="A-Za-z0-9_-", ending="inputs.fifoTopic && '.fifo'"),
        create=Call(
            "create_topic",
            {
                "Name": "inputs.name",
                "Attributes": {
                    "FifoTopic": "inputs.fifoTopic || null",
                    "ContentBasedDeduplication": "inputs.contentBasedDeduplication || null",
                },
            },
        ),
        settings=_attributes("set_topic_attributes", "TopicArn", _TOPIC_ATTRIBUTES.items()),
        updates=_attributes(
            "set_topic_attributes", "TopicArn", [("contentBasedDeduplication", "ContentBasedDeduplication")]
        ),
        read=Call("get_topic_attributes", {"TopicArn": "id"}, pick="answer.Attributes"),
        delete=(Call("delete_topic", {"TopicArn": "id"}),),
        outputs={"arn": "id"},
        defaults={"displayName": "", "signatureVersion": 1, "tracingConfig": "PassThrough"},
        renames=_FEEDBACK,
        replaces=frozenset({"name", "namePrefix", "fifoTopic"}),
        tagging=tags_by(
            "tag_resource",
            "untag_resource",
            {"ResourceArn": "id"},
            read="list_tags_for_resource",
            present="tagging.Tags",
        ),
    ),
    Resource(
        token="aws:sns/topicPolicy:TopicPolicy",
        service="sns",
        id="inputs.arn",
        create=_SET_POLICY,
        updates=(_SET_POLICY,),
        read=Call("get_topic_attributes", {"TopicArn": "id"}, pick="answer.Attributes"),
        gone="contains(item.Policy, '__default_statement_ID')",
        delete=(
            Call(
                "set_topic_attributes",
                {"TopicArn": "id", "AttributeName": "'Policy'", "AttributeValue": _DEFAULT_POLICY},
            ),
        ),
        outputs={"arn": "item.TopicArn"},
        replaces=frozenset({"arn"}),
    ),
    Resource(
        token="aws:sns/topicSubscription:TopicSubscription",
        service="sns",
        id="answer.SubscriptionArn",
        create=Call(
            "subscribe",
            {
                "TopicArn": "inputs.topic",
                "Protocol": "inputs.protocol",
                "Endpoint": "inputs.endpoint",
                "ReturnSubscriptionArn": "`true`",
            },
        ),
        settings=_attributes(
            "set_subscription_attributes", "SubscriptionArn", _SUBSCRIPTION_ATTRIBUTES.items()
        ),
        read=Call("get_subscription_attributes", {"SubscriptionArn": "id"}, pick="answer.Attributes"),
        delete=(Call("unsubscribe", {"SubscriptionArn": "id"}),),
        outputs={
            "arn": "id",
            "ownerId": "item.Owner",
            "confirmationWasAuthenticated": "item.ConfirmationWasAuthenticated == 'true'",
            "pendingConfirmation": "item.PendingConfirmation == 'true'",
        },
        renames={"topic": "TopicArn"},
        defaults={"rawMessageDelivery": False},
        replaces=frozenset({"topic", "protocol", "endpoint"}),
        ignored={
            "confirmationTimeoutInMinutes": "it says how long Pulumi waits for an HTTP endpoint to confirm",
            "endpointAutoConfirms": "it says whether Pulumi waits for an HTTP endpoint to confirm",
        },
    ),
)
