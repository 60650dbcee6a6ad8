"""Processes that a trial has killed, or has to see end."""

import psutil

__all__ = ["lives"]


def lives(process: psutil.Process) -> bool:
    """Whether it still runs; one that has ended and that nobody has asked about does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
