"""How the twin shares this machine's cores with whoever works beside it: its data plane stands back.

A process asks for less of a core by its niceness. Where Linux groups sessions, that counts only among those of its own
session: the group has a niceness of its own, which follows nobody's by itself. Source: man 7 sched, "The autogroup
feature".
"""

import os
import time
from pathlib import Path

__all__ = ["NICENESS", "group", "leads_with", "stand_back"]

NICENESS = 5
"""Of a twin's data plane, above that of whoever starts it: a third of a core's share where cores are short.
Source of the shares: Linux, kernel/sched/core.c, sched_prio_to_weight (1024 and 335)."""

_TRIES, _AGAIN_SECONDS = 10, 0.1


def stand_back(pid: int) -> None:
    """The process, and what it will start, goes behind whoever started it; nothing happens where it has ended."""
    try:
        niceness = min(19, os.getpriority(os.PRIO_PROCESS, pid) + NICENESS)
        os.setpriority(os.PRIO_PROCESS, pid, niceness)
    except ProcessLookupError:
        return
    for _ in range(_TRIES):
        if group(pid, niceness):
            return
        time.sleep(_AGAIN_SECONDS)


def leads_with(pid: int) -> int | None:
    """The niceness of the process if it leads a session; None where it leads none, or has ended."""
    try:
        return os.getpriority(os.PRIO_PROCESS, pid) if os.getsid(pid) == pid else None
    except ProcessLookupError:
        return None


def group(pid: int, niceness: int) -> bool:
    """The group of the process's session has the niceness, where Linux groups sessions and the process is ours.

    Returns: False where it is to be asked again: without privilege, the kernel takes one change each tenth of a second
    from the whole machine. Source: Linux, kernel/sched/autogroup.c, proc_sched_autogroup_set_nice.
    """
    try:
        Path(f"/proc/{pid}/autogroup").write_text(str(niceness))
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
