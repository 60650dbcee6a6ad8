"""What a service's tasks may do with the stores that the catalogue gives them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from catalogue import Stores
from components.private_service import GrantArgs
from stacks.context import StackContext
from stacks.names import Layer

__all__ = ["PUT_BACK", "QUEUE_ACTIONS", "grants_of"]

PUT_BACK = "sqs:ChangeMessageVisibility"

QUEUE_ACTIONS = (
    "sqs:SendMessage",
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    PUT_BACK,
    "sqs:GetQueueAttributes",
)
"""What whoever takes messages from a queue, and puts them into it, needs of SQS."""


def grants_of(context: StackContext, entry: str, service: str, stores: Stores) -> Iterator[GrantArgs]:
    """One grant a store and what it needs; none for a store that is not in this region.

    Args: entry: of the catalogue. service: the ECS service, whose name is its user in caches.
    """
    keys: set[str] = set()
    for kind, name in stores.names():
        store = getattr(context.estate, kind)[name]
        if context.has_store(store):
            if kind != "databases":
                keys.add(context.estate.catalogue.data_classes[store.data_class].key)
            facts = context.entry(Layer.DATA, kind, name)
            yield from _GRANTS[kind](context, name, entry, facts)
    if keys:
        yield {
            "name": "Keys",
            "actions": ["kms:Decrypt", "kms:GenerateDataKey"],
            "resources": [context.entry(Layer.FOUNDATION, "key_arns", key) for key in sorted(keys)],
        }


def _sid(kind: str, name: str) -> str:
    return kind.title() + name.title().replace("-", "")


def _database(context: StackContext, name: str, entry: str, facts: Any) -> Iterator[GrantArgs]:
    user = entry.replace("-", "_")
    yield {
        "name": _sid("database", name),
        "actions": ["rds-db:connect"],
        "resources": [
            facts.apply(lambda it: context.arn("rds-db", f"dbuser:{it['resource_id']}/{user}")),
        ],
    }


def _cache(context: StackContext, name: str, entry: str, facts: Any) -> Iterator[GrantArgs]:
    yield {
        "name": _sid("cache", name),
        "actions": ["elasticache:Connect"],
        "resources": [facts.apply(lambda it: it["arn"]), facts.apply(lambda it: it["user_arns"][entry])],
    }


def _bucket(context: StackContext, name: str, entry: str, facts: Any) -> Iterator[GrantArgs]:
    yield {
        "name": _sid("list", name),
        "actions": ["s3:ListBucket"],
        "resources": [facts.apply(lambda it: it["arn"])],
    }
    yield {
        "name": _sid("objects", name),
        "actions": ["s3:GetObject", "s3:PutObject"],
        "resources": [facts.apply(lambda it: f"{it['arn']}/*")],
    }


def _queue(context: StackContext, name: str, entry: str, facts: Any) -> Iterator[GrantArgs]:
    yield {
        "name": _sid("queue", name),
        "actions": list(QUEUE_ACTIONS),
        "resources": [facts.apply(lambda it: it["arn"])],
    }


def _topic(context: StackContext, name: str, entry: str, facts: Any) -> Iterator[GrantArgs]:
    yield {"name": _sid("topic", name), "actions": ["sns:Publish"], "resources": [facts]}


def _bus(context: StackContext, name: str, entry: str, facts: Any) -> Iterator[GrantArgs]:
    yield {
        "name": _sid("bus", name),
        "actions": ["events:PutEvents"],
        "resources": [facts.apply(lambda it: it["arn"])],
    }


def _stream(context: StackContext, name: str, entry: str, facts: Any) -> Iterator[GrantArgs]:
    yield {
        "name": _sid("stream", name),
        "actions": [
            "kinesis:PutRecord",
            "kinesis:PutRecords",
            "kinesis:GetRecords",
            "kinesis:GetShardIterator",
            "kinesis:DescribeStreamSummary",
            "kinesis:ListShards",
        ],
        "resources": [facts.apply(lambda it: it["arn"])],
    }


_GRANTS: Mapping[str, Callable[[StackContext, str, str, Any], Iterator[GrantArgs]]] = {
    "databases": _database,
    "caches": _cache,
    "buckets": _bucket,
    "queues": _queue,
    "topics": _topic,
    "buses": _bus,
    "streams": _stream,
}
