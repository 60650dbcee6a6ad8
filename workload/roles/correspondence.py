"""Letters and notices, each written once."""

from typing import Any

from workload.bucket import Bucket, bucket_of
from workload.clock import timestamp
from workload.consumer import Consumer
from workload.exceptions import DependencyAway, SettingsWrong, TryLater
from workload.frame import Frame
from workload.patience import Patient
from workload.queue import Message
from workload.service import Service
from workload.service_probe import service_probe
from workload.upstream import Upstream

__all__ = ["Letters", "make"]

QUEUE = "letters-to-send"
BUCKET = "letters"
MASTER_DATA = "master-data"
HELD_SECONDS = 60.0

TEXTS = {
    "award": "We have decided that you will get this payment. It goes to the account that you told us.",
    "refusal": "We have decided that you will not get this payment. You can ask us to look at it again.",
}
OTHER_TEXT = "There is news about your application. Sign in to read it, or call us."


def make(frame: Frame) -> Service:
    """Letters are taken from their queue, and kept in their bucket, which is how they are sent."""
    queue, bucket = frame.queue(QUEUE), bucket_of(frame, BUCKET)
    if queue is None or bucket is None:
        raise SettingsWrong("Correspondence needs its queue and its bucket. Look at ESTATE_STORES.")
    letters = Letters(bucket, frame.service(MASTER_DATA))
    consumer = Consumer(QUEUE, queue, Patient(queue, letters.take), slots=frame.slots, log=frame.log)
    probes = {BUCKET: bucket.probe, MASTER_DATA: service_probe(frame.service(MASTER_DATA))}
    return Service(operations=[], workers=[consumer], probes=probes)


class Letters:
    def __init__(self, bucket: Bucket, master_data: Upstream) -> None:
        self._bucket = bucket
        self._master_data = master_data

    async def take(self, message: Message) -> None:
        """The letter is in the bucket, once, to the address that master data has now.

        Raises: TryLater, DependencyAway: it is held back.
        """
        letter = message.document
        facts = await self._facts(letter["client_reference"])
        text = _written(letter, facts)
        told = {"kind": str(letter["kind"]), "application": str(letter.get("application_id", ""))}
        await self._bucket.put_once(f"{letter['letter_id']}.txt", text.encode(), told)

    async def _facts(self, client_reference: str) -> dict[str, Any]:
        """Raises: TryLater: what master data has may be old."""
        got = await self._master_data.call("GET", f"/facts/{client_reference}")
        if got.status != 200:
            raise DependencyAway(MASTER_DATA, f"it answered {got.status}")
        document = got.json()
        if document.get("degraded"):
            raise TryLater(HELD_SECONDS, "master data answers from a replica, which may have an old address")
        return {name: fact["value"] for name, fact in document["facts"].items()}


def _written(letter: dict[str, Any], facts: dict[str, Any]) -> str:
    """In English; the client's language and format are at the head, for those who translate and print."""
    text = TEXTS.get(letter["kind"], OTHER_TEXT)
    language = letter.get("language") or facts.get("language", "en")
    return (
        f"To: {facts.get('address', 'the address on the application')}\n"
        f"Language: {language}\nFormat: {facts.get('format', 'standard print')}\nDate: {timestamp()}\n"
        f"Application: {letter.get('application_id', '')}\n\n{text}\n"
    )
