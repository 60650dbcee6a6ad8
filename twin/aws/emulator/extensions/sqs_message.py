"""SQS: a message, and the handle that one receipt of it gives."""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from typing import Any, NamedTuple

__all__ = ["Message", "Receipt", "attributes_md5", "body_md5"]


@dataclass(slots=True, eq=False)
class Message:
    """What a queue holds. Times are seconds since the epoch.

    Attributes:
        hidden_until: when it can be received, at the earliest.
        is_in_flight: received, and neither deleted nor visible again.
        source_arn: the queue whose dead letter it is.
        came_at: when it came to the queue that holds it.
    """

    id: str
    body: str
    attributes: dict[str, Any] = field(default_factory=dict[str, Any])
    system_attributes: dict[str, Any] = field(default_factory=dict[str, Any])
    group_id: str | None = None
    deduplication_id: str | None = None
    sequence_number: str | None = None
    sent_at: float = 0.0
    first_received_at: float | None = None
    receives: int = 0
    hidden_until: float = 0.0
    is_in_flight: bool = False
    source_arn: str | None = None
    came_at: float = 0.0


class Receipt(NamedTuple):
    """Which message was received for which time, of which queue."""

    store: str
    message_id: str
    number: int

    @property
    def handle(self) -> str:
        return base64.urlsafe_b64encode(f"{self.store}/{self.message_id}/{self.number}".encode()).decode()

    @classmethod
    def of(cls, handle: str) -> "Receipt | None":
        """The receipt that the handle stands for, None where it stands for none."""
        try:
            store, message_id, number = base64.urlsafe_b64decode(handle.encode()).decode().split("/")
            return cls(store, message_id, int(number))
        except (binascii.Error, ValueError):
            return None


def body_md5(body: str) -> str:
    """The digest by which a client checks what was stored."""
    return hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()


def attributes_md5(attributes: dict[str, Any]) -> str:
    """The digest of message attributes, as moto computes it."""
    from moto.sqs.models import Message as MotoMessage

    digested: Any = MotoMessage("", "")
    digested.message_attributes = attributes
    return str(digested.attribute_md5)
