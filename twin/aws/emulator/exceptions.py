"""Errors of the emulator.

EstateError
├── EmulatorNotReady       it was started and does not answer
├── PortTaken              something else listens where it was told to
├── RuntimeReplaced        a data plane reports after another one has taken over
├── StateFolderTaken       an emulator already serves this state folder
└── WrongMoto              moto is not the version that the extensions were written for
"""

from pathlib import Path

from engine.exceptions import EstateError
from twin.daemon import FOLDER_TAKEN

__all__ = ["EmulatorNotReady", "PortTaken", "RuntimeReplaced", "StateFolderTaken", "WrongMoto"]


class EmulatorNotReady(EstateError):
    """The emulator's process does not answer.

    Attributes: reason, log (its last lines).
    """

    def __init__(self, reason: str, log: tuple[str, ...] = ()) -> None:
        self.reason, self.log = reason, log
        tail = f" Its log ends with: {' | '.join(log)}" if log else ""
        super().__init__(f"The emulated control plane is not ready: {reason}.{tail}")


class PortTaken(EstateError):
    """Another process listens on the port."""

    exit_code = 2

    def __init__(self, port: int) -> None:
        self.port = port
        super().__init__(
            f"Port {port} on 127.0.0.1 is taken. Choose another port, or none to be given a free one."
        )


class RuntimeReplaced(EstateError):
    """One data plane reports at a time, and a newer one does."""

    def __init__(self, runtime: str) -> None:
        self.runtime = runtime
        super().__init__(
            f"Runtime {runtime!r} has been replaced by another one, whose reports count. End this one."
        )


class StateFolderTaken(EstateError):
    """One state folder has one emulator, and it has one already."""

    exit_code = FOLDER_TAKEN

    def __init__(self, state_dir: Path) -> None:
        self.state_dir = state_dir
        super().__init__(
            f"Another emulator serves the state folder {str(state_dir)!r}. Use it, or stop it first."
        )


class WrongMoto(EstateError):
    """The extensions patch one version of moto, and another one is installed."""

    exit_code = 4

    def __init__(self, expected: str, found: str) -> None:
        self.expected, self.found = expected, found
        super().__init__(
            f"The emulator extends moto {expected}, and moto {found} is installed. "
            "Install the locked dependencies, or move the extensions to the new version."
        )
