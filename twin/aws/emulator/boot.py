"""Puts the emulator together: moto, its extensions, replay and the emulator's own endpoints."""

import secrets
from collections.abc import Sequence

import moto

from twin.aws.emulator.authorization.gate import Gate
from twin.aws.emulator.authorization.logins import Logins
from twin.aws.emulator.authorization.sessions import KEY_BYTES, Sessions
from twin.aws.emulator.aws import EmulatedAws
from twin.aws.emulator.backends import find_without_lock
from twin.aws.emulator.control import Control
from twin.aws.emulator.environment import ACCOUNT_ID
from twin.aws.emulator.exceptions import WrongMoto
from twin.aws.emulator.exchange import Exchange
from twin.aws.emulator.extension import Extension
from twin.aws.emulator.extensions import EXTENSIONS, MOTO_VERSION
from twin.aws.emulator.replay import Replay
from twin.aws.emulator.server import Server
from twin.aws.emulator.tables import spare

__all__ = ["boot"]


def boot(
    port: int,
    nonce: str,
    extensions: Sequence[Extension] = EXTENSIONS,
    session_key: bytes | None = None,
) -> Server:
    """A server that listens and has yet to serve.

    Args: session_key: what sessions are signed with; without one, they end with this server.
    Raises:
        PortTaken, WrongMoto
    """
    if moto.__version__ != MOTO_VERSION:
        raise WrongMoto(MOTO_VERSION, moto.__version__)
    spare()
    find_without_lock()
    server = Server(port)
    server.boot = nonce
    exchange = Exchange(nonce)
    sessions = Sessions(session_key or secrets.token_bytes(KEY_BYTES))
    gate = Gate(sessions, nonce, lambda: exchange.is_settled, exchange.versions)
    aws = EmulatedAws(extensions, exchange, gate)
    replay = Replay(aws)
    server.respond = Control(
        replay,
        replay,
        exchange,
        aws.inventory,
        MOTO_VERSION,
        aws.monitoring.put,
        permissions=lambda: gate.permissions(ACCOUNT_ID),
        login=Logins(gate).verdict,
    )
    return server
