"""Where data rests or waits: databases, caches, buckets, queues, topics, buses and streams."""

from enum import StrEnum

from pydantic import Field

from catalogue.entry import Entry, Flag, Positive, Sentence, Slug

__all__ = [
    "Announced",
    "Bucket",
    "Bus",
    "Cache",
    "Content",
    "Database",
    "Queue",
    "QueueSettings",
    "Store",
    "Stream",
    "Topic",
]


class Content(StrEnum):
    """What is put in: whole records, or references, which mean nothing without the store of the record."""

    RECORDS = "records"
    REFERENCES = "references"


class Store(Entry):
    """What every store has."""

    name: Slug
    description: Sentence
    tier: Slug
    data_class: Slug
    """The most sensitive data that it may hold."""
    owner: Slug
    content: Content = Content.RECORDS


class Database(Store):
    """An Aurora PostgreSQL cluster."""

    connections: Positive
    """What all users together may open; every cell and service has a budget of its own below it."""
    copied_to_standby: Flag
    """Whether it is a global database with a copy in the standby region."""


class Cache(Store):
    """An ElastiCache replication group. Nothing is lost when it is emptied."""


class Bucket(Store):
    """An S3 bucket, versioned."""

    copied_to_standby: Flag
    locked: Flag = False
    """Whether object lock keeps what was written from being changed or removed."""
    expire_days: Positive | None = None
    """Days until an object goes; kept until its benefit's retention ends where omitted."""


class QueueSettings(Entry):
    """Bounds are those of Amazon SQS, API Reference, SetQueueAttributes."""

    visibility_timeout_seconds: int = Field(strict=True, ge=1, le=43200)
    max_receive_count: int = Field(strict=True, ge=1, le=1000)
    """Tries before a message goes to the dead-letter queue."""
    retention_days: int = Field(strict=True, ge=1, le=14)


class Queue(Store, QueueSettings):
    """An SQS queue, with its dead-letter queue."""

    fifo: Flag = False


class Announced(Store):
    """Where something is announced to whoever wants to know."""

    delivers_to: tuple[Slug, ...] = ()
    """Queues that get everything, in environments and regions where they stand."""


class Topic(Announced):
    """An SNS topic."""


class Bus(Announced):
    """An EventBridge bus, with its archive."""

    archive_days: Positive


class Stream(Store):
    """A Kinesis stream. Bounds: Kinesis API Reference, IncreaseStreamRetentionPeriod."""

    retention_hours: int = Field(strict=True, ge=24, le=8760)
