"""One document that belongs to an application."""

import hashlib
import uuid
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

__all__ = ["Document", "State"]

NAMESPACE = uuid.UUID("0b8b2f0c-5e8d-4f0f-8f7f-9f6d4f7b9c11")


class State(StrEnum):
    WAITING = "waiting"
    """Not scanned yet: nobody is shown it."""
    FILED = "filed"
    QUARANTINED = "quarantined"


@dataclass(frozen=True)
class Document:
    """Attributes: digest: SHA-256 of its bytes. received_at: ISO 8601."""

    document_id: str
    application_id: str
    name: str
    size_bytes: int
    digest: str
    received_at: str
    state: State = State.WAITING

    @classmethod
    def received(cls, application_id: str, key: str, name: str, content: bytes, at: str) -> "Document":
        """The document that was sent with an idempotency key: the same id each time that it is sent."""
        document_id = str(uuid.uuid5(NAMESPACE, f"{application_id}\0{key}"))
        digest = hashlib.sha256(content).hexdigest()
        return cls(document_id, application_id, name, len(content), digest, at)

    @classmethod
    def from_message(cls, document: Any) -> "Document":
        """Raises: KeyError, TypeError: the message is none of ours."""
        fields = {name: document[name] for name in cls.__dataclass_fields__ if name != "state"}
        return cls(**fields)

    @property
    def key(self) -> str:
        """Under which its bytes are kept."""
        return f"{self.application_id}/{self.document_id}"

    def to_message(self) -> dict[str, Any]:
        fields = asdict(self)
        del fields["state"]
        return fields
