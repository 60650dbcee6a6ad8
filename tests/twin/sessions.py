"""What Linux says of the groups in which it shares cores among sessions."""

from pathlib import Path

__all__ = ["HAS_GROUPS", "group_niceness"]

HAS_GROUPS = Path("/proc/self/autogroup").exists()


def group_niceness(pid: int) -> int | None:
    """Of the group that the process is in; None where it has ended."""
    try:
        return int(Path(f"/proc/{pid}/autogroup").read_text().rsplit(" ", 1)[1])
    except (OSError, IndexError):
        return None
