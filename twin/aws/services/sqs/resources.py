"""SQS's rows."""

from collections.abc import Mapping
from typing import Any

from twin.aws.call import Call
from twin.aws.expressions import Text, Through
from twin.aws.names import Name
from twin.aws.resource import Resource
from twin.aws.tags import Form, tags_by

__all__ = ["RESOURCES"]

# Queue attribute and the value that AWS assumes. Source: SQS API Reference, SetQueueAttributes.
ATTRIBUTES = {
    "contentBasedDeduplication": ("ContentBasedDeduplication", "false"),
    "deduplicationScope": ("DeduplicationScope", "queue"),
    "delaySeconds": ("DelaySeconds", "0"),
    "fifoQueue": ("FifoQueue", None),
    "fifoThroughputLimit": ("FifoThroughputLimit", "perQueue"),
    "kmsDataKeyReusePeriodSeconds": ("KmsDataKeyReusePeriodSeconds", "300"),
    "kmsMasterKeyId": ("KmsMasterKeyId", ""),
    "maxMessageSize": ("MaximumMessageSize", "262144"),
    "messageRetentionSeconds": ("MessageRetentionPeriod", "345600"),
    "policy": ("Policy", ""),
    "receiveWaitTimeSeconds": ("ReceiveMessageWaitTimeSeconds", "0"),
    "redriveAllowPolicy": ("RedriveAllowPolicy", ""),
    "redrivePolicy": ("RedrivePolicy", ""),
    "sqsManagedSseEnabled": ("SqsManagedSseEnabled", "true"),
    "visibilityTimeoutSeconds": ("VisibilityTimeout", "30"),
}


def attributes(given: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes that are declared now and differ from before, and AWS's assumption for what is no longer."""
    now, was = given["now"], given["was"]
    changed = {name for name in ATTRIBUTES if now.get(name) != was.get(name)}
    values = {
        ATTRIBUTES[name][0]: ATTRIBUTES[name][1] if now.get(name) is None else now[name] for name in changed
    }
    return dict(sorted((key, value) for key, value in values.items() if value is not None))


CHANGED_ATTRIBUTES = Through(attributes, "{now: inputs, was: old}")
READ = Call(
    "get_queue_attributes",
    {"QueueUrl": "id", "AttributeNames": ["'All'"]},
    pick="answer.Attributes",
)

QUEUE = Resource(
    token="aws:sqs/queue:Queue",
    service="sqs",
    create=Call(
        "create_queue",
        {"QueueName": "inputs.name", "Attributes": CHANGED_ATTRIBUTES},
        on=("name", *ATTRIBUTES),
        pick="answer",
    ),
    id="answer.QueueUrl",
    updates=(
        Call(
            "set_queue_attributes",
            {"QueueUrl": "id", "Attributes": CHANGED_ATTRIBUTES},
            on=tuple(ATTRIBUTES),
        ),
    ),
    read=READ,
    delete=(Call("delete_queue", {"QueueUrl": "id"}),),
    tagging=tags_by(
        "tag_queue",
        "untag_queue",
        {"QueueUrl": "id"},
        form=Form.MAP,
        member="tags",
        read="list_queue_tags",
        present="tagging.Tags",
    ),
    name=Name(limit=80, allowed=r"\w-", ending="inputs.fifoQueue && '.fifo' || ''"),
    renames={name: attribute for name, (attribute, _) in ATTRIBUTES.items()},
    outputs={
        "arn": Text("arn:aws:sqs:{region}:{account}:{inputs.name}"),
        "url": "id",
        "name": "inputs.name",
    },
    replaces=frozenset({"name", "namePrefix", "fifoQueue"}),
)


def attribute_of_queue(token: str, name: str, attribute: str) -> Resource:
    """One attribute as a resource of its own."""
    put = Call(
        "set_queue_attributes",
        {"QueueUrl": "inputs.queueUrl", "Attributes": {attribute: f"inputs.{name}"}},
    )
    return Resource(
        token=token,
        service="sqs",
        create=Call(put.operation, put.params, pick="inputs"),
        id="inputs.queueUrl",
        updates=(put,),
        read=READ,
        gone=f"!item.{attribute}",
        delete=(
            Call(
                "set_queue_attributes",
                {"QueueUrl": "id", "Attributes": {attribute: "''"}},
            ),
        ),
        outputs={name: f"item.{attribute}", "queueUrl": "id"},
        replaces=frozenset({"queueUrl"}),
    )


RESOURCES = (
    QUEUE,
    attribute_of_queue("aws:sqs/queuePolicy:QueuePolicy", "policy", "Policy"),
    attribute_of_queue("aws:sqs/redrivePolicy:RedrivePolicy", "redrivePolicy", "RedrivePolicy"),
    attribute_of_queue(
        "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
        "redriveAllowPolicy",
        "RedriveAllowPolicy",
    ),
)
