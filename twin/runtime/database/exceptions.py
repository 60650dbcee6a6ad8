"""What keeps databases from being as they are declared.

EstateError
└── RuntimeFailure
    └── DatabaseFailure
        ├── ServerCommandFailed  initdb, pg_basebackup or pg_rewind ended with an error, or not in time
        ├── ServerNotReady       a server did not start, or did not do in time what it was told to
        ├── SessionFailed        a statement got no answer, or an error
        ├── ZoneFull             a zone has no address left for another instance
        └── FolderNotSafe        the folder outside the state folder belongs to somebody else
"""

from pathlib import Path

from twin.runtime.exceptions import RuntimeFailure

__all__ = [
    "DatabaseFailure",
    "FolderNotSafe",
    "ServerCommandFailed",
    "ServerNotReady",
    "SessionFailed",
    "ZoneFull",
]


class DatabaseFailure(RuntimeFailure):
    """A database cannot do what it was asked to; trying again may help."""


class ServerCommandFailed(DatabaseFailure):
    def __init__(self, command: str, exit_code: int | None, log: Path) -> None:
        self.exit_code = exit_code
        how = "did not end in time" if exit_code is None else f"ended with {exit_code}"
        super().__init__(f"{command} {how}. Its output is in {str(log)!r}.")


class ServerNotReady(DatabaseFailure):
    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"PostgreSQL server {name!r} {what}.")


class SessionFailed(DatabaseFailure):
    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"PostgreSQL server {name!r} gave no answer: {why}.")


class ZoneFull(DatabaseFailure):
    def __init__(self, zone: str, instances: int) -> None:
        super().__init__(f"{zone} has room for {instances} database instances only. Declare fewer in it.")


class FolderNotSafe(DatabaseFailure):
    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{str(folder)!r} is to hold databases, but belongs to another user. Remove it, or set another "
            "ESTATE_HOME."
        )
