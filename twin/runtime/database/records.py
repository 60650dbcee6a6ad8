"""The records of all groups, on disk before anything relies on them."""

import asyncio
from collections.abc import Mapping
from typing import Any

from twin.runtime.database.group import Group, Record, cluster_of
from twin.runtime.database.storage import Storage

__all__ = ["Records"]


class Records:
    """One file for all. A record is found by the cluster of its writer, so that a cluster that becomes part of a
    global database, or leaves it, keeps its own."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._lock = asyncio.Lock()
        self._known: list[Record] = [_record(it) for it in storage.records().get("records", ())]

    def of(self, group: Group) -> Record:
        """The group's record; the one of the highest term, where clusters came together that both had one."""
        own = [it for it in self._known if it.writer and cluster_of(it.writer) in group.clusters]
        return max(own, key=lambda it: it.term, default=Record())

    async def write(self, group: Group, record: Record) -> None:
        """It is the group's, and on disk."""
        async with self._lock:
            others = [
                it for it in self._known if not it.writer or cluster_of(it.writer) not in group.clusters
            ]
            kept = [*others, record]
            document = {"records": [_document(it) for it in kept]}
            await asyncio.to_thread(self._storage.write_records, document)
            self._known = kept

    async def forget(self, cluster: str) -> None:
        """The cluster is no more."""
        async with self._lock:
            kept = [it for it in self._known if not it.writer or cluster_of(it.writer) != cluster]
            await asyncio.to_thread(self._storage.write_records, {"records": [_document(it) for it in kept]})
            self._known = kept


def _document(record: Record) -> Mapping[str, Any]:
    return {"term": record.term, "writer": record.writer, "partners": sorted(record.partners)}


def _record(document: Mapping[str, Any]) -> Record:
    return Record(document["term"], document["writer"], frozenset(document["partners"]))
