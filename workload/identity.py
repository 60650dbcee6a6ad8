"""Ids that follow from what they stand for, so that a repeated request finds what the first one made."""

import hashlib
import json
from typing import Any
from uuid import UUID, uuid5

__all__ = ["application_id", "content_digest", "event_id", "group_of", "letter_id", "payment_id", "read_id"]

_NAMESPACE = UUID("2f0e6e7c-6a57-5d0d-9c0b-6a1a34a1b0c6")
"""Of this workload; any value does, and it must never change."""


def application_id(benefit: str, key: str) -> str:
    """Of the application that was sent with this idempotency key."""
    return str(uuid5(_NAMESPACE, f"application/{benefit}/{key}"))


def payment_id(case_id: str) -> str:
    """Of the one payment of a case."""
    return str(uuid5(_NAMESPACE, f"payment/{case_id}"))


def letter_id(case_id: str, kind: str) -> str:
    return str(uuid5(_NAMESPACE, f"letter/{case_id}/{kind}"))


def event_id(type_: str, subject: str) -> str:
    """Of what happens to a subject once."""
    return str(uuid5(_NAMESPACE, f"event/{type_}/{subject}"))


def group_of(client_reference: str) -> str:
    """A message group for a client: payments to one client stay in order. A digest, for a group's name is no secret."""
    return hashlib.sha256(client_reference.encode()).hexdigest()[:32]


def content_digest(document: Any) -> str:
    """The same for documents that say the same, in whatever order their members come."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def read_id(text: str) -> str | None:
    """The id as it is stored, or None where the text is none."""
    try:
        return str(UUID(text))
    except ValueError:
        return None
