"""Drafts that wait to be stored: kept where whoever comes back finds them while there is no writer."""

import json
from dataclasses import asdict

from workload.applications import Draft
from workload.bucket import Bucket
from workload.exceptions import DependencyAway
from workload.logs import Log

__all__ = ["DRAFTS", "WaitingDrafts"]

DRAFTS = "drafts"
"""The cell's bucket, in its stores and in its contract."""


class WaitingDrafts:
    """Nothing here fails: without the bucket a draft waits in its queue alone, and nobody sees it until it is stored.

    Args: bucket: objects expire in it by themselves; None where the cell is given none.
    """

    def __init__(self, bucket: Bucket | None, log: Log) -> None:
        self._bucket = bucket
        self._log = log

    async def keep(self, benefit: str, draft: Draft) -> bool:
        """Whether it can be found."""
        if self._bucket is None:
            return False
        try:
            await self._bucket.put(_key(benefit, draft.id), json.dumps(asdict(draft)).encode())
        except DependencyAway as away:
            self._log.warn("draft-waits-unseen", why=away.why)
            return False
        return True

    async def find(self, benefit: str, id_: str) -> Draft | None:
        """The draft as it was last kept, also after it was stored; None where there is none, or nobody can say."""
        if self._bucket is None:
            return None
        try:
            kept = await self._bucket.get(_key(benefit, id_))
        except DependencyAway as away:
            self._log.warn("drafts-unseen", why=away.why)
            return None
        return Draft(**json.loads(kept)) if kept else None


def _key(benefit: str, id_: str) -> str:
    return f"{benefit}/{id_}"
