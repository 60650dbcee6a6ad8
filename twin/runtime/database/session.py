"""Statements to one server, each with a deadline that holds even where the server is stopped in its tracks."""

import asyncio
import contextlib
import os
import socket
from typing import Any

import psycopg

from twin.runtime.database.exceptions import SessionFailed

__all__ = ["Session", "answers"]

_SSL_REQUEST = bytes.fromhex("0000000804d2162f")
"""Source: PostgreSQL documentation, "Message Formats", SSLRequest."""


class Session:
    """A connection as PostgreSQL's superuser, made when it is needed and again after it broke."""

    def __init__(self, name: str, address: str, port: int, database: str = "postgres") -> None:
        self._name, self._address, self._port, self._database = name, address, port, database
        self._connection: psycopg.AsyncConnection | None = None
        self._lock = asyncio.Lock()

    async def rows(self, statement: str, seconds: float, *parameters: Any) -> list[tuple[Any, ...]]:
        """What the statement gives; each is its own transaction.

        Raises: SessionFailed
        """
        try:
            async with asyncio.timeout(seconds):
                await self._lock.acquire()
        except TimeoutError as error:
            raise SessionFailed(self._name, "another statement is under way") from error
        try:
            return await self._rows(statement, seconds, parameters)
        finally:
            self._lock.release()

    async def _rows(
        self, statement: str, seconds: float, parameters: tuple[Any, ...]
    ) -> list[tuple[Any, ...]]:
        try:
            async with asyncio.timeout(seconds):
                connection = await self._open()
        except (psycopg.Error, OSError, TimeoutError) as error:
            raise SessionFailed(self._name, _why(error)) from error
        work = asyncio.ensure_future(_run(connection, statement, parameters))
        work.add_done_callback(lambda it: it.cancelled() or it.exception())
        try:
            await asyncio.wait({work}, timeout=seconds)
        finally:
            if not work.done():
                self._cut(connection)
        return await self._result(work)

    async def value(self, statement: str, seconds: float, *parameters: Any) -> Any:
        """The first column of the first row; None where there is none. Raises: SessionFailed"""
        rows = await self.rows(statement, seconds, *parameters)
        return rows[0][0] if rows else None

    def close(self) -> None:
        if self._connection and self._lock.locked():
            self._cut(self._connection)
        elif self._connection:
            self._connection.pgconn.finish()
        self._connection = None

    async def _result(self, work: "asyncio.Future[list[tuple[Any, ...]]]") -> list[tuple[Any, ...]]:
        is_late = not work.done()
        try:
            rows = await work
        except (psycopg.Error, OSError) as error:
            if self._connection and self._connection.closed:
                self._connection = None
            raise SessionFailed(self._name, "it took too long" if is_late else _why(error)) from error
        return rows

    async def _open(self) -> psycopg.AsyncConnection:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                host=self._address,
                port=self._port,
                user="postgres",
                dbname=self._database,
                sslmode="disable",
                application_name="estate",
                # Who looks after the servers must not wait for those that it looks after.
                options="-c synchronous_commit=local",
                autocommit=True,
            )
        return self._connection

    def _cut(self, connection: psycopg.AsyncConnection) -> None:
        """The socket is shut, so that whoever waits for it is told; psycopg's own cancelling waits for the server."""
        with contextlib.suppress(psycopg.Error, OSError):
            number = os.dup(connection.pgconn.socket)
            with socket.socket(fileno=number) as double:
                double.shutdown(socket.SHUT_RDWR)


async def answers(address: str, port: int, seconds: float) -> bool:
    """The server takes new connections. A stopped one accepts them too, but never says a word."""
    writer = None
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(address, port)
            writer.write(_SSL_REQUEST)
            return await reader.readexactly(1) in (b"N", b"S")
    except (OSError, EOFError, TimeoutError):
        return False
    finally:
        if writer:
            writer.close()


async def _run(
    connection: psycopg.AsyncConnection, statement: str, parameters: tuple[Any, ...]
) -> list[tuple[Any, ...]]:
    cursor = await connection.execute(statement.encode(), parameters or None)
    return await cursor.fetchall() if cursor.description else []


def _why(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error).strip() or 'in time'}"
