"""AWS's models of its services, as botocore brings them, read once in a process: EC2's alone takes 30 MB."""

import threading
from functools import cache

from botocore.loaders import create_loader
from botocore.session import Session, get_session

__all__ = ["LOADER", "LOADING", "session"]

LOADER = create_loader()
"""Keeps every model that it has read. Whoever reads a model or makes a client holds `LOADING`."""

LOADING = threading.Lock()
"""botocore's loader is not made for several threads, nor is the making of clients; using one is."""


@cache
def session() -> Session:
    """A session whose clients know the models that this process has read."""
    made = get_session()
    made.register_component("data_loader", LOADER)
    return made
