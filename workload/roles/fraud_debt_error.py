"""Prevention and management of fraud, debt and error. Its files are nobody else's: it serves nothing over HTTP."""

import json
from typing import Any

from workload.bucket import Bucket, bucket_of
from workload.clock import timestamp
from workload.consumer import Consumer
from workload.exceptions import DependencyAway, SettingsWrong
from workload.frame import Frame
from workload.patience import Patient
from workload.queue import Message
from workload.service import Service
from workload.service_probe import service_probe
from workload.upstream import Upstream

__all__ = ["Referrals", "make"]

QUEUE = "fraud-referrals"
BUCKET = "fraud-files"
MASTER_DATA = "master-data"


def make(frame: Frame) -> Service:
    """Referrals are taken from their queue, and each opens a file."""
    queue, bucket = frame.queue(QUEUE), bucket_of(frame, BUCKET)
    if queue is None or bucket is None:
        raise SettingsWrong("Fraud, debt and error needs its queue and its bucket. Look at ESTATE_STORES.")
    referrals = Referrals(bucket, frame.service(MASTER_DATA))
    consumer = Consumer(QUEUE, queue, Patient(queue, referrals.take), slots=frame.slots, log=frame.log)
    probes = {BUCKET: bucket.probe, MASTER_DATA: service_probe(frame.service(MASTER_DATA))}
    return Service(operations=[], workers=[consumer], probes=probes)


class Referrals:
    def __init__(self, bucket: Bucket, master_data: Upstream) -> None:
        self._bucket = bucket
        self._master_data = master_data

    async def take(self, message: Message) -> None:
        """The referral has its file, once; without master data it holds the referral's own details.

        Raises: DependencyAway: the bucket is away.
        """
        referral = message.document
        file = {"referral": referral, "opened_at": timestamp(), **await self._details(referral)}
        content = json.dumps(file, sort_keys=True).encode()
        await self._bucket.put_once(f"referrals/{referral['referral_id']}.json", content)

    async def _details(self, referral: dict[str, Any]) -> dict[str, Any]:
        client_reference = referral.get("client_reference")
        if not client_reference:
            return {"facts": None}
        try:
            got = await self._master_data.call("GET", f"/facts/{client_reference}")
        except DependencyAway:
            return {"facts": None, "without": [MASTER_DATA]}
        return {"facts": got.json().get("facts") if got.status == 200 else None}
