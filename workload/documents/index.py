"""Which documents there are, of which application, in which state."""

from typing import Any

from workload.database import Aged
from workload.deadline import Deadline
from workload.documents.document import Document, State
from workload.keeping import Keeping, Session

__all__ = ["SCANS", "STATEMENTS", "Index"]

SCANS = "document-scans"

STATEMENTS = (
    """
    CREATE TABLE IF NOT EXISTS {schema}.documents (
        document_id text PRIMARY KEY, application_id text NOT NULL, name text NOT NULL, bytes bigint NOT NULL,
        digest text NOT NULL, received_at text NOT NULL, state text NOT NULL DEFAULT 'waiting'
    )
    """,
    "CREATE INDEX IF NOT EXISTS documents_of_application ON {schema}.documents (application_id, received_at)",
)
_FIELDS = "document_id, application_id, name, bytes, digest, received_at, state"


class Index:
    """Every method raises DependencyAway where the database does not answer."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping

    async def add(
        self, document: Document, deadline: Deadline | None = None, is_queued: bool = False
    ) -> Document:
        """The document as it was first sent; its scan is asked for with the same commit.

        Args: is_queued: its scan was asked for already.
        """

        async def work(session: Session) -> Document:
            inserted = await session.run(
                "INSERT INTO {schema}.documents (document_id, application_id, name, bytes, digest, received_at) "
                "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                *list(document.to_message().values()),
            )
            if inserted and not is_queued:
                await session.announce(SCANS, document.document_id, document.to_message())
            return await _one(session, document.document_id) or document

        return await self._keeping.write(work, deadline)

    async def settle(self, document: Document, state: State) -> None:
        """The document was scanned."""

        async def work(session: Session) -> int:
            return await session.run(
                "UPDATE {schema}.documents SET state = %s WHERE document_id = %s",
                state.value,
                document.document_id,
            )

        await self._keeping.write(work)

    async def find(self, document_id: str, deadline: Deadline | None = None) -> Document | None:
        async def work(session: Session) -> Document | None:
            return await _one(session, document_id)

        return await self._keeping.read(work, deadline)

    async def of(self, application_id: str, deadline: Deadline | None = None) -> list[Document]:
        return await self._keeping.read(_listing(application_id), deadline)

    async def of_in_replica(
        self, application_id: str, deadline: Deadline | None = None
    ) -> Aged[list[Document]]:
        return await self._keeping.read_replica(_listing(application_id), deadline)


def _listing(application_id: str) -> Any:
    async def work(session: Session) -> list[Document]:
        rows = await session.rows(
            f"SELECT {_FIELDS} FROM {{schema}}.documents WHERE application_id = %s "  # noqa: S608 - a constant
            "ORDER BY received_at, document_id",
            application_id,
        )
        return [_document(row) for row in rows]

    return work


async def _one(session: Session, document_id: str) -> Document | None:
    row = await session.row(
        f"SELECT {_FIELDS} FROM {{schema}}.documents WHERE document_id = %s",  # noqa: S608 - a constant
        document_id,
    )
    return _document(row) if row else None


def _document(row: tuple[Any, ...]) -> Document:
    *fields, state = row
    return Document(*fields, state=State(state))
