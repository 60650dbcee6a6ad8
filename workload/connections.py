"""Connections to one PostgreSQL endpoint: few, kept, and thrown away as soon as one looks broken."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import psycopg
from psycopg import AsyncConnection

from workload.clock import monotonic
from workload.closed_handle import is_closed_handle

__all__ = ["Broken", "Connections", "Endpoint", "Work", "in_transaction"]

Result = TypeVar("Result")
Work = Callable[[AsyncConnection], Awaitable[Result]]

CONNECT_SECONDS = 1.0
OPTIONS = "-c statement_timeout=8000 -c idle_in_transaction_session_timeout=10000 -c lock_timeout=4000"
"""What the server ends by itself, in milliseconds, should the task be gone."""

DATABASE = "postgres"
"""Exists in every cluster. Source: Aurora user guide, "Creating an Amazon Aurora DB cluster"."""

CONFLICTS = "40"
"""Class of the states in which the server asks to try again. Source: PostgreSQL, appendix A, class 40."""


class Password(Protocol):
    async def __call__(self) -> str: ...


@dataclass(frozen=True)
class Endpoint:
    """Attributes: password: gives a token that is valid now."""

    host: str
    port: int
    user: str
    application: str
    password: Password


class Broken(Exception):
    """The attempt failed with its connection, which was thrown away. Attributes: is_conflict: the server was well."""

    def __init__(self, why: str, is_conflict: bool = False) -> None:
        self.is_conflict = is_conflict
        super().__init__(why)


class Connections:
    """At most ``limit`` are open; the one used last is used next, so that spare ones are noticed when they break."""

    def __init__(self, endpoint: Endpoint, limit: int) -> None:
        self._endpoint = endpoint
        self._places = asyncio.Semaphore(limit)
        self._idle: list[AsyncConnection] = []
        self._ends: set[asyncio.Task[object]] = set()

    async def do(self, work: Work[Result], seconds: float) -> Result:
        """The work was done; each statement is a transaction by itself, unless the work is `in_transaction`.

        Raises:
            Broken: it was not, or nobody knows: the connection broke, or time was up.
            Exception: whatever the work raised; it was rolled back.
        """
        end = monotonic() + seconds
        try:
            async with asyncio.timeout(seconds):
                await self._places.acquire()
        except TimeoutError as error:
            raise Broken(f"no connection was free within {seconds:g} s") from error
        try:
            connection = await self._open(end)
            return await self._used(connection, work, end)
        finally:
            self._places.release()

    async def forget(self) -> None:
        """No connection that was open is used again: what they lead to is no longer the writer."""
        idle, self._idle = self._idle, []
        for connection in idle:
            await connection.close()

    async def _open(self, end: float) -> AsyncConnection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.closed:
                return connection
        it = self._endpoint
        try:
            async with asyncio.timeout(max(0.01, min(CONNECT_SECONDS, end - monotonic()))):
                return await AsyncConnection.connect(
                    host=it.host,
                    port=it.port,
                    user=it.user,
                    password=await it.password(),
                    dbname=os.environ.get("PGDATABASE", DATABASE),
                    application_name=it.application,
                    options=OPTIONS,
                    client_encoding="UTF8",
                    autocommit=True,
                )
        except (psycopg.Error, OSError, TimeoutError) as error:
            raise Broken(f"{type(error).__name__}: {str(error).strip()}") from error

    async def _used(self, connection: AsyncConnection, work: Work[Result], end: float) -> Result:
        task = asyncio.ensure_future(work(connection))
        try:
            await asyncio.wait({task}, timeout=max(0.0, end - monotonic()))
        except asyncio.CancelledError:
            self._abandon(connection, task)
            raise
        if not task.done():
            self._cut(connection, task)
            raise Broken("it took too long")
        return await self._result(connection, task)

    def _abandon(self, connection: AsyncConnection, task: "asyncio.Task[Result]") -> None:
        """Nobody waits for the work any more; where it ended in the same moment, its connection is still good."""
        if not task.done():
            self._cut(connection, task)
            return
        self._ended(task)
        self._keep(connection)

    async def _result(self, connection: AsyncConnection, task: "asyncio.Future[Result]") -> Result:
        try:
            result = task.result()
        except (
            psycopg.OperationalError,
            psycopg.InterfaceError,
            psycopg.errors.ReadOnlySqlTransaction,
        ) as error:
            await connection.close()
            if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
                await self.forget()
            conflict = (error.sqlstate or "").startswith(CONFLICTS)
            raise Broken(f"{type(error).__name__}: {str(error).strip()}", conflict) from error
        except BaseException as error:
            if is_closed_handle(error):
                await connection.close()
                raise Broken("the connection was closed while it was used") from error
            self._keep(connection)
            raise
        self._keep(connection)
        return result

    def _keep(self, connection: AsyncConnection) -> None:
        if not connection.closed and not connection.broken:
            self._idle.append(connection)

    def _cut(self, connection: AsyncConnection, task: "asyncio.Task[Result]") -> None:
        """The socket is shut, so that the work ends with an error. A server that is frozen answers no cancellation."""
        try:
            with socket.socket(fileno=os.dup(connection.fileno())) as end:
                end.shutdown(socket.SHUT_RDWR)
        except (OSError, psycopg.Error):
            task.cancel()
        self._ends.add(task)  # pyright: ignore[reportArgumentType]
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[Result]") -> None:
        self._ends.discard(task)  # pyright: ignore[reportArgumentType]
        if not task.cancelled():
            task.exception()


def in_transaction(work: Work[Result]) -> Work[Result]:
    """The same work, committed as a whole: two round trips more."""

    async def whole(connection: AsyncConnection) -> Result:
        async with connection.transaction():
            return await work(connection)

    return whole
