"""What happened to databases, in RDS's words.

Source: Aurora user guide, "Amazon RDS event categories and event messages for Aurora" (USER_Events.Messages). That a
failover to another region is told as a switchover is, with another word, is an assumption.
"""

import datetime
from collections.abc import Iterator
from typing import Any

from twin.runtime.database.controller import Failover
from twin.runtime.database.group import Group, cluster_of

__all__ = ["Event", "ended", "event", "started"]

Event = dict[str, Any]

_AVAILABILITY = "availability"


def event(key: str, is_cluster: bool, category: str, message: str) -> Event:
    """Args: key: ``region/cluster`` or ``region/cluster/instance``."""
    return {
        "SourceIdentifier": key.rpartition("/")[2],
        "SourceType": "db-cluster" if is_cluster else "db-instance",
        "Message": message,
        "EventCategories": [category],
        "Date": datetime.datetime.now(datetime.UTC).isoformat(),
    }


def started(group: Group, failover: Failover) -> Iterator[tuple[str, Event]]:
    """Region and event, once it is known who takes over."""
    if not failover.elected or not failover.writer:
        return
    cluster, old = cluster_of(failover.elected), cluster_of(failover.writer)
    if cluster != old:
        yield _region(cluster), event(cluster, True, "global failover", _move(failover, cluster, "started"))
        return
    new, former = group.member(failover.elected), group.member(failover.writer)
    where = "same AZ" if new and former and new.zone == former.zone else "cross AZ"
    message = f"Started {where} failover to DB instance: {_name(failover.elected)}"
    yield _region(cluster), event(cluster, True, "failover", message)


def ended(failover: Failover) -> Iterator[tuple[str, Event]]:
    """Region and event, once the name leads to the new writer; or the old one is back."""
    if not failover.writer:
        return
    old = cluster_of(failover.writer)
    if failover.elected is None:
        yield _region(old), event(failover.writer, False, _AVAILABILITY, "DB instance restarted")
        return
    cluster = cluster_of(failover.elected)
    if cluster == old:
        message = f"Completed failover to DB instance: {_name(failover.elected)}"
        yield _region(cluster), event(cluster, True, "failover", message)
    else:
        yield _region(cluster), event(cluster, True, "global failover", _move(failover, cluster, "finished"))


def _move(failover: Failover, cluster: str, what: str) -> str:
    kind = "failover" if failover.switch and failover.switch.is_lossy else "switchover"
    return f"Global {kind} to DB cluster {_name(cluster)} in Region {_region(cluster)} {what}."


def _name(key: str) -> str:
    return key.rpartition("/")[2]


def _region(key: str) -> str:
    return key.partition("/")[0]
