"""What a service announces: that something happened to something, and never the record itself."""

from typing import Any

from workload.clock import timestamp
from workload.identity import event_id

__all__ = ["event"]


def event(type_: str, subject: str, **references: Any) -> dict[str, Any]:
    """An event that happens to its subject once, so its id is the same however often it is announced."""
    return {"id": event_id(type_, subject), "type": type_, "at": timestamp(), "subject": subject} | references
