"""What ElastiCache's API is told of a group."""

from datetime import UTC, datetime

from twin.runtime.cache.model import Event, Group, Known, Role
from twin.runtime.control_plane import Document

__all__ = ["event", "replication_group"]


def replication_group(group: Group, known: Known, heard: int) -> Document:
    """Its status, and which role each node has. Assumption: ``modifying`` while it fails over; AWS does not say.

    Args: heard: id of the last request that the status takes account of.
    """
    has_begun = known.endpoint is not None or known.failover is not None
    status = "modifying" if known.failover else "available" if has_begun else "creating"
    roles = {name: Role.PRIMARY if name == known.primary else Role.REPLICA for name in group.names}
    return {
        "Status": status,
        "Roles": {name: role.value for name, role in roles.items()},
        "AsOfRequest": heard,
    }


def event(event: Event, at_seconds: float) -> Document:
    """One of DescribeEvents. Args: at_seconds: since the epoch."""
    return {
        "SourceIdentifier": event.source,
        "SourceType": event.source_type,
        "Message": event.message,
        "Date": datetime.fromtimestamp(at_seconds, UTC).isoformat(),
    }
