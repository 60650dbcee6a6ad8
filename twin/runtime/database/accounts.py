"""Databases and users of a cluster, made by its writer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from twin.runtime.database.declared import Cluster
from twin.runtime.database.exceptions import DatabaseFailure
from twin.runtime.database.roles import Login, statements
from twin.runtime.database.server import Server

__all__ = ["Accounts", "make"]

_SECONDS = 10.0
_EVERYBODYS = "postgres"
"""Exists in every cluster; services that know no other name use it."""


@dataclass(frozen=True)
class Accounts:
    """What is to be there. Attributes: master: may make roles and databases."""

    database: str
    master: str | None
    logins: tuple[Login, ...]

    @classmethod
    def of(cls, cluster: Cluster, logins: Sequence[Login]) -> "Accounts":
        return cls(cluster.database, cluster.master, tuple(logins))


async def make(writer: Server, accounts: Accounts) -> None:
    """Everything is there; what was there before stays.

    Raises: DatabaseFailure: something is not; the rest is.
    """
    session = writer.errands
    names = await session.rows("select datname from pg_database", _SECONDS)
    if (accounts.database,) not in names:
        await session.rows(f'create database "{accounts.database}"', _SECONDS)
    failures: list[DatabaseFailure] = []
    for statement in _statements(accounts):
        try:
            await session.rows(statement, _SECONDS)
        except DatabaseFailure as error:
            # One user that cannot be made must not keep the others from being made.
            failures.append(error)
    if failures:
        raise failures[0]


def _statements(accounts: Accounts) -> Iterator[str]:
    databases = dict.fromkeys((_EVERYBODYS, accounts.database))
    # Roles that grants name must be there before the grants.
    ordered = sorted(accounts.logins, key=lambda it: len(it.may_become))
    for login in ordered:
        yield from statements(login, databases)
    if accounts.master:
        yield from statements(Login(accounts.master), databases)
        yield f'alter role "{accounts.master}" createdb createrole'
        yield f'grant pg_monitor, pg_signal_backend, pg_checkpoint to "{accounts.master}"'
