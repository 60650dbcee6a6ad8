"""AWS's models of its services, as botocore brings them, read once in a process: EC2's alone takes 30 MB."""

import threading
from functools import cache

from botocore.session import Session, get_session

__all__ = ["LOADING", "session"]

LOADING = threading.Lock()
"""Whoever reads a model or makes a client holds it: neither is made for several threads; using a client is."""


@cache
def session() -> Session:
    """The one session of this process, whose loader keeps every model that it has read."""
    return get_session()
