"""Starts the emulator as a process of its own, finds it again, and stops it."""

from dataclasses import dataclass, field
from pathlib import Path

from twin.aws.emulator.exceptions import EmulatorNotReady, PortTaken
from twin.daemon import LOOPBACK, Daemon, NotReady, answer_at
from twin.record import Record, RecordFile

__all__ = ["BOOT_HEADER", "RECORD", "Emulator", "alive", "find", "start"]

BOOT_HEADER = "x-estate-boot"
"""Of every answer: which boot of the emulator gave it."""

RECORD = "emulator"
_SETTLED = "/moto-api/estate/settled"
_IDENTITY = "/moto-api/estate/identity"


@dataclass(frozen=True)
class Emulator:
    """A running emulator. `nonce` differs from boot to boot: with another nonce, all that was in it is gone."""

    endpoint: str
    pid: int
    nonce: str
    state_dir: Path = field(repr=False)

    def settle(self) -> None:
        """The data plane knows that everything declared is there: what is absent from now on is absent.

        Raises: EmulatorNotReady
        """
        if answer_at(int(self.endpoint.rpartition(":")[2]), _SETTLED, "POST") is None:
            raise EmulatorNotReady("it does not take in that everything is there")

    def stop(self, deadline_seconds: float = 5) -> None:
        """It has ended and its record is gone. Nothing happens to another process that has got its pid.

        Raises:
            EmulatorNotReady: it is still there, although it was killed.
        """
        try:
            _daemon(self.state_dir).stop(self.nonce, deadline_seconds)
        except NotReady as error:
            raise EmulatorNotReady(error.reason) from error


def find(state_dir: Path) -> Emulator | None:
    """The emulator that serves the state folder, if one answers. What a dead one left there is removed."""
    recorded = _daemon(state_dir).find()
    return _emulator(recorded, state_dir) if recorded else None


def alive(state_dir: Path) -> Emulator | None:
    """The emulator whose process runs, also where it is too busy to answer."""
    recorded = _daemon(state_dir).alive()
    return _emulator(recorded, state_dir) if recorded else None


def start(state_dir: Path, port: int | None = None, deadline_seconds: float = 30) -> Emulator:
    """An emulator serves the state folder: the one that did already, or a new one.

    Args:
        port: where a new one listens on loopback; None is any free port.
        deadline_seconds: how long it may take until it answers.

    Raises:
        PortTaken: something else listens on the port.
        EmulatorNotReady: it does not answer within the deadline, or ended before it did.
    """
    state_dir = state_dir.resolve()
    try:
        return _emulator(_daemon(state_dir, port).start(deadline_seconds), state_dir)
    except NotReady as error:
        if error.exit_code == PortTaken.exit_code and port:
            raise PortTaken(port) from error
        raise EmulatorNotReady(error.reason, error.last_lines) from error


def _daemon(state_dir: Path, port: int | None = None) -> Daemon:
    arguments = ("-m", "twin.aws.emulator", "--port", str(port or 0), "--state-dir", str(state_dir))
    # On AWS no task shares a processor with the services that it calls, so the emulator does not stand back with tasks.
    return Daemon(RecordFile(state_dir, RECORD), arguments, _nonce_at, stands_back=False)


def _emulator(recorded: Record, state_dir: Path) -> Emulator:
    return Emulator(f"http://{LOOPBACK}:{recorded.port}", recorded.pid, recorded.nonce, state_dir)


def _nonce_at(port: int) -> str | None:
    """The nonce of whatever answers on the port as an emulator does."""
    identity = answer_at(port, _IDENTITY)
    return str(identity["nonce"]) if isinstance(identity, dict) and "nonce" in identity else None
