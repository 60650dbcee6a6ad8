"""What a service's tasks may do with the stores that the catalogue gives them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pulumi

from catalogue import Cell, Stores
from components.private_service import GrantArgs
from stacks.context import StackContext
from stacks.names import Layer

__all__ = [
    "KEY_ACTIONS",
    "PUT_BACK",
    "QUEUE_ACTIONS",
    "SHARED_QUEUE_ACTIONS",
    "bucket_grants",
    "cell_keys",
    "cell_stores",
    "grants_of",
    "keys_of",
]

PUT_BACK = "sqs:ChangeMessageVisibility"

QUEUE_ACTIONS = (
    "sqs:SendMessage",
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    PUT_BACK,
    "sqs:GetQueueAttributes",
)
"""What whoever takes messages from a queue, and puts them into it, needs of SQS."""

SHARED_QUEUE_ACTIONS = (PUT_BACK, "sqs:GetQueueAttributes")
"""What of it a cell is granted for the queues of all benefits at once: neither takes a message nor shows one."""

KEY_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey")
"""What whoever reads and writes something encrypted needs of its key."""


def grants_of(context: StackContext, entry: str, stores: Stores, keys: Iterable[str]) -> Iterator[GrantArgs]:
    """One grant a store and what it needs; none for a store that is not in this region.

    Args: entry: of the catalogue. keys: names of those that what it uses is encrypted with.
    """
    for kind, name in stores.names():
        if context.has_store(getattr(context.estate, kind)[name]):
            facts = context.entry(Layer.DATA, kind, name)
            yield from _GRANTS[kind](context, name, entry, facts)
    if keys := sorted(keys):
        yield {
            "name": "Keys",
            "actions": list(KEY_ACTIONS),
            "resources": [context.entry(Layer.FOUNDATION, "key_arns", key) for key in keys],
        }


def cell_stores(context: StackContext, cell: Cell) -> Stores:
    """What every cell uses, and the cell's own database and cache."""
    shared = context.estate.workload.stores
    own = {"databases": (*shared.databases, cell.database), "caches": (*shared.caches, cell.cache)}
    return shared.model_copy(update=own)


def cell_keys(context: StackContext, cell: Cell) -> set[str]:
    """Names of the keys of its stores, and of its own data class, which its benefits' queues have."""
    own = context.estate.catalogue.data_classes[cell.data_class].key
    return keys_of(context, cell_stores(context, cell)) | {own}


def keys_of(context: StackContext, stores: Stores) -> set[str]:
    """Names of the keys under which the stores are; databases use theirs themselves."""
    used = ((kind, getattr(context.estate, kind)[name]) for kind, name in stores.names())
    classes = context.estate.catalogue.data_classes
    return {classes[it.data_class].key for kind, it in used if kind != "databases" and context.has_store(it)}


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


def bucket_grants(name: str, arn: pulumi.Input[str]) -> Iterator[GrantArgs]:
    """To read and to write, and to be told that there is no such object and not that it may not be read.

    In one statement, of which each action has its own kind of resource: a role keeps 10,240 characters of policy.
    """
    yield {
        "name": _sid("bucket", name),
        "actions": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
        "resources": [arn, pulumi.Output.concat(arn, "/*")],
    }


def _bucket(context: StackContext, name: str, entry: str, facts: Any) -> Iterator[GrantArgs]:
    return bucket_grants(name, facts.apply(lambda it: it["arn"]))


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
