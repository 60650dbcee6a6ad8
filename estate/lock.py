"""Only one run applies to an environment at a time."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.exceptions import StateLocked, StateUnwritable

__all__ = ["applying"]


@contextmanager
def applying(lock: Path, environment: str) -> Iterator[None]:
    """The environment's lock is held. It goes with the process, however that ends.

    Raises: StateLocked: another run holds it. StateUnwritable: the state folder cannot be written to.
    """
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StateUnwritable(
            f"The state folder {str(lock.parent)!r} cannot be written to: {error.strerror}. "
            "Mend it, or set ESTATE_HOME to another folder."
        ) from error
    with os.fdopen(descriptor, "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StateLocked(
                f"Another run{_holder(file.read())} is applying to {environment!r}. "
                "Wait until it has ended and run the command again."
            ) from None
        file.seek(0)
        file.truncate()
        json.dump({"pid": os.getpid(), "since": time.strftime("%H:%M:%S")}, file)
        file.flush()
        yield


def _holder(text: str) -> str:
    try:
        holder = json.loads(text)
        return f" (process {holder['pid']}, since {holder['since']})"
    except (ValueError, KeyError):
        return ""
