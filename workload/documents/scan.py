"""The scan that every document passes before anybody is shown it."""

from collections.abc import Callable

from workload.bucket import Bucket
from workload.documents.document import Document, State
from workload.documents.index import Index
from workload.queue import Message

__all__ = ["Scans", "is_harmful"]

HARMFUL = b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!"
"""Part of the test file that every scanner takes for a virus. Source: EICAR, "Anti Malware Testfile"."""


def is_harmful(content: bytes) -> bool:
    """Whether the content is the test file. It stands in for a scanner, and finds nothing else."""
    return HARMFUL in content


class Scans:
    """Takes documents from the queue: into the index where they are not there yet, and filed or put apart."""

    def __init__(
        self,
        index: Index,
        evidence: Bucket,
        filed: Bucket,
        scan: Callable[[bytes], bool] = is_harmful,
    ) -> None:
        self._index = index
        self._evidence = evidence
        self._filed = filed
        self._scan = scan

    async def take(self, message: Message) -> None:
        """The document is in the index, was scanned, and is filed unless it is harmful. May be repeated.

        Raises: DependencyAway.
        """
        document = Document.from_message(message.document)
        known = await self._index.add(document, is_queued=True)
        if known.state is not State.WAITING:
            return
        content = await self._evidence.get(document.key)
        if content is None:
            raise LookupError(f"Document {document.document_id} is in the queue and its bytes are nowhere.")
        if self._scan(content):
            await self._index.settle(document, State.QUARANTINED)
            return
        await self._filed.put_once(document.key, content, {"digest": document.digest})
        await self._index.settle(document, State.FILED)
