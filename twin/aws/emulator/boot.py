"""Puts the emulator together: moto, its extensions, replay and the emulator's own endpoints."""

from collections.abc import Sequence

import moto

from twin.aws.emulator.aws import EmulatedAws
from twin.aws.emulator.control import Control
from twin.aws.emulator.exceptions import WrongMoto
from twin.aws.emulator.exchange import Exchange
from twin.aws.emulator.extension import Extension
from twin.aws.emulator.extensions import EXTENSIONS, MOTO_VERSION
from twin.aws.emulator.replay import Replay
from twin.aws.emulator.server import Server

__all__ = ["boot"]


def boot(port: int, nonce: str, extensions: Sequence[Extension] = EXTENSIONS) -> Server:
    """A server that listens and has yet to serve.

    Raises:
        PortTaken, WrongMoto
    """
    if moto.__version__ != MOTO_VERSION:
        raise WrongMoto(MOTO_VERSION, moto.__version__)
    server = Server(port)
    exchange = Exchange(nonce)
    aws = EmulatedAws(extensions, exchange)
    replay = Replay(aws)
    server.respond = Control(replay, replay, exchange, aws.inventory, MOTO_VERSION)
    return server
