"""The relay of one zone: ``python -m twin.runtime.relay ADDRESS``, told its routes by lines on its input.

Each line of routes is answered by one on its output: ``{"number": of the message, "failed": {name: why}}``. Who logs in
is asked by ``{"login": number, "name": of the route, "user", "token"}`` and answered by ``{"login": number,
"is_admitted"}``. A connection that is not admitted is told of by ``{"blocked": name of the route}``.
"""

import asyncio
import json
import sys
from itertools import count
from typing import Any

import uvloop

from twin.runtime.relay.route import from_line
from twin.runtime.relay.server import Relay

__all__: list[str] = []

_LONGEST_LINE = 1 << 22


class _Supervisor:
    """The other end of the lines."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._asked: dict[int, asyncio.Future[bool]] = {}

    async def judge(self, name: str, user: str, token: str) -> bool:
        number = next(self._numbers)
        self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            _tell({"login": number, "name": name, "user": user, "token": token})
            return await self._asked[number]
        finally:
            del self._asked[number]

    def judged(self, answer: dict[str, Any]) -> None:
        """Whoever waits for it goes on."""
        asked = self._asked.get(answer["login"])
        if asked and not asked.done():
            asked.set_result(bool(answer["is_admitted"]))


async def _serve(address: str) -> None:
    lines = asyncio.StreamReader(limit=_LONGEST_LINE)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    supervisor = _Supervisor()
    relay = Relay(address, supervisor.judge, lambda name: _tell({"blocked": name}))
    while line := await lines.readline():
        heard = json.loads(line)
        if "login" in heard:
            supervisor.judged(heard)
            continue
        number, routes = from_line(line)
        failed = await relay.apply(routes)
        _tell({"number": number, "failed": dict(failed)})


def _tell(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(_serve(sys.argv[1]))
