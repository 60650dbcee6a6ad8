"""A process that ends with the one that started it, also where that is killed."""

import ctypes
import os
import signal
import sys

__all__ = ["end_with_parent"]

_PR_SET_PDEATHSIG = 1
"""Source: prctl(2); the signal is sent when the thread that forked this process ends."""


def end_with_parent(parent: int) -> None:
    """This process is killed when its parent ends; it ends now where that has happened already. On Linux only."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
