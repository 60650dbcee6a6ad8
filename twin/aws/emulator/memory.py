"""What the extensions remember beside moto: documents by account, region, kind and key."""

import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

__all__ = ["Collection", "Memory"]

Document = dict[str, Any]


class Place(NamedTuple):
    """Where a document belongs. Global services have one region, ``aws-global``."""

    account: str
    region: str
    service: str
    kind: str


class Collection(dict[str, Document]):
    """Documents by key. Whoever goes through them sees those of that moment: other requests change them meanwhile."""

    def values(self):
        return dict(self).values()

    def items(self):
        return dict(self).items()


class Memory:
    """Collections of documents, made when they are first asked for. The lock is for changes to more than one."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._collections: dict[Place, Collection] = {}

    def collection(self, account: str, region: str, service: str, kind: str) -> Collection:
        """The documents of one kind, by key, to be read and changed in place."""
        with self.lock:
            return self._collections.setdefault(Place(account, region, service, kind), Collection())

    def collections(self) -> Iterator[tuple[Place, Collection]]:
        """Every collection there is, in order of its place."""
        with self.lock:
            yield from sorted(self._collections.items())

    def clear(self) -> None:
        with self.lock:
            self._collections.clear()
